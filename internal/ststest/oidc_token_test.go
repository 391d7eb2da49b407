package ststest_test

import (
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc"

	"github.com/awsmint/awsmint/internal/ststest"
)

func TestACodeIsExchangedForATokenOnce(t *testing.T) {
	c := identityCentre(t)
	as := c.register(t, codeRegistration())
	redirect, err := c.Authorize(c.authorizeURL(as), true)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(redirect)
	if err != nil {
		t.Fatal(err)
	}
	code := u.Query().Get("code")
	if !strings.HasPrefix(redirect, "http://127.0.0.1:34567/oauth/callback?") || u.Query().Get("state") != "a state & more" || code == "" {
		t.Errorf("sent back to %q", redirect)
	}
	out, err := c.token(t, as, codeInput(code))
	if err != nil {
		t.Fatal(err)
	}
	c.wantToken(t, out, time.Hour, true)
	_, err = c.token(t, as, codeInput(code))
	wantOAuth(t, err, 400, "InvalidGrantException", "invalid_grant", "Invalid authorization code provided")
}

// The attempt spends the code, right or wrong.
func TestACodeGoesWithItsVerifierRedirectAndClient(t *testing.T) {
	c := identityCentre(t)
	as := c.register(t, codeRegistration())
	for _, test := range []struct {
		name, description string
		change            func(*ssooidc.CreateTokenInput)
	}{
		{"another verifier", "Invalid code verifier provided",
			func(in *ssooidc.CreateTokenInput) { in.CodeVerifier = aws.String(verifier + "0") }},
		{"another port", "Invalid redirect URI provided",
			func(in *ssooidc.CreateTokenInput) {
				in.RedirectUri = aws.String("http://127.0.0.1:34568/oauth/callback")
			}},
		{"no port", "Invalid redirect URI provided",
			func(in *ssooidc.CreateTokenInput) { in.RedirectUri = aws.String("http://127.0.0.1/oauth/callback") }},
	} {
		t.Run(test.name, func(t *testing.T) {
			code := c.code(t, as)
			_, err := c.token(t, as, codeInput(code, test.change))
			wantOAuth(t, err, 400, "InvalidGrantException", "invalid_grant", test.description)
			_, err = c.token(t, as, codeInput(code))
			wantOAuth(t, err, 400, "InvalidGrantException", "invalid_grant", "Invalid authorization code provided")
		})
	}
	code := c.code(t, as)
	_, err := c.token(t, c.register(t, codeRegistration()), codeInput(code))
	wantOAuth(t, err, 400, "InvalidGrantException", "invalid_grant", "Invalid authorization code provided")
	for _, change := range []func(*ssooidc.CreateTokenInput){
		func(in *ssooidc.CreateTokenInput) { in.Code = nil },
		func(in *ssooidc.CreateTokenInput) { in.RedirectUri = nil },
		func(in *ssooidc.CreateTokenInput) { in.CodeVerifier = nil },
		func(in *ssooidc.CreateTokenInput) { in.CodeVerifier = aws.String("short") },
	} {
		_, err := c.token(t, as, codeInput(code, change))
		wantOAuth(t, err, 400, "InvalidRequestException", "invalid_request", "Invalid request")
	}
	if _, err := c.token(t, as, codeInput(code)); err != nil {
		t.Errorf("another client, or half a request, spent the code: %v", err)
	}
}

func TestACodeExpires(t *testing.T) {
	c := identityCentre(t)
	as := c.register(t, codeRegistration())
	early, late := c.code(t, as), c.code(t, as)
	c.clock.advance(10*time.Minute - 1)
	if _, err := c.token(t, as, codeInput(early)); err != nil {
		t.Error(err)
	}
	c.clock.advance(1)
	_, err := c.token(t, as, codeInput(late))
	wantOAuth(t, err, 400, "InvalidGrantException", "invalid_grant", "Invalid authorization code provided")
}

