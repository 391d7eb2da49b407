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

// assumeRole checks the parameters, by themselves and beside what the caller's
// own session carries, then the code, then the trust, then the role's own
// limits: a caller who is not trusted learns nothing of the role, and a code
// is spent even when the role is refused.
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
	policy, policyARNs := limits.sessionPolicies()
	tags := limits.tags()
	if err := limits.err(); err != nil {
		return nil, err
	}
	arn := c.form.Get("RoleArn")
	if !roleARNForm.MatchString(arn) {
		return nil, refused("ValidationError", "%s is invalid", arn)
	}
	if err := checkPolicies(policy, policyARNs); err != nil {
		return nil, err
	}
	allTags, transitive, err := tags.join(c.caller.made)
	if err != nil {
		return nil, err
	}
	sourceIdentity, err := c.sourceIdentity()
	if err != nil {
		return nil, err
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
	credentials, user := s.issueRole(r, Session{
		SourceARN: c.caller.identity.arn, SessionName: c.form.Get("RoleSessionName"), ExternalID: c.form.Get("ExternalId"),
		Policy: policy, PolicyARNs: policyARNs, Tags: allTags, TransitiveTags: transitive,
		SourceIdentity: sourceIdentity, MFA: mfa || c.caller.mfa, Duration: asked,
	}, c.now, duration)
	s.credentials[credentials.AccessKeyId].chained = c.caller.kind != longTerm
	return assumeRoleResult{Credentials: credentials, AssumedRoleUser: user, SourceIdentity: sourceIdentity}, nil
}

// sourceIdentity is the one that the new session gets: the request's, or the
// one that the caller's session carries already and that no session after it
// can change.
func (c *call) sourceIdentity() (string, error) {
	given, inherited := c.form.Get("SourceIdentity"), c.caller.made.SourceIdentity
	if inherited == "" {
		return given, nil
	}
	if given != "" && given != inherited {
		return "", refused("ValidationError", "The source identity is already set for this assume role session")
	}
	return inherited, nil
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
