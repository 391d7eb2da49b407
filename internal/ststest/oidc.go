package ststest

import (
	"encoding/json"
	"net/http"
	"strings"
	"unicode"
)

// oidcRoutes are the operations of IAM Identity Center's OIDC service.
// https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_Operations.html
func oidcRoutes() []route {
	return []route{
		{http.MethodPost, "/client/register", "RegisterClient", (*Server).registerClient, oidcError},
		{http.MethodPost, "/device_authorization", "StartDeviceAuthorization", (*Server).startDeviceAuthorization, oidcError},
		{http.MethodPost, "/token", "CreateToken", (*Server).createToken, oidcError},
	}
}

// oidcError writes an error as OAuth does (RFC 6749, section 5.2), and under
// AWS's own name in the header.
func oidcError(e *refusal) reply {
	return jsonError(e, "com.amazonaws.sso.oidc", map[string]string{
		"error": oauthName(e.Code), "error_description": e.Message,
	})
}

// oauthName is OAuth's name for an error: slow_down for SlowDownException.
func oauthName(code string) string {
	if code == "InternalServerException" || code == "InternalFailure" {
		return "server_error"
	}
	var b strings.Builder
	for i, r := range strings.TrimSuffix(code, "Exception") {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// readJSON reads the request's body into v.
func readJSON(req *request, v any) error {
	if err := json.Unmarshal(req.body, v); err != nil {
		return errInvalidRequest("Invalid request")
	}
	return nil
}

func errInvalidRequest(description string) error {
	return refused("InvalidRequestException", "%s", description)
}

func errInvalidGrant(what string) error {
	return refused("InvalidGrantException", "Invalid %s provided", what)
}