// The port is chosen when the client runs (RFC 8252); the rest is compared.
func TestTheAuthorizePageChecksTheClientsQuery(t *testing.T) {
	c := identityCentre(t, func(o *ststest.SSO) { o.RegistrationLifetime = time.Hour })
	in := codeRegistration()
	in.RedirectUris = []string{"http://127.0.0.1:1/a", "http://[::1]/b?q=1"}
	in.Scopes = append(in.Scopes, "another")
	as := c.register(t, in)
	onPort := []string{"redirect_uri", "http://127.0.0.1:65000/a"}
	for _, good := range [][]string{
		onPort, {"redirect_uri", "http://127.0.0.1/a"}, {"redirect_uri", "http://[::1]:7/b?q=1"},
		append(onPort, "scopes", ""), append(onPort, "scopes", fullScope+" another"),
	} {
		redirect, err := c.Authorize(c.authorizeURL(as, good...), true)
		base, query, _ := strings.Cut(good[1], "?")
		if err != nil || !strings.HasPrefix(redirect, base+"?code=") || !strings.Contains(redirect, query) {
			t.Errorf("%q: %q, %v", good, redirect, err)
		}
	}
	for _, bad := range []struct {
		code   string
		change []string
	}{
		{"InvalidRedirectUriException", []string{"redirect_uri", "http://127.0.0.1:65000/A"}},
		{"InvalidRedirectUriException", []string{"redirect_uri", "http://127.0.0.1:65000/a?q=1"}},
		{"InvalidRedirectUriException", []string{"redirect_uri", "http://localhost:65000/a"}},
		{"InvalidRedirectUriException", []string{"redirect_uri", "http://[::1]:65000/a"}},
		{"InvalidRedirectUriException", []string{"redirect_uri", "http://127.0.0.1.example/a"}},
		{"InvalidRedirectUriException", []string{"redirect_uri", ""}},
		{"InvalidClientException", []string{"client_id", "x"}},
		{"InvalidRequestException", append(onPort, "response_type", "token")},
		{"InvalidRequestException", append(onPort, "code_challenge_method", "plain")},
		{"InvalidRequestException", append(onPort, "code_challenge", "")},
		{"InvalidRequestException", append(onPort, "code_challenge", strings.Repeat("=", 43))},
		{"InvalidRequestException", append(onPort, "state", "")},
		{"InvalidScopeException", append(onPort, "scopes", fullScope+" third")},
	} {
		redirect, err := c.Authorize(c.authorizeURL(as, bad.change...), true)
		if redirect != "" || err == nil || !strings.HasPrefix(err.Error(), bad.code+": ") {
			t.Errorf("%q: %q, %v", bad.change, redirect, err)
		}
	}
	device := deviceRegistration(fullScope)
	device.RedirectUris = in.RedirectUris
	if _, err := c.Authorize(c.authorizeURL(c.register(t, device), onPort...), true); err == nil || !strings.HasPrefix(err.Error(), "UnauthorizedClientException: ") {
		t.Errorf("a client without the grant: %v", err)
	}
	for _, elsewhere := range []string{"http://127.0.0.1:1/authorize?", c.URL() + "/device", ":", strings.Replace(c.authorizeURL(as), c.URL(), c.URL()+"0", 1)} {
		if _, err := c.Authorize(elsewhere, true); err == nil || !strings.Contains(err.Error(), "not this server's page") {
			t.Errorf("%q: %v", elsewhere, err)
		}
	}
	c.clock.advance(time.Hour)
	if _, err := c.Authorize(c.authorizeURL(as, onPort...), true); err == nil || !strings.HasPrefix(err.Error(), "InvalidClientException: ") {
		t.Errorf("an expired registration: %v", err)
	}
}

