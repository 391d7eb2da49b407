package ststest

import (
	"net/http"
	"regexp"
	"time"
)

// bearerHeader carries the access token to the portal.
const bearerHeader = "X-Amz-Sso_bearer_token"

// portalRoutes are the operations of the access portal.
// https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_Operations.html
func portalRoutes() []route {
	return []route{
		{http.MethodGet, "/federation/credentials", "GetRoleCredentials", (*Server).getRoleCredentials, portalError},
		{http.MethodPost, "/logout", "Logout", (*Server).logout, portalError},
	}
}

func portalError(e *refusal) reply {
	const namespace = "com.amazonaws.switchboard.portal"
	return jsonError(e, namespace, map[string]string{"message": e.Message, "__type": namespace + "#" + e.Code})
}

func errUnknownSession() error {
	return refused("UnauthorizedException", "Session token not found or invalid")
}

var (
	accountForm       = regexp.MustCompile(`^[0-9]{12}$`)
	permissionSetForm = regexp.MustCompile(`^[\w+=,.@-]{1,32}$`)
)

// getRoleCredentials checks the request's form, then the token, then whether
// the user has the assignment.
func (s *Server) getRoleCredentials(req *request, now time.Time) (reply, error) {
	wanted := Assignment{AccountID: req.form.Get("account_id"), RoleName: req.form.Get("role_name")}
	if !accountForm.MatchString(wanted.AccountID) || !permissionSetForm.MatchString(wanted.RoleName) {
		return reply{}, refused("InvalidRequestException", "Invalid request")
	}
	_, i := s.sso.holder(req.http.Header.Get(bearerHeader), now)
	if i == nil {
		return reply{}, errUnknownSession()
	}
	r := i.roles[wanted]
	if r == nil {
		return reply{}, refused("ForbiddenException", "No access")
	}
	issued, _ := s.issueRole(r, Session{SessionName: i.User}, now, i.RoleLifetime)
	type roleCredentials struct {
		AccessKeyID     string `json:"accessKeyId"`
		SecretAccessKey string `json:"secretAccessKey"`
		SessionToken    string `json:"sessionToken"`
		Expiration      int64  `json:"expiration"` // in milliseconds
	}
	return jsonReply(http.StatusOK, map[string]roleCredentials{"roleCredentials": {
		AccessKeyID: issued.AccessKeyId, SecretAccessKey: issued.SecretAccessKey, SessionToken: issued.SessionToken,
		Expiration: s.credentials[issued.AccessKeyId].expires.UnixMilli(),
	}}), nil
}

// logout ends the whole session: its access tokens and its refresh token.
// Role credentials live on.
func (s *Server) logout(req *request, now time.Time) (reply, error) {
	a, _ := s.sso.holder(req.http.Header.Get(bearerHeader), now)
	if a == nil {
		return reply{}, errUnknownSession()
	}
	a.session.ended = true
	return reply{status: http.StatusOK, header: http.Header{"Content-Type": {"application/json"}}}, nil
}
