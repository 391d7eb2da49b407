package ststest_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc"

	"github.com/awsmint/awsmint/internal/ststest"
)

func TestAClientIsRegisteredFor90Days(t *testing.T) {
	c := identityCentre(t)
	out := c.register(t, codeRegistration())
	now := c.clock.Now()
	if out.ClientIdIssuedAt != now.Unix() || out.ClientSecretExpiresAt != now.Add(90*24*time.Hour).Unix() {
		t.Errorf("issued at %d, expires at %d", out.ClientIdIssuedAt, out.ClientSecretExpiresAt)
	}
	if aws.ToString(out.AuthorizationEndpoint) != c.URL()+"/authorize" || aws.ToString(out.TokenEndpoint) != c.URL()+"/token" {
		t.Errorf("endpoints %v, %v", out.AuthorizationEndpoint, out.TokenEndpoint)
	}
	other := c.register(t, codeRegistration())
	if *out.ClientId == "" || *out.ClientSecret == "" || *out.ClientId == *other.ClientId || *out.ClientSecret == *other.ClientSecret {
		t.Error("two clients are alike")
	}
	if c.Calls("RegisterClient") != 2 || c.Succeeded("RegisterClient") != 2 || c.Calls("") != 2 {
		t.Errorf("%d calls", c.Calls("RegisterClient"))
	}
}

func TestTheRegistrationsLifetimeIsTheIssuersOrElseTheFirstSSOs(t *testing.T) {
	c := identityCentre(t, func(o *ststest.SSO) { o.RegistrationLifetime = time.Hour })
	c.AddSSO(ststest.SSO{StartURL: "https://other.example/start", RegistrationLifetime: 2 * time.Hour})
	for issuer, want := range map[string]time.Duration{"": time.Hour, startURL: time.Hour, "https://other.example/start/#/": 2 * time.Hour} {
		in := deviceRegistration()
		if issuer != "" {
			in.IssuerUrl = &issuer
		}
		out := c.register(t, in)
		if got := time.Duration(out.ClientSecretExpiresAt-out.ClientIdIssuedAt) * time.Second; got != want {
			t.Errorf("%q: %v, want %v", issuer, got, want)
		}
	}
	alone := start(t, ststest.Options{})
	client := ssooidc.New(ssooidc.Options{Region: "eu-west-1", BaseEndpoint: aws.String(alone.URL()), Retryer: aws.NopRetryer{}})
	out, err := client.RegisterClient(within(t), deviceRegistration())
	if err != nil || out.ClientSecretExpiresAt-out.ClientIdIssuedAt != 90*24*3600 {
		t.Errorf("without an SSO: %+v, %v", out, err)
	}
}

func TestWhatNoClientMayRegister(t *testing.T) {
	c := identityCentre(t)
	redirect := func(uri string) func(*ssooidc.RegisterClientInput) {
		return func(in *ssooidc.RegisterClientInput) { in.RedirectUris = []string{uri} }
	}
	const badRedirect = "Invalid redirect URI provided"
	for _, test := range []struct {
		name                     string
		change                   func(*ssooidc.RegisterClientInput)
		code, oauth, description string
	}{
		{"no name", func(in *ssooidc.RegisterClientInput) { in.ClientName = aws.String("") },
			"InvalidRequestException", "invalid_request", "Invalid client name provided"},
		{"a confidential client", func(in *ssooidc.RegisterClientInput) { in.ClientType = aws.String("confidential") },
			"InvalidClientMetadataException", "invalid_client_metadata", "Invalid client type provided"},
		{"a scope with a space", func(in *ssooidc.RegisterClientInput) { in.Scopes = []string{"a b"} },
			"InvalidScopeException", "invalid_scope", "Invalid scope provided"},
		{"another grant", func(in *ssooidc.RegisterClientInput) { in.GrantTypes = []string{"password"} },
			"UnsupportedGrantTypeException", "unsupported_grant_type", "Unsupported grant type provided"},
		{"an issuer that is not there", func(in *ssooidc.RegisterClientInput) { in.IssuerUrl = aws.String("https://no.example/start") },
			"InvalidRequestException", "invalid_request", "Invalid issuer url provided"},
		{"no issuer for a code", func(in *ssooidc.RegisterClientInput) { in.IssuerUrl = nil },
			"InvalidRequestException", "invalid_request", "No issuer url provided"},
		{"no redirect for a code", func(in *ssooidc.RegisterClientInput) { in.RedirectUris = nil },
			"InvalidRedirectUriException", "invalid_redirect_uri", "No redirect URI provided"},
		{"a redirect by name", redirect("http://localhost/oauth/callback"), "InvalidRedirectUriException", "invalid_redirect_uri", badRedirect},
		{"a redirect elsewhere", redirect("http://192.0.2.1/"), "InvalidRedirectUriException", "invalid_redirect_uri", badRedirect},
		{"a redirect over https", redirect("https://127.0.0.1/"), "InvalidRedirectUriException", "invalid_redirect_uri", badRedirect},
		{"a redirect with a fragment", redirect("http://127.0.0.1/#x"), "InvalidRedirectUriException", "invalid_redirect_uri", badRedirect},
		{"a redirect with a user", redirect("http://u@127.0.0.1/"), "InvalidRedirectUriException", "invalid_redirect_uri", badRedirect},
		{"no URI at all", redirect("http://127.0.0.1:port/"), "InvalidRedirectUriException", "invalid_redirect_uri", badRedirect},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := codeRegistration()
			test.change(in)
			_, err := c.oidc.RegisterClient(within(t), in)
			wantOAuth(t, err, 400, test.code, test.oauth, test.description)
		})
	}
	if c.Succeeded("") != 0 {
		t.Error("one was registered")
	}
}

