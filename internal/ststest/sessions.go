package ststest

import (
	"maps"
	"slices"
	"time"
)

// Session is what a role session, or one of GetFederationToken, was made with,
// for tests that ask what a client sent. The fields are a copy.
type Session struct {
	ARN         string // arn:PARTITION:sts::ACCOUNT:assumed-role/ROLE/SESSION, or …:federated-user/NAME
	SourceARN   string // the caller's; empty where nobody signed the request
	RoleARN     string // the role's own; empty for a user's login or federated session
	SessionName string
	ExternalID  string

	Policy     string // the session policy; empty: none
	PolicyARNs []string

	// Tags are those of the request and those inherited from the sessions
	// before it in a chain. TransitiveTags are the keys, in order, of those
	// that go on to the next session.
	Tags           map[string]string
	TransitiveTags []string

	SourceIdentity string        // given, or inherited; empty: none
	MFA            bool          // the request or its caller carried MFA
	Duration       time.Duration // as asked for; 0: nothing was asked
	Expires        time.Time
}

// Session returns what the session with that access key id was made with. It
// is false for an unknown id, for keys, and for what GetSessionToken gave. A
// session that has expired is still known.
func (s *Server) Session(accessKeyID string) (Session, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.credentials[accessKeyID]
	if c == nil || c.kind == longTerm || c.kind == userSession {
		return Session{}, false
	}
	made := c.made
	made.ARN, made.RoleARN, made.Expires = c.identity.arn, c.identity.roleARN, c.expires
	made.PolicyARNs = slices.Clone(made.PolicyARNs)
	made.Tags = maps.Clone(made.Tags)
	made.TransitiveTags = slices.Clone(made.TransitiveTags)
	return made, true
}

// issueRole makes a role session under made.SessionName, valid for lasts, and
// keeps what it was made with. Role credentials don't carry MFA on, whoever
// asked for them. The caller holds s.mu.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
func (s *Server) issueRole(r *role, made Session, now time.Time, lasts time.Duration) (credentialsXML, assumedRoleUser) {
	who := r.session(made.SessionName)
	issued := s.issue(roleSession, who, false, now, lasts)
	s.credentials[issued.AccessKeyId].made = made
	return issued, assumedRoleUser{AssumedRoleId: who.userID, Arn: who.arn}
}
