package ststest

import (
	"encoding/base64"
	"maps"
	"time"
)

// ssoSession is what a login begins and a logout, or its time, ends.
type ssoSession struct {
	startURL string
	clientID string // which alone may renew it; empty: nobody
	expires  time.Time
	ended    bool
}

// over reports whether the session is at its end.
func (l *ssoSession) over(now time.Time) bool { return l.ended || !now.Before(l.expires) }

// accessToken is an access token's record.
type accessToken struct {
	session *ssoSession
	expires time.Time
}

// Tokens begin like AWS's, so that what looks for them finds these too.
const (
	accessTokenPrefix  = "aoaAAAAA"
	refreshTokenPrefix = "aorAAAAA"
)

// opaque makes a token of n random bytes that means nothing by itself.
func opaque(prefix string, n int) string {
	return prefix + base64.RawURLEncoding.EncodeToString(randomBytes(n))
}

// begin starts a session at the instance.
func (st *ssoStore) begin(i *instance, clientID string, now time.Time) *ssoSession {
	return &ssoSession{startURL: i.StartURL, clientID: clientID, expires: now.Add(i.RefreshLifetime)}
}

// accessTokenFor issues an access token in whole seconds, so that what is
// enforced is what is said.
func (st *ssoStore) accessTokenFor(l *ssoSession, i *instance, now time.Time) (string, time.Duration) {
	lasts := i.TokenLifetime.Truncate(time.Second)
	token := opaque(accessTokenPrefix, 240)
	st.access[token] = &accessToken{session: l, expires: now.Add(lasts)}
	return token, lasts
}

// holder returns the instance that a valid access token is for, or nil.
func (st *ssoStore) holder(token string, now time.Time) (*accessToken, *instance) {
	a := st.access[token]
	if a == nil || a.session.ended || !now.Before(a.expires) {
		return nil, nil
	}
	return a, st.instance(a.session.startURL)
}

// SSOAccessToken logs the user in without a client and returns the access
// token and its expiry, for tests that write it where `aws sso login` would.
// It panics when the start URL is of no SSO that was added.
func (s *Server) SSOAccessToken(startURL string) (token string, expires time.Time) {
	now := s.Now().UTC().Truncate(time.Second)
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.sso.instance(startURL)
	if i == nil {
		panic("ststest: no SSO was added for that start URL")
	}
	token, lasts := s.sso.accessTokenFor(s.sso.begin(i, "", now), i, now)
	return token, now.Add(lasts)
}

// ExpireSSOTokens ends all sessions so far, as an administrator may: no
// access or refresh token from before is taken any more. Role credentials
// live on, as AWS's do. An unknown start URL changes nothing.
func (s *Server) ExpireSSOTokens(startURL string) {
	startURL = plainStartURL(startURL)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.sso.access {
		if a.session.startURL == startURL {
			a.session.ended = true
		}
	}
	for _, l := range s.sso.refresh {
		if l.startURL == startURL {
			l.ended = true
		}
	}
}

// ExpireSSOAccessTokens makes all access tokens so far invalid. Refresh
// tokens stay good. An unknown start URL changes nothing.
func (s *Server) ExpireSSOAccessTokens(startURL string) {
	startURL = plainStartURL(startURL)
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.sso.access, func(_ string, a *accessToken) bool { return a.session.startURL == startURL })
}
