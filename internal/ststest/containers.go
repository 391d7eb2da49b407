package ststest

import (
	"crypto/subtle"
	"net/http"
	"strings"
	"time"
)

// containerPath is where the ECS agent serves credentials, by an ID that only
// the container knows.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
const containerPath = "/v2/credentials/"

// container is a container that has a role.
type container struct {
	roleARN       string
	authorization string // empty: none is asked for
}

func containerRoutes() []route {
	return []route{{http.MethodGet, containerPath + "*", "ContainerCredentials", (*Server).containerCredentials, refuseContainer}}
}

// AddContainerRole puts a new container into the role and returns the path of
// its credentials, for AWS_CONTAINER_CREDENTIALS_FULL_URI behind URL. A
// request must carry authorization as its Authorization header, whole, unless
// it is empty. A role that is not there is added; it trusts ECS alone.
func (s *Server) AddContainerRole(roleARN, authorization string) (path string) {
	s.addServiceRole(roleARN, "ecs-tasks.amazonaws.com")
	id := newRequestID()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.metadata.containers == nil {
		s.metadata.containers = map[string]container{}
	}
	s.metadata.containers[id] = container{roleARN, authorization}
	return containerPath + id
}

// containerCredentials hands out new credentials at each request.
func (s *Server) containerCredentials(req *request, now time.Time) (reply, error) {
	id := strings.TrimPrefix(req.http.URL.Path, containerPath)
	known, ok := s.metadata.containers[id]
	if !ok {
		return reply{}, refused("InvalidIdInRequest", "CredentialsV2Request: Credentials not found")
	}
	given := req.http.Header.Values("Authorization")
	if known.authorization != "" &&
		(len(given) != 1 || subtle.ConstantTimeCompare([]byte(given[0]), []byte(known.authorization)) != 1) {
		return reply{}, refused("AccessDenied", "the authorization token is not the container's")
	}
	r := s.roles[known.roleARN]
	if r == nil || r.name == "" {
		return reply{}, refused("NoCredentialsAssociated", "CredentialsV2Request: Credentials not associated")
	}
	c, _ := s.issueRole(r, Session{SessionName: strings.ReplaceAll(id, "-", "")}, now, machineSession)
	return jsonReply(http.StatusOK, struct {
		RoleArn, AccessKeyId, SecretAccessKey, Token, Expiration string
	}{r.ARN, c.AccessKeyId, c.SecretAccessKey, c.SessionToken, c.Expiration}), nil
}

// refuseContainer writes an error as the ECS agent does.
func refuseContainer(e *refusal) reply {
	status := e.Status
	if status == 0 {
		status = statusOf(e.Code)
	}
	return jsonReply(status, struct {
		Code    string `json:"code"`
		Message string `json:"message"`
		Status  int    `json:"HTTPErrorCode"`
	}{e.Code, e.Message, status})
}
