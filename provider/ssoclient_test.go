package provider

import (
	"context"
	"errors"
	"testing"
	"time"
)

// TestOIDCURL is what the browser is sent to: AWS's own endpoints by region,
// partition, FIPS and dualstack, or the one that is set.
func TestOIDCURL(t *testing.T) {
	for _, c := range []struct {
		name string
		sso  SSO
		want string
	}{
		{"a region", SSO{Region: "eu-west-1"}, "https://oidc.eu-west-1.amazonaws.com"},
		{"China", SSO{Region: "cn-north-1"}, "https://oidc.cn-north-1.amazonaws.com.cn"},
		{"GovCloud", SSO{Region: "us-gov-west-1"}, "https://oidc.us-gov-west-1.amazonaws.com"},
		{"FIPS", SSO{Region: "us-west-2", Client: Client{FIPS: true}}, "https://oidc-fips.us-west-2.amazonaws.com"},
		{"dualstack", SSO{Region: "eu-west-1", Client: Client{DualStack: true}}, "https://oidc.eu-west-1.api.aws"},
		{"set", SSO{Region: "eu-west-1", OIDCEndpoint: "http://127.0.0.1:1"}, "http://127.0.0.1:1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, err := c.sso.oidcURL(t.Context()); got != c.want || err != nil {
				t.Errorf("%q, %v; want %q", got, err, c.want)
			}
		})
	}
	if _, err := (&SSO{Region: "eu-west-1", OIDCEndpoint: "http://a", Client: Client{FIPS: true}}).oidcURL(t.Context()); err == nil {
		t.Error("FIPS and an endpoint that is set")
	}
}

// TestWait is by the clock, and ends with its context.
func TestWait(t *testing.T) {
	var s SignIn
	if err := s.wait(t.Context(), time.Millisecond); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.wait(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
