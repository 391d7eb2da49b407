package ststest

import (
	"encoding/xml"
	"time"
	"unicode/utf8"
)

// The limits of a web identity token, in characters.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
const (
	shortestWebToken = 4
	longestWebToken  = 20000
)

type assumeRoleWithWebIdentityResult struct {
	XMLName                     xml.Name `xml:"AssumeRoleWithWebIdentityResult"`
	Credentials                 credentialsXML
	SubjectFromWebIdentityToken string
	AssumedRoleUser             assumedRoleUser
	Provider                    string
	Audience                    string
}

// assumeRoleWithWebIdentity serves whoever brings a token: the request is not
// signed, and a signature that comes all the same is not looked at. The
// parameters are checked first, then the token, then the role.
func (s *Server) assumeRoleWithWebIdentity(c *call) (any, error) {
	limits := &constraints{form: c.form}
	limits.required("RoleArn")
	limits.required("RoleSessionName")
	limits.required("WebIdentityToken")
	limits.text("RoleArn", 20, 2048, "")
	limits.text("RoleSessionName", 2, 64, `[\w+=,.@-]*`)
	limits.webIdentityToken()
	asked := limits.duration(shortestRole, longestRole, 0)
	policy, policyARNs := limits.sessionPolicies()
	if err := limits.err(); err != nil {
		return nil, err
	}
	arn := c.form.Get("RoleArn")
	if !roleARNForm.MatchString(arn) {
		return nil, refused("ValidationError", "%s is invalid", arn)
	}
	if c.form.Has("ProviderId") {
		return nil, refused("ValidationError", "ProviderId is for OAuth 2.0 access tokens and must not be given with an OpenID Connect token")
	}
	if err := checkPolicies(policy, policyARNs); err != nil {
		return nil, err
	}
	claims, err := s.verifyWebToken(c.form.Get("WebIdentityToken"), c.now)
	if err != nil {
		return nil, err
	}
	r := s.roles[arn]
	if r == nil || !r.WebIdentity {
		return nil, refused("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
	}
	duration, err := r.duration(asked, false)
	if err != nil {
		return nil, err
	}
	credentials, user := s.issueRole(r, Session{
		SessionName: c.form.Get("RoleSessionName"), Policy: policy, PolicyARNs: policyARNs, Duration: asked,
	}, c.now, duration)
	return assumeRoleWithWebIdentityResult{
		Credentials: credentials, AssumedRoleUser: user,
		SubjectFromWebIdentityToken: claims.Subject, Provider: claims.Issuer, Audience: claims.Audience,
	}, nil
}

// webIdentityToken checks the token's length. The error does not hold the
// token: it is a secret.
func (c *constraints) webIdentityToken() {
	const name, hidden = "WebIdentityToken", "'***'"
	if !c.form.Has(name) {
		return
	}
	if n := utf8.RuneCountInString(c.form.Get(name)); n < shortestWebToken {
		c.fail(name, hidden, "Member must have length greater than or equal to 4")
	} else if n > longestWebToken {
		c.fail(name, hidden, "Member must have length less than or equal to 20000")
	}
}

// WebIdentityToken issues an OpenID Connect token for subject that holds for
// lifetime from now on; a negative one gives a token that is over already.
// Roles with WebIdentity accept it, any number of times.
func (s *Server) WebIdentityToken(subject string, lifetime time.Duration) string {
	now := s.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.issuer.sign(webClaims{
		Issuer: webIssuerURL, Audience: webAudience, Subject: subject,
		IssuedAt: now.Unix(), Expires: now.Add(lifetime).Unix(),
	})
}
