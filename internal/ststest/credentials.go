package ststest

import (
	"crypto/subtle"
	"encoding/xml"
	"time"
)

// kind is where a credential comes from.
type kind int

const (
	longTerm         kind = iota // a user's access key
	userSession                  // GetSessionToken
	roleSession                  // a role's, from wherever, and a user's from a login
	federatedSession             // GetFederationToken
)

// identity is who a credential speaks for, as GetCallerIdentity tells it.
type identity struct {
	account, arn, userID string
	user                 string // the IAM user's name; empty for a role
	roleARN              string // the role itself; empty for a user
}

// credential is an access key, long-term or temporary.
type credential struct {
	id, secret string
	token      string // empty: long-term
	kind       kind
	identity   identity
	expires    time.Time // zero: never
	mfa        bool      // made with a one-time code
	made       Session   // what a role's or federated session was made with
	chained    bool      // a role's, assumed with temporary credentials
	history              // of a long-term key
}

// lookUp returns the credential of a key id and the security tokens that came
// with it. The caller holds s.mu.
func (s *Server) lookUp(id string, tokens []string, now time.Time) (*credential, error) {
	c := s.credentials[id]
	if c == nil || !c.works(now) || len(tokens) > 1 {
		return nil, errInvalidToken()
	}
	token := ""
	if len(tokens) == 1 {
		token = tokens[0]
	}
	if (len(tokens) == 1) != (c.token != "") || subtle.ConstantTimeCompare([]byte(token), []byte(c.token)) != 1 {
		return nil, errInvalidToken()
	}
	if !c.expires.IsZero() && !now.Before(c.expires) {
		return nil, refused("ExpiredToken", "The security token included in the request is expired")
	}
	return c, nil
}

// DisableKey makes an access key inactive, like the switch in the console.
// Sessions made from it live on, as AWS's do. An unknown id changes nothing.
func (s *Server) DisableKey(id string) {
	now := s.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.credentials[id]; c != nil {
		s.change(c, now, inactive)
	}
}

// credentialsXML is the Credentials element of an answer.
type credentialsXML struct {
	XMLName         xml.Name `xml:"Credentials"`
	AccessKeyId     string
	SecretAccessKey string
	SessionToken    string
	Expiration      string
}

// issue makes temporary credentials for who, valid for asked unless
// SetSessionLifetime says otherwise. The caller holds s.mu.
func (s *Server) issue(k kind, who identity, mfa bool, now time.Time, asked time.Duration) credentialsXML {
	if s.lifetime != 0 {
		asked = s.lifetime
	}
	c := &credential{
		id: s.unusedKeyID("ASIA", who.account), secret: newSecret(), token: newToken(),
		kind: k, identity: who, mfa: mfa,
		// Whole seconds, so that what is enforced is what was said.
		expires: now.UTC().Add(asked).Truncate(time.Second),
	}
	s.credentials[c.id] = c
	return credentialsXML{
		AccessKeyId: c.id, SecretAccessKey: c.secret, SessionToken: c.token,
		Expiration: c.expires.Format(timeFormat),
	}
}

// unusedKeyID draws until it has an id that nobody holds.
func (s *Server) unusedKeyID(prefix, account string) string {
	for {
		id := newKeyID(prefix, account)
		if s.credentials[id] == nil {
			return id
		}
	}
}
