package ststest

import (
	"encoding/xml"
	"time"
)

// The durations of a session from AssumeRole.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
const (
	shortestRole = 900 * time.Second
	longestRole  = 43200 * time.Second // 12 h
	defaultRole  = time.Hour
	longestChain = time.Hour // from a session or another role
)

type assumedRoleUser struct {
	AssumedRoleId string
	Arn           string
}

type assumeRoleResult struct {
	XMLName         xml.Name `xml:"AssumeRoleResult"`
	Credentials     credentialsXML
	AssumedRoleUser assumedRoleUser
	SourceIdentity  string `xml:",omitempty"`
}

// assumeRole checks the parameters, then the code, then the trust, then the
// role's own limits: a caller who is not trusted learns nothing of the role,
// and a code is spent even when the role is refused.
func (s *Server) assumeRole(c *call) (any, error) {
	limits := &constraints{form: c.form}
	limits.required("RoleArn")
	limits.required("RoleSessionName")
	limits.text("RoleArn", 20, 2048, "")
	limits.text("RoleSessionName", 2, 64, `[\w+=,.@-]*`)
	limits.text("ExternalId", 2, 1224, `[\w+=,.@:\/-]*`)
	limits.text("SourceIdentity", 2, 64, `[\w+=,.@-]*`)
	limits.mfa()
	asked := limits.duration(shortestRole, longestRole, 0)
	if err := limits.err(); err != nil {
		return nil, err
	}
	arn := c.form.Get("RoleArn")
	if !roleARNForm.MatchString(arn) {
		return nil, refused("ValidationError", "%s is invalid", arn)
	}
	mfa, err := s.checkMFA(c)
	if err != nil {
		return nil, err
	}
	r := s.roles[arn]
	if r == nil || !r.trusts(c.caller.identity, mfa || c.caller.mfa, c.form.Get("ExternalId")) {
		return nil, refused("AccessDenied", "User: %s is not authorized to perform: sts:AssumeRole on resource: %s",
			c.caller.identity.arn, arn)
	}
	duration, err := r.duration(asked, c.caller.kind != longTerm)
	if err != nil {
		return nil, err
	}
	who := r.session(c.form.Get("RoleSessionName"))
	return assumeRoleResult{
		// Role credentials don't carry MFA on, whoever asked for them:
		// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
		Credentials:     s.issue(roleSession, who, false, c.now, duration),
		AssumedRoleUser: assumedRoleUser{AssumedRoleId: who.userID, Arn: who.arn},
		SourceIdentity:  c.form.Get("SourceIdentity"),
	}, nil
}

// duration is what a request for asked (0: none given) gets.
func (r *role) duration(asked time.Duration, chained bool) (time.Duration, error) {
	switch {
	case asked == 0:
		return min(defaultRole, r.MaxSession), nil
	case chained && asked > longestChain:
		return 0, refused("ValidationError", "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining")
	case asked > r.MaxSession:
		return 0, refused("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
	}
	return asked, nil
}
