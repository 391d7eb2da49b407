package ststest_test

import (
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sso"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc"

	"github.com/awsmint/awsmint/internal/ststest"
)

func TestPortalErrorsHaveAWSsShape(t *testing.T) {
	c := identityCentre(t)
	resp, err := http.Get(c.URL() + "/federation/credentials?role_name=Admin&account_id=" + ssoAccount)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"__type":"com.amazonaws.switchboard.portal#UnauthorizedException","message":"` + unknownSession + `"}`
	if resp.StatusCode != 401 || string(body) != want || !strings.HasPrefix(resp.Header.Get("X-Amzn-ErrorType"), "UnauthorizedException:") {
		t.Errorf("%d %v %s", resp.StatusCode, resp.Header, body)
	}
}

// Faults befall these services as they do STS, in the services' own protocol.
func TestFaultsOnSSO(t *testing.T) {
	c := identityCentre(t)
	as, out := c.logIn(t)
	c.Inject(ststest.Fault{Action: "CreateToken", Times: 1, Code: "InternalServerException", Message: "later"})
	_, err := c.renew(t, as, out.RefreshToken)
	wantOAuth(t, err, 500, "InternalServerException", "server_error", "later")
	c.Inject(ststest.Fault{Action: "CreateToken", Times: 1, Code: "SlowDownException"})
	_, err = c.renew(t, as, out.RefreshToken)
	wantOAuth(t, err, 400, "SlowDownException", "slow_down", "")
	c.Inject(ststest.Fault{Action: "GetRoleCredentials", Times: 1, Code: "TooManyRequestsException", Message: "Rate exceeded"})
	_, err = c.credentials(t, *out.AccessToken)
	wantPortal(t, err, 429, "TooManyRequestsException", "Rate exceeded")
	c.Inject(ststest.Fault{Action: "GetRoleCredentials", Times: 1, Status: 503})
	_, err = c.credentials(t, *out.AccessToken)
	wantPortal(t, err, 503, "InternalFailure", "We encountered an internal error.")
	if c.Succeeded("GetRoleCredentials") != 0 {
		t.Error("it was carried out")
	}
	c.Inject(ststest.Fault{Action: "CreateToken", Times: 1, Late: true, Status: 500})
	_, err = c.renew(t, as, out.RefreshToken)
	wantError(t, err, "InternalFailure", "")
	_, err = c.renew(t, as, out.RefreshToken)
	wantOAuth(t, err, 400, "InvalidGrantException", "invalid_grant", "Invalid refresh token provided")
	if err := c.WaitFor(within(t), "CreateToken", 5); err != nil {
		t.Error(err)
	}
}

// Everything at once, for the race detector.
func TestAllMethodsOfSSOMayBeCalledInParallel(t *testing.T) {
	c := identityCentre(t)
	device := c.register(t, deviceRegistration(fullScope))
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			as, err := c.oidc.RegisterClient(within(t), codeRegistration())
			if err != nil {
				t.Error(err)
				return
			}
			redirect, err := c.Authorize(c.authorizeURL(as), true)
			if err != nil {
				t.Error(err)
				return
			}
			u, _ := url.Parse(redirect)
			if _, err := c.token(t, as, codeInput(u.Query().Get("code"))); err != nil {
				t.Error(err)
			}
			token, _ := c.SSOAccessToken(startURL)
			_, _ = c.credentials(t, token)
			_, _ = c.portal.Logout(within(t), &sso.LogoutInput{AccessToken: &token})
		})
		all.Go(func() {
			d, err := c.oidc.StartDeviceAuthorization(within(t), &ssooidc.StartDeviceAuthorizationInput{
				ClientId: device.ClientId, ClientSecret: device.ClientSecret, StartUrl: aws.String(startURL),
			})
			if err != nil {
				t.Error(err)
				return
			}
			if err := c.ApproveDevice(*d.UserCode, true); err != nil {
				t.Error(err)
			}
			if _, err := c.poll(t, device, d.DeviceCode); err != nil {
				t.Error(err)
			}
		})
		all.Go(func() {
			c.AddSSO(assigned())
			c.ExpireSSOAccessTokens(startURL)
			c.ExpireSSOTokens(startURL)
		})
	}
	all.Wait()
}

// What is at a route's path but comes by another method is nobody's.
func TestAnotherMethodIsUnknown(t *testing.T) {
	c := identityCentre(t)
	for _, r := range []string{"GET /client/register", "GET /token", "POST /federation/credentials", "GET /logout", "PUT /authorize", "GET /token/"} {
		method, path, _ := strings.Cut(r, " ")
		req, err := http.NewRequestWithContext(within(t), method, c.URL()+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		do(t, req).want(t, http.StatusNotFound, "UnknownOperationException", "")
	}
	if c.Calls("") != 6 || c.Calls("CreateToken") != 0 {
		t.Error("counted as a call of the operation")
	}
}

// STS still answers in XML beside it all, and a path can't borrow an action.
func TestAnActionInTheQueryOfARouteIsNotLookedAt(t *testing.T) {
	c := identityCentre(t)
	resp, err := http.Get(c.URL() + "/federation/credentials?Action=GetCallerIdentity&Version=2011-06-15")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 400 || c.Calls("GetRoleCredentials") != 1 || c.Calls("GetCallerIdentity") != 0 {
		t.Errorf("%d, %d calls", resp.StatusCode, c.Calls("GetCallerIdentity"))
	}
	u := c.AddUser("alice")
	a := do(t, signed(t, c.Server, keysOf(u), "sts", c.clock.Now(), params("Action", "GetCallerIdentity")))
	var answer struct {
		XMLName xml.Name `xml:"GetCallerIdentityResponse"`
	}
	if err := xml.Unmarshal([]byte(a.body), &answer); err != nil {
		t.Errorf("%v: %s", err, a.body)
	}
}
