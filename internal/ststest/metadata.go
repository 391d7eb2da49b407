package ststest

import (
	"crypto/subtle"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// The paths and headers of version 2 of the instance metadata service. There
// is no version 1 here: a request without a token is refused.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-v2-how-it-works.html
const (
	imdsTokenPath = "/latest/api/token"
	imdsRolePath  = "/latest/meta-data/iam/security-credentials/"

	imdsTokenHeader = "X-Aws-Ec2-Metadata-Token"
	imdsTTLHeader   = "X-Aws-Ec2-Metadata-Token-Ttl-Seconds"

	longestIMDSToken = 21600 // seconds
)

// instanceID is the instance's, and so the name of its role sessions.
const instanceID = "i-0123456789abcdef0"

// machineSession is how long the credentials of instances and containers last.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
const machineSession = 6 * time.Hour

// metadataStore is what the instance and the containers are handed out. The
// zero value has nothing.
type metadataStore struct {
	roleARN    string               // the instance's; empty: none
	tokens     map[string]time.Time // when they expire
	containers map[string]container // by the ID in their path
}

func metadataRoutes() []route {
	return []route{
		{http.MethodPut, imdsTokenPath, "IMDSToken", (*Server).imdsToken, refuseMetadata},
		{http.MethodGet, imdsRolePath, "IMDSRole", (*Server).imdsRole, refuseMetadata},
		{http.MethodGet, imdsRolePath + "*", "IMDSCredentials", (*Server).imdsCredentials, refuseMetadata},
		{http.MethodGet, "/latest/*", "IMDSMetadata", (*Server).imdsMetadata, refuseMetadata},
	}
}

// AddInstanceRole puts the server's instance into the role, in place of the
// one that it had. A role that is not there is added; it trusts EC2 alone.
func (s *Server) AddInstanceRole(roleARN string) {
	s.addServiceRole(roleARN, "ec2.amazonaws.com")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.metadata.roleARN = roleARN
}

// addServiceRole adds a role that only an AWS service may assume, unless there
// is one with that ARN.
func (s *Server) addServiceRole(arn, service string) {
	s.mu.Lock()
	known := s.roles[arn] != nil
	s.mu.Unlock()
	if !known {
		s.AddRole(Role{ARN: arn, TrustedARNs: []string{service}})
	}
}

func (s *Server) imdsToken(req *request, now time.Time) (reply, error) {
	// A request that was passed on by a proxy comes from somewhere else.
	if req.http.Header.Get("X-Forwarded-For") != "" {
		return reply{}, refused("Forbidden", "")
	}
	ttl := req.http.Header.Get(imdsTTLHeader)
	seconds, err := strconv.Atoi(ttl)
	if err != nil || seconds < 1 || seconds > longestIMDSToken {
		return reply{}, refused("Bad Request", "")
	}
	if s.metadata.tokens == nil {
		s.metadata.tokens = map[string]time.Time{}
	}
	token := base64url.EncodeToString(randomBytes(42))
	s.metadata.tokens[token] = now.Add(time.Duration(seconds) * time.Second)
	rep := plainReply(token)
	rep.header.Set(imdsTTLHeader, ttl)
	return rep, nil
}

// imdsRole names the instance's role.
func (s *Server) imdsRole(req *request, now time.Time) (reply, error) {
	r, err := s.instanceRole(req, now)
	if err != nil {
		return reply{}, err
	}
	return plainReply(r.name), nil
}

// imdsCredentials hands out new credentials at each request; the service
// itself gives the same ones until shortly before they expire.
func (s *Server) imdsCredentials(req *request, now time.Time) (reply, error) {
	r, err := s.instanceRole(req, now)
	if err != nil {
		return reply{}, err
	}
	if req.http.URL.Path != imdsRolePath+r.name {
		return reply{}, refused("Not Found", "")
	}
	c, _ := s.issueRole(r, Session{SessionName: instanceID}, now, machineSession)
	rep := jsonReply(http.StatusOK, struct {
		Code, LastUpdated, Type, AccessKeyId, SecretAccessKey, Token, Expiration string
	}{"Success", now.UTC().Format(timeFormat), "AWS-HMAC", c.AccessKeyId, c.SecretAccessKey, c.SessionToken, c.Expiration})
	rep.header.Set("Content-Type", "text/plain") // as the service says, though it is JSON
	return rep, nil
}

// imdsMetadata is the rest of the service: nothing, for those with a token.
func (s *Server) imdsMetadata(req *request, now time.Time) (reply, error) {
	if err := s.checkIMDSToken(req, now); err != nil {
		return reply{}, err
	}
	return reply{}, refused("Not Found", "")
}

// instanceRole returns the instance's role to those with a token.
func (s *Server) instanceRole(req *request, now time.Time) (*role, error) {
	if err := s.checkIMDSToken(req, now); err != nil {
		return nil, err
	}
	r := s.roles[s.metadata.roleARN]
	if r == nil || r.name == "" {
		return nil, refused("Not Found", "")
	}
	return r, nil
}

func (s *Server) checkIMDSToken(req *request, now time.Time) error {
	given := []byte(req.http.Header.Get(imdsTokenHeader))
	for token, expires := range s.metadata.tokens {
		if subtle.ConstantTimeCompare([]byte(token), given) == 1 && now.Before(expires) {
			return nil
		}
	}
	return refused("Unauthorized", "")
}

func plainReply(text string) reply {
	return reply{status: http.StatusOK, header: http.Header{"Content-Type": {"text/plain"}}, body: []byte(text)}
}

// refuseMetadata writes an error as the instance metadata service does: the
// status, and a page for people.
func refuseMetadata(e *refusal) reply {
	status := e.Status
	if status == 0 {
		status = metadataStatusOf(e.Code)
	}
	return reply{
		status: status, header: http.Header{"Content-Type": {"text/html"}},
		body: fmt.Appendf(nil, "<html><head><title>%[1]d - %[2]s</title></head><body><h1>%[1]d - %[2]s</h1></body></html>\n",
			status, http.StatusText(status)),
	}
}

func metadataStatusOf(code string) int {
	switch code {
	case "Bad Request":
		return http.StatusBadRequest
	case "Unauthorized":
		return http.StatusUnauthorized
	case "Forbidden":
		return http.StatusForbidden
	case "Not Found":
		return http.StatusNotFound
	}
	return statusOf(code)
}
