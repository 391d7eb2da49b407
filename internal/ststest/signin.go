package ststest

import (
	"encoding/json"
	"net/http"
	"time"
)

// signinTokenType is the type of the access tokens: credentials to sign with.
const signinTokenType = "aws_sigv4"

func signinRoutes() []route {
	return []route{{http.MethodPost, "/v1/token", "CreateOAuth2Token", (*Server).createOAuth2Token, refuseSignin}}
}

type signinCredentials struct {
	AccessKeyID     string `json:"accessKeyId"`
	SecretAccessKey string `json:"secretAccessKey"`
	SessionToken    string `json:"sessionToken"`
}

// signinToken is the answer to a refresh; only the first one after a login
// has an id token.
type signinToken struct {
	AccessToken  signinCredentials `json:"accessToken"`
	TokenType    string            `json:"tokenType"`
	ExpiresIn    int               `json:"expiresIn"` // seconds
	RefreshToken string            `json:"refreshToken"`
}

// createOAuth2Token renews a login session for the holder of its key, and
// rotates the refresh token. The grant that begins a session is not served:
// Login does that.
// https://docs.aws.amazon.com/signin/latest/APIReference/API_CreateOAuth2Token.html
func (s *Server) createOAuth2Token(req *request, now time.Time) (reply, error) {
	var in struct {
		ClientID     string `json:"clientId"`
		GrantType    string `json:"grantType"`
		RefreshToken string `json:"refreshToken"`
	}
	if err := json.Unmarshal(req.body, &in); err != nil {
		return reply{}, refused("invalid_request", "The request body is not valid JSON")
	}
	if in.GrantType != "refresh_token" {
		return reply{}, refused("unsupported_grant_type", "The grant type is not supported")
	}
	if in.ClientID != loginClient {
		return reply{}, refused("INVALID_REQUEST", "The client id is not the session's")
	}
	l := s.loginOf(in.RefreshToken)
	if l == nil {
		return reply{}, refused("INVALID_REQUEST", "The refresh token is not valid")
	}
	jti, reason := verifyDPoP(req.http, l.key, now)
	if reason == "" && l.proofs[jti] {
		reason = "The DPoP proof has been used before"
	}
	if reason != "" {
		return reply{}, refused("INVALID_REQUEST", "%s", reason)
	}
	l.proofs[jti] = true
	if l.ended || l.spent[in.RefreshToken] {
		return reply{}, refused("TOKEN_EXPIRED", "The refresh token has expired.")
	}
	l.spent[l.refresh] = true
	l.refresh = newRefreshToken()
	c := s.issue(roleSession, l.identity, false, now, loginCredentials)
	rep := jsonReply(http.StatusOK, signinToken{
		AccessToken:  signinCredentials{c.AccessKeyId, c.SecretAccessKey, c.SessionToken},
		TokenType:    signinTokenType,
		ExpiresIn:    int(s.credentials[c.AccessKeyId].expires.Sub(now) / time.Second),
		RefreshToken: l.refresh,
	})
	rep.header.Set("Cache-Control", "no-store")
	return rep, nil
}

// loginOf finds the session of a refresh token, whether it still holds or
// not. The caller holds s.mu.
func (s *Server) loginOf(refresh string) *login {
	for _, l := range s.logins {
		if l.refresh == refresh || l.spent[refresh] {
			return l
		}
	}
	return nil
}

// refuseSignin writes an error as AWS Sign-In does. What the API's model
// knows has the exception in a header and the OAuth error in the body; what
// OAuth itself refuses has the body of RFC 6749, section 5.2 alone.
func refuseSignin(e *refusal) reply {
	exception, status := signinException(e.Code)
	if e.Status != 0 {
		status = e.Status
	}
	if exception == "" {
		rep := jsonReply(status, map[string]string{"error": e.Code, "error_description": e.Message})
		rep.header.Set("Cache-Control", "no-store")
		return rep
	}
	body := map[string]string{"message": e.Message}
	if exception != e.Code {
		body["error"] = e.Code
	}
	rep := jsonReply(status, body)
	rep.header.Set("Cache-Control", "no-store")
	rep.header.Set("X-Amzn-Errortype", exception)
	return rep
}

// signinException is the exception and the status that go with an error code,
// which is an OAuth one or, from a fault, the exception itself.
func signinException(code string) (string, int) {
	switch code {
	case "invalid_request", "unsupported_grant_type":
		return "", http.StatusBadRequest
	case "TOKEN_EXPIRED", "USER_CREDENTIALS_CHANGED", "AUTHCODE_EXPIRED":
		return "AccessDeniedException", http.StatusUnauthorized
	case "INSUFFICIENT_PERMISSIONS":
		return "AccessDeniedException", http.StatusForbidden
	case "INVALID_REQUEST":
		return "ValidationException", http.StatusBadRequest
	case "server_error", "InternalFailure", "InternalServerException":
		return "InternalServerException", http.StatusInternalServerError
	case "AccessDeniedException":
		return code, http.StatusForbidden
	case "TooManyRequestsError":
		return code, http.StatusTooManyRequests
	}
	return code, statusOf(code)
}
