package ststest

import (
	"encoding/xml"
	"time"
)

// The durations of a session from GetSessionToken, for an IAM user.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
const (
	shortestSession = 900 * time.Second
	longestSession  = 129600 * time.Second // 36 h
	defaultSession  = 43200 * time.Second  // 12 h
)

type getSessionTokenResult struct {
	XMLName     xml.Name `xml:"GetSessionTokenResult"`
	Credentials credentialsXML
}

// getSessionToken serves users' own keys only.
func (s *Server) getSessionToken(c *call) (any, error) {
	if c.caller.kind != longTerm {
		return nil, refused("AccessDenied", "Cannot call GetSessionToken with session credentials")
	}
	limits := &constraints{form: c.form}
	limits.mfa()
	duration := limits.duration(shortestSession, longestSession, defaultSession)
	if err := limits.err(); err != nil {
		return nil, err
	}
	mfa, err := s.checkMFA(c)
	if err != nil {
		return nil, err
	}
	return getSessionTokenResult{Credentials: s.issue(userSession, c.caller.identity, mfa, c.now, duration)}, nil
}

type getCallerIdentityResult struct {
	XMLName xml.Name `xml:"GetCallerIdentityResult"`
	Arn     string
	UserId  string
	Account string
}

// getCallerIdentity is allowed to everybody who can sign.
func (s *Server) getCallerIdentity(c *call) (any, error) {
	who := c.caller.identity
	return getCallerIdentityResult{Arn: who.arn, UserId: who.userID, Account: who.account}, nil
}