// Each operation that a client calls wants its secret and a registration that
// is not over.
func TestAClientThatIsNotKnown(t *testing.T) {
	c := identityCentre(t, func(o *ststest.SSO) { o.RegistrationLifetime = time.Hour })
	as := c.register(t, deviceRegistration(fullScope))
	refusedAs := func(name string, as ssooidc.RegisterClientOutput) {
		t.Helper()
		_, err := c.oidc.StartDeviceAuthorization(within(t), &ssooidc.StartDeviceAuthorizationInput{
			ClientId: as.ClientId, ClientSecret: as.ClientSecret, StartUrl: aws.String(startURL),
		})
		wantOAuth(t, err, 401, "InvalidClientException", "invalid_client", "Invalid client provided")
		_, err = c.renew(t, &as, aws.String("x"))
		wantOAuth(t, err, 401, "InvalidClientException", "invalid_client", "Invalid client provided")
		if t.Failed() {
			t.Fatal(name)
		}
	}
	wrong := *as
	wrong.ClientSecret = aws.String(flipLast(*as.ClientSecret))
	refusedAs("a wrong secret", wrong)
	unknown := *as
	unknown.ClientId = aws.String(*as.ClientId + "x")
	refusedAs("an unknown id", unknown)
	c.clock.advance(time.Hour - time.Second)
	_, err := c.renew(t, as, aws.String("x"))
	wantOAuth(t, err, 400, "InvalidGrantException", "invalid_grant", "Invalid refresh token provided")
	c.clock.advance(time.Second)
	refusedAs("an expired registration", *as)
}

// The header names the error together with the service's own URI, as AWS's
// does; the body is OAuth's.
func TestOIDCErrorsHaveAWSsShape(t *testing.T) {
	c := identityCentre(t)
	for _, body := range []string{"", "[]", "clientName=x", `{"clientName":`} {
		resp, err := http.Post(c.URL()+"/client/register", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		if err := resp.Body.Close(); err != nil {
			t.Error(err)
		}
		if resp.StatusCode != 400 || string(got) != `{"error":"invalid_request","error_description":"Invalid request"}` {
			t.Errorf("%q: %d %s", body, resp.StatusCode, got)
		}
		h := resp.Header
		if h.Get("X-Amzn-ErrorType") != "InvalidRequestException:http://internal.amazon.com/coral/com.amazonaws.sso.oidc/" ||
			h.Get("Content-Type") != "application/json" || h.Get("X-Amzn-Requestid") == "" || h.Get("Date") != c.Now().Format(http.TimeFormat) {
			t.Errorf("headers %v", h)
		}
	}
	large, err := http.Post(c.URL()+"/token", "application/json", strings.NewReader(strings.Repeat(" ", 1<<20+1)))
	if err != nil {
		t.Fatal(err)
	}
	defer large.Body.Close()
	if large.StatusCode != http.StatusRequestEntityTooLarge || !strings.HasPrefix(large.Header.Get("X-Amzn-Errortype"), "RequestEntityTooLarge:") {
		t.Errorf("too large: %d %v", large.StatusCode, large.Header)
	}
}
