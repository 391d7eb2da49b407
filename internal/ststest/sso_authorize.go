package ststest

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
)

// authorizePath and devicePath are where the browser is sent.
const (
	authorizePath = "/authorize"
	devicePath    = "/device"
)

// challengeForm is the form of a code challenge: 32 bytes in base64url
// without padding (RFC 7636, section 4.2).
var challengeForm = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

// authorizing checks the query that a client has put together for the
// browser, and returns the client.
func (st *ssoStore) authorizing(query url.Values, now time.Time) (*client, error) {
	c := st.clients[query.Get("client_id")]
	if c == nil || !now.Before(c.expires) {
		return nil, refused("InvalidClientException", "Invalid client provided")
	}
	// The redirect URI comes before all else, and nothing is ever sent to one
	// that was not registered (RFC 6749, section 4.1.2.1).
	if !c.mayRedirect(query.Get("redirect_uri")) {
		return nil, refused("InvalidRedirectUriException", "Invalid redirect URI provided")
	}
	if !c.may(grantCode) {
		return nil, errUnauthorizedClient()
	}
	switch {
	case query.Get("response_type") != "code":
		return nil, errInvalidRequest("Invalid response type provided")
	case query.Get("code_challenge_method") != "S256":
		return nil, errInvalidRequest("Invalid code challenge method provided")
	case !challengeForm.MatchString(query.Get("code_challenge")):
		return nil, errInvalidRequest("Invalid code challenge provided")
	case query.Get("state") == "":
		return nil, errInvalidRequest("No state provided")
	}
	for scope := range strings.FieldsSeq(query.Get("scopes")) {
		if !slices.Contains(c.scopes, scope) {
			return nil, refused("InvalidScopeException", "Invalid scope provided")
		}
	}
	return c, nil
}

// authorize is the press of a button on the page: it returns where the
// browser goes next. The caller holds s.mu.
func (s *Server) authorize(query url.Values, allow bool, now time.Time) (string, error) {
	c, err := s.sso.authorizing(query, now)
	if err != nil {
		return "", err
	}
	redirect, err := url.Parse(query.Get("redirect_uri"))
	if err != nil {
		return "", err
	}
	answer := redirect.Query()
	answer.Set("state", query.Get("state"))
	if allow {
		code := opaque("", 96)
		s.sso.codes[code] = &authorizedCode{
			clientID: c.id, redirectURI: query.Get("redirect_uri"),
			challenge: query.Get("code_challenge"), expires: now.Add(codeLifetime),
		}
		answer.Set("code", code)
	} else {
		answer.Set("error", "access_denied")
	}
	redirect.RawQuery = answer.Encode()
	return redirect.String(), nil
}

// Authorize does what the user does in the browser who is sent to
// authorizeURL and presses Allow or Deny. It returns the address that the
// browser is sent back to, which it doesn't fetch; its error is the page's.
// No call is counted.
func (s *Server) Authorize(authorizeURL string, allow bool) (redirect string, err error) {
	u, err := url.Parse(authorizeURL)
	if err != nil || u.Path != authorizePath || !strings.HasPrefix(authorizeURL, s.url+"/") {
		return "", fault.New(fault.Usage, "that is not this server's page to authorize a client",
			"give an address that begins with "+s.url+authorizePath)
	}
	now := s.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.authorize(u.Query(), allow, now)
}

// decide is the press of a button on the device's page. The caller holds
// s.mu.
func (s *Server) decide(userCode string, allow bool, now time.Time) error {
	d, err := s.sso.waiting(userCode, now)
	if err != nil {
		return err
	}
	d.decision = denied
	if allow {
		d.decision = allowed
	}
	return nil
}

// ApproveDevice does what the user does in the browser who gives userCode and
// presses Allow or Deny. Its error is the page's. No call is counted.
func (s *Server) ApproveDevice(userCode string, allow bool) error {
	now := s.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.decide(userCode, allow, now)
}
