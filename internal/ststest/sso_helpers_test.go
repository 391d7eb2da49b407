package ststest_test

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/sso"
	ssotypes "github.com/aws/aws-sdk-go-v2/service/sso/types"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc"
	"github.com/aws/smithy-go"

	"github.com/awsmint/awsmint/internal/ststest"
)

const (
	startURL     = "https://d-1234567890.awsapps.com/start"
	ssoAccount   = "222233334444"
	codeGrant    = "authorization_code"
	deviceGrant  = "urn:ietf:params:oauth:grant-type:device_code"
	refreshGrant = "refresh_token"
	fullScope    = "sso:account:access"
	verifier     = "0123456789abcdefghijABCDEFGHIJ-._~0123456789"
)

// assigned is an SSO whose user is Admin of one account.
func assigned() ststest.SSO {
	return ststest.SSO{StartURL: startURL, Assignments: []ststest.Assignment{{AccountID: ssoAccount, RoleName: "Admin"}}}
}

// centre is a server with an IAM Identity Center, on a clock of its own.
type centre struct {
	*ststest.Server
	clock  *clock
	oidc   *ssooidc.Client
	portal *sso.Client
}

// identityCentre starts one; change may say what differs from the defaults.
func identityCentre(t *testing.T, change ...func(*ststest.SSO)) *centre {
	t.Helper()
	c := newClock()
	s := start(t, ststest.Options{Now: c.Now})
	o := assigned()
	for _, f := range change {
		f(&o)
	}
	s.AddSSO(o)
	served := centreOn(s)
	served.clock = c
	return served
}

// centreOn is a server with clients of its own.
func centreOn(s *ststest.Server) *centre {
	return &centre{
		Server: s,
		oidc:   ssooidc.New(ssooidc.Options{Region: "eu-west-1", BaseEndpoint: aws.String(s.URL()), Retryer: aws.NopRetryer{}}),
		portal: sso.New(sso.Options{Region: "eu-west-1", BaseEndpoint: aws.String(s.URL()), Retryer: aws.NopRetryer{}}),
	}
}

// codeRegistration is what a client registers that opens a browser.
func codeRegistration() *ssooidc.RegisterClientInput {
	return &ssooidc.RegisterClientInput{
		ClientName: aws.String("a tool"), ClientType: aws.String("public"), Scopes: []string{fullScope},
		GrantTypes: []string{codeGrant, refreshGrant}, RedirectUris: []string{"http://127.0.0.1/oauth/callback"},
		IssuerUrl: aws.String(startURL),
	}
}

// deviceRegistration is what a client registers that shows a code.
func deviceRegistration(scopes ...string) *ssooidc.RegisterClientInput {
	return &ssooidc.RegisterClientInput{ClientName: aws.String("a tool"), ClientType: aws.String("public"), Scopes: scopes}
}

