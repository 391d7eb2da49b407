package ststest

import (
	"crypto/subtle"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"time"
)

// The grant types that the OIDC service knows.
const (
	grantCode    = "authorization_code"
	grantDevice  = "urn:ietf:params:oauth:grant-type:device_code"
	grantRefresh = "refresh_token"
)

// refreshScope is the scope without which no refresh token is given.
const refreshScope = "sso:account:access"

// client is a registered client.
type client struct {
	id, secret   string
	name         string
	expires      time.Time
	scopes       []string
	grants       []string // empty: those of clients from before grants were registered
	redirectURIs []string
	startURL     string // of the issuer; empty: none was given
}

// may reports whether the client registered for the grant. Without any, a
// client has what there was before the authorization code came.
func (c *client) may(grant string) bool {
	if len(c.grants) == 0 {
		return grant == grantDevice || grant == grantRefresh
	}
	return slices.Contains(c.grants, grant)
}

type registerClientInput struct {
	ClientName   string
	ClientType   string
	Scopes       []string
	GrantTypes   []string
	RedirectURIs []string
	IssuerURL    string
}

type registerClientOutput struct {
	ClientID              string `json:"clientId"`
	ClientSecret          string `json:"clientSecret"`
	ClientIDIssuedAt      int64  `json:"clientIdIssuedAt"`
	ClientSecretExpiresAt int64  `json:"clientSecretExpiresAt"`
	AuthorizationEndpoint string `json:"authorizationEndpoint"`
	TokenEndpoint         string `json:"tokenEndpoint"`
}

// scopeForm is the form of a scope (RFC 6749, section 3.3).
var scopeForm = regexp.MustCompile(`^[\x21\x23-\x5b\x5d-\x7e]+$`)

// check refuses what no client may register.
func (in *registerClientInput) check(st *ssoStore) error {
	if in.ClientName == "" {
		return errInvalidRequest("Invalid client name provided")
	}
	if in.ClientType != "public" {
		return refused("InvalidClientMetadataException", "Invalid client type provided")
	}
	if slices.ContainsFunc(in.Scopes, func(scope string) bool { return !scopeForm.MatchString(scope) }) {
		return refused("InvalidScopeException", "Invalid scope provided")
	}
	for _, grant := range in.GrantTypes {
		if grant != grantCode && grant != grantDevice && grant != grantRefresh {
			return refused("UnsupportedGrantTypeException", "Unsupported grant type provided")
		}
	}
	for _, uri := range in.RedirectURIs {
		if _, ok := loopbackRedirect(uri); !ok {
			return refused("InvalidRedirectUriException", "Invalid redirect URI provided")
		}
	}
	if in.IssuerURL != "" && st.instance(in.IssuerURL) == nil {
		return errInvalidRequest("Invalid issuer url provided")
	}
	if slices.Contains(in.GrantTypes, grantCode) {
		if len(in.RedirectURIs) == 0 {
			return refused("InvalidRedirectUriException", "No redirect URI provided")
		}
		if in.IssuerURL == "" {
			return errInvalidRequest("No issuer url provided")
		}
	}
	return nil
}

// registerClient makes a client. One that names no issuer lasts as long as
// one of the SSO that was added first.
func (s *Server) registerClient(req *request, now time.Time) (reply, error) {
	var in registerClientInput
	if err := readJSON(req, &in); err != nil {
		return reply{}, err
	}
	if err := in.check(&s.sso); err != nil {
		return reply{}, err
	}
	lasts := defaultRegistration
	if i := s.sso.instance(in.IssuerURL); i != nil {
		lasts = i.RegistrationLifetime
	} else if len(s.sso.instances) > 0 {
		lasts = s.sso.instances[0].RegistrationLifetime
	}
	c := &client{
		id: opaque("", 24), secret: opaque("eyJraWQiOiJrZXkt", 300), name: in.ClientName,
		expires: now.Add(lasts).Truncate(time.Second), scopes: in.Scopes, grants: in.GrantTypes,
		redirectURIs: in.RedirectURIs, startURL: in.IssuerURL,
	}
	s.sso.clients[c.id] = c
	return jsonReply(http.StatusOK, registerClientOutput{
		ClientID: c.id, ClientSecret: c.secret, ClientIDIssuedAt: now.Unix(), ClientSecretExpiresAt: c.expires.Unix(),
		AuthorizationEndpoint: s.url + "/authorize", TokenEndpoint: s.url + "/token",
	}), nil
}

// client returns the registered client with that id and secret, as long as
// its registration lasts.
func (st *ssoStore) client(id, secret string, now time.Time) (*client, error) {
	c := st.clients[id]
	if c == nil || !now.Before(c.expires) || subtle.ConstantTimeCompare([]byte(secret), []byte(c.secret)) != 1 {
		return nil, refused("InvalidClientException", "Invalid client provided")
	}
	return c, nil
}

// loopbackRedirect returns a redirect URI without its port, which is chosen
// when the client runs and so is no part of what is compared. It must be of a
// loopback address, by number.
// https://www.rfc-editor.org/rfc/rfc8252#section-7.3
func loopbackRedirect(uri string) (string, bool) {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "http" || u.User != nil || u.Fragment != "" {
		return "", false
	}
	host := u.Hostname()
	if host != "127.0.0.1" && host != "::1" {
		return "", false
	}
	u.Host = host
	return u.String(), true
}

// mayRedirect reports whether the client registered the redirect URI, on
// whatever port.
func (c *client) mayRedirect(uri string) bool {
	wanted, ok := loopbackRedirect(uri)
	return ok && slices.ContainsFunc(c.redirectURIs, func(registered string) bool {
		plain, _ := loopbackRedirect(registered)
		return plain == wanted
	})
}
