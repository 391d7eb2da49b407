package ststest

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"regexp"
	"slices"
	"time"
)

type createTokenInput struct {
	ClientID     string
	ClientSecret string
	GrantType    string
	Code         string
	CodeVerifier string
	RedirectURI  string
	DeviceCode   string
	RefreshToken string
}

type createTokenOutput struct {
	AccessToken  string `json:"accessToken"`
	TokenType    string `json:"tokenType"`
	ExpiresIn    int64  `json:"expiresIn"`
	RefreshToken string `json:"refreshToken,omitempty"`
}

func errUnauthorizedClient() error {
	return refused("UnauthorizedClientException", "Client is not authorized for the grant type")
}

// createToken checks the client, then whether the grant is one of the
// client's, then what is granted.
func (s *Server) createToken(req *request, now time.Time) (reply, error) {
	var in createTokenInput
	if err := readJSON(req, &in); err != nil {
		return reply{}, err
	}
	c, err := s.sso.client(in.ClientID, in.ClientSecret, now)
	if err != nil {
		return reply{}, err
	}
	redeem := map[string]func(*Server, *client, *createTokenInput, time.Time) (*ssoSession, error){
		grantCode: (*Server).redeemCode, grantDevice: (*Server).redeemDevice, grantRefresh: (*Server).redeemRefreshToken,
	}[in.GrantType]
	if redeem == nil {
		return reply{}, refused("UnsupportedGrantTypeException", "Unsupported grant type provided")
	}
	if !c.may(in.GrantType) {
		return reply{}, errUnauthorizedClient()
	}
	l, err := redeem(s, c, &in, now)
	if err != nil {
		return reply{}, err
	}
	token, lasts := s.sso.accessTokenFor(l, s.sso.instance(l.startURL), now)
	out := createTokenOutput{AccessToken: token, TokenType: "Bearer", ExpiresIn: int64(lasts / time.Second)}
	if c.may(grantRefresh) && slices.Contains(c.scopes, refreshScope) {
		out.RefreshToken = opaque(refreshTokenPrefix, 240)
		s.sso.refresh[out.RefreshToken] = l
	}
	return jsonReply(http.StatusOK, out), nil
}

// redeemRefreshToken goes on with a session. The token is used up: the answer
// has the next one.
func (s *Server) redeemRefreshToken(c *client, in *createTokenInput, now time.Time) (*ssoSession, error) {
	if in.RefreshToken == "" {
		return nil, errInvalidRequest("No refresh token provided")
	}
	l := s.sso.refresh[in.RefreshToken]
	if l == nil || l.clientID != c.id || l.over(now) {
		return nil, errInvalidGrant("refresh token")
	}
	delete(s.sso.refresh, in.RefreshToken)
	return l, nil
}

// authorizedCode is an authorization code and what it was given for.
type authorizedCode struct {
	clientID    string
	redirectURI string // with its port
	challenge   string
	expires     time.Time
}

// codeLifetime is the longest that OAuth recommends (RFC 6749, section
// 4.1.2). AWS does not document its own.
const codeLifetime = 10 * time.Minute

// verifierForm is the form of a code verifier (RFC 7636, section 4.1).
var verifierForm = regexp.MustCompile(`^[A-Za-z0-9._~-]{43,128}$`)

// redeemCode turns an authorization code into a session. The client's one
// attempt spends the code, right or wrong.
func (s *Server) redeemCode(c *client, in *createTokenInput, now time.Time) (*ssoSession, error) {
	if in.Code == "" || in.RedirectURI == "" || !verifierForm.MatchString(in.CodeVerifier) {
		return nil, errInvalidRequest("Invalid request")
	}
	a := s.sso.codes[in.Code]
	if a == nil || a.clientID != c.id {
		return nil, errInvalidGrant("authorization code")
	}
	delete(s.sso.codes, in.Code)
	if !now.Before(a.expires) {
		return nil, errInvalidGrant("authorization code")
	}
	if in.RedirectURI != a.redirectURI {
		return nil, errInvalidGrant("redirect URI")
	}
	sum := sha256.Sum256([]byte(in.CodeVerifier))
	challenge := base64.RawURLEncoding.EncodeToString(sum[:])
	if subtle.ConstantTimeCompare([]byte(challenge), []byte(a.challenge)) != 1 {
		return nil, errInvalidGrant("code verifier")
	}
	return s.sso.begin(s.sso.instance(c.startURL), c.id, now), nil
}
