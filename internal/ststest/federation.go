package ststest

import (
	"encoding/xml"
	"time"
)

// The durations of a session from GetFederationToken, for an IAM user.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
const (
	shortestFederation = 900 * time.Second
	longestFederation  = 129600 * time.Second // 36 h
	defaultFederation  = 43200 * time.Second  // 12 h
)

type federatedUser struct {
	FederatedUserId string
	Arn             string
}

type getFederationTokenResult struct {
	XMLName       xml.Name `xml:"GetFederationTokenResult"`
	Credentials   credentialsXML
	FederatedUser federatedUser
}

// getFederationToken serves users' own keys only. What it gives may do what
// the policies allow: nothing without them.
func (s *Server) getFederationToken(c *call) (any, error) {
	if c.caller.kind != longTerm {
		return nil, refused("AccessDenied", "Cannot call GetFederationToken with session credentials")
	}
	limits := &constraints{form: c.form}
	limits.required("Name")
	limits.text("Name", 2, 32, `[\w+=,.@-]*`)
	duration := limits.duration(shortestFederation, longestFederation, defaultFederation)
	policy, policyARNs := limits.sessionPolicies()
	if err := limits.err(); err != nil {
		return nil, err
	}
	if err := checkPolicies(policy, policyARNs); err != nil {
		return nil, err
	}
	user, name := c.caller.identity, c.form.Get("Name")
	who := identity{
		account: user.account,
		arn:     "arn:aws:sts::" + user.account + ":federated-user/" + name,
		userID:  user.account + ":" + name,
	}
	issued := s.issue(federatedSession, who, false, c.now, duration)
	s.credentials[issued.AccessKeyId].made = Session{
		SourceARN: user.arn, SessionName: name, Policy: policy, PolicyARNs: policyARNs, Duration: duration,
	}
	return getFederationTokenResult{Credentials: issued, FederatedUser: federatedUser{who.userID, who.arn}}, nil
}

// mayCall refuses what AWS refuses to sessions of a user: all of STS to a
// federated one but to say who it is, and all of IAM.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html
func mayCall(c *credential, service, action string) error {
	switch {
	case c.kind == userSession && service == "iam" && !c.mfa:
		// IAM says so with this code, not with AccessDenied.
		return errInvalidToken()
	case c.kind == federatedSession && service == "iam":
		return errInvalidToken()
	case c.kind == federatedSession && action != "GetCallerIdentity":
		return refused("AccessDenied", "Cannot call %s with session credentials", action)
	}
	return nil
}