func TestARefreshTokenIsRotated(t *testing.T) {
	c := identityCentre(t, func(o *ststest.SSO) { o.TokenLifetime = 10 * time.Minute })
	as, first := c.logIn(t)
	c.wantToken(t, first, 10*time.Minute, true)
	second, err := c.renew(t, as, first.RefreshToken)
	if err != nil {
		t.Fatal(err)
	}
	c.wantToken(t, second, 10*time.Minute, true)
	if *first.RefreshToken == *second.RefreshToken || *first.AccessToken == *second.AccessToken {
		t.Error("the same token again")
	}
	_, err = c.renew(t, as, first.RefreshToken)
	wantOAuth(t, err, 400, "InvalidGrantException", "invalid_grant", "Invalid refresh token provided")
	_, err = c.renew(t, c.register(t, codeRegistration()), second.RefreshToken)
	wantOAuth(t, err, 400, "InvalidGrantException", "invalid_grant", "Invalid refresh token provided")
	_, err = c.renew(t, as, nil)
	wantOAuth(t, err, 400, "InvalidRequestException", "invalid_request", "No refresh token provided")
	if _, err := c.renew(t, as, second.RefreshToken); err != nil {
		t.Errorf("another client spent the token: %v", err)
	}
}

// However often it is renewed, a session ends when its time is over.
func TestASessionsEndIsCountedFromTheLogin(t *testing.T) {
	c := identityCentre(t, func(o *ststest.SSO) { o.RefreshLifetime = 2 * time.Hour })
	as, out := c.logIn(t)
	c.clock.advance(2*time.Hour - 1)
	out, err := c.renew(t, as, out.RefreshToken)
	if err != nil {
		t.Fatal(err)
	}
	c.clock.advance(1)
	_, err = c.renew(t, as, out.RefreshToken)
	wantOAuth(t, err, 400, "InvalidGrantException", "invalid_grant", "Invalid refresh token provided")
}

func TestWhoGetsARefreshToken(t *testing.T) {
	c := identityCentre(t)
	for _, test := range []struct {
		name   string
		scopes []string
		grants []string
		want   bool
	}{
		{"the scope, and no grants named", []string{fullScope}, nil, true},
		{"no scope", nil, nil, false},
		{"another scope", []string{"other:scope"}, nil, false},
		{"the grant is not named", []string{fullScope}, []string{deviceGrant}, false},
		{"both", []string{fullScope}, []string{deviceGrant, refreshGrant}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := deviceRegistration(test.scopes...)
			in.GrantTypes = test.grants
			as := c.register(t, in)
			d := c.device(t, as)
			if err := c.ApproveDevice(*d.UserCode, true); err != nil {
				t.Fatal(err)
			}
			out, err := c.poll(t, as, d.DeviceCode)
			if err != nil {
				t.Fatal(err)
			}
			c.wantToken(t, out, time.Hour, test.want)
		})
	}
}

func TestGrantsThatTheClientDoesNotHave(t *testing.T) {
	c := identityCentre(t)
	browser, device := c.register(t, codeRegistration()), c.register(t, deviceRegistration(fullScope))
	_, err := c.poll(t, browser, aws.String("x"))
	wantOAuth(t, err, 400, "UnauthorizedClientException", "unauthorized_client", "Client is not authorized for the grant type")
	_, err = c.token(t, device, codeInput("x"))
	wantOAuth(t, err, 400, "UnauthorizedClientException", "unauthorized_client", "Client is not authorized for the grant type")
	_, err = c.token(t, device, ssooidc.CreateTokenInput{GrantType: aws.String("password")})
	wantOAuth(t, err, 400, "UnsupportedGrantTypeException", "unsupported_grant_type", "Unsupported grant type provided")
}

// Of many who come with the same refresh token, one gets the next.
func TestARefreshTokenIsTakenOnceInARace(t *testing.T) {
	c := identityCentre(t)
	as, out := c.logIn(t)
	var got atomic.Int32
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := c.renew(t, as, out.RefreshToken); err == nil {
				got.Add(1)
			}
		})
	}
	all.Wait()
	if got.Load() != 1 || c.Succeeded("CreateToken") != 2 {
		t.Errorf("%d got a token", got.Load())
	}
}