func (c *centre) register(t *testing.T, in *ssooidc.RegisterClientInput) *ssooidc.RegisterClientOutput {
	t.Helper()
	out, err := c.oidc.RegisterClient(within(t), in)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// token calls CreateToken as the client, with what in adds.
func (c *centre) token(t *testing.T, as *ssooidc.RegisterClientOutput, in ssooidc.CreateTokenInput) (*ssooidc.CreateTokenOutput, error) {
	t.Helper()
	in.ClientId, in.ClientSecret = as.ClientId, as.ClientSecret
	return c.oidc.CreateToken(within(t), &in)
}

func (c *centre) renew(t *testing.T, as *ssooidc.RegisterClientOutput, token *string) (*ssooidc.CreateTokenOutput, error) {
	t.Helper()
	return c.token(t, as, ssooidc.CreateTokenInput{GrantType: aws.String(refreshGrant), RefreshToken: token})
}

// authorizeURL is the address that a client sends the browser to; change may
// break it.
func (c *centre) authorizeURL(as *ssooidc.RegisterClientOutput, change ...string) string {
	sum := sha256.Sum256([]byte(verifier))
	query := url.Values{
		"response_type": {"code"}, "client_id": {*as.ClientId}, "redirect_uri": {"http://127.0.0.1:34567/oauth/callback"},
		"state": {"a state & more"}, "code_challenge_method": {"S256"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "scopes": {fullScope},
	}
	for i := 0; i < len(change); i += 2 {
		query.Set(change[i], change[i+1])
	}
	return c.URL() + "/authorize?" + query.Encode()
}

// code presses Allow and returns the authorization code.
func (c *centre) code(t *testing.T, as *ssooidc.RegisterClientOutput) string {
	t.Helper()
	redirect, err := c.Authorize(c.authorizeURL(as), true)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(redirect)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("code")
}

// codeInput is a right CreateToken for a code; change may break it.
func codeInput(code string, change ...func(*ssooidc.CreateTokenInput)) ssooidc.CreateTokenInput {
	in := ssooidc.CreateTokenInput{
		GrantType: aws.String(codeGrant), Code: &code, CodeVerifier: aws.String(verifier),
		RedirectUri: aws.String("http://127.0.0.1:34567/oauth/callback"),
	}
	for _, f := range change {
		f(&in)
	}
	return in
}

// logIn goes through the whole of the authorization code grant.
func (c *centre) logIn(t *testing.T) (*ssooidc.RegisterClientOutput, *ssooidc.CreateTokenOutput) {
	t.Helper()
	as := c.register(t, codeRegistration())
	out, err := c.token(t, as, codeInput(c.code(t, as)))
	if err != nil {
		t.Fatal(err)
	}
	return as, out
}

// credentials asks the portal for the role Admin.
func (c *centre) credentials(t *testing.T, token string) (*ssotypes.RoleCredentials, error) {
	t.Helper()
	out, err := c.portal.GetRoleCredentials(within(t), &sso.GetRoleCredentialsInput{
		AccessToken: &token, AccountId: aws.String(ssoAccount), RoleName: aws.String("Admin"),
	})
	if err != nil {
		return nil, err
	}
	return out.RoleCredentials, nil
}

// wantOAuth checks that err is the OIDC service's error with that code,
// status, OAuth name and description.
func wantOAuth(t *testing.T, err error, status int, code, name, description string) {
	t.Helper()
	wantError(t, err, code, "")
	var response *awshttp.ResponseError
	if !errors.As(err, &response) || response.HTTPStatusCode() != status {
		t.Errorf("got %v, want status %d", err, status)
	}
	var api smithy.APIError
	if !errors.As(err, &api) {
		return
	}
	v := reflect.Indirect(reflect.ValueOf(api))
	for field, want := range map[string]string{"Error_": name, "Error_description": description} {
		f := v.FieldByName(field)
		if !f.IsValid() {
			t.Errorf("%T is no error of the model", api)
			continue
		}
		got, _ := f.Interface().(*string)
		if got == nil || *got != want {
			t.Errorf("%s: %s is %q, want %q", code, field, aws.ToString(got), want)
		}
	}
}

// wantPortal checks that err is the portal's error with that code, status and
// text.
func wantPortal(t *testing.T, err error, status int, code, text string) {
	t.Helper()
	wantError(t, err, code, text)
	var response *awshttp.ResponseError
	if !errors.As(err, &response) || response.HTTPStatusCode() != status {
		t.Errorf("got %v, want status %d", err, status)
	}
}

const unknownSession = "Session token not found or invalid"

// wantToken checks a token answer, and that the portal takes the token.
func (c *centre) wantToken(t *testing.T, out *ssooidc.CreateTokenOutput, lasts time.Duration, renewable bool) {
	t.Helper()
	if aws.ToString(out.TokenType) != "Bearer" || out.ExpiresIn != int32(lasts/time.Second) || (out.RefreshToken != nil) != renewable {
		t.Errorf("got the type %q, %d s, refresh token %t", aws.ToString(out.TokenType), out.ExpiresIn, out.RefreshToken != nil)
	}
	if strings.ContainsAny(aws.ToString(out.AccessToken), "\r\n ") {
		t.Error("the token can't be sent in a header")
	}
	if _, err := c.credentials(t, aws.ToString(out.AccessToken)); err != nil {
		t.Error(err)
	}
}
