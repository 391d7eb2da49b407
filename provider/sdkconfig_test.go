package provider

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// What a client of the SDK's was told, of all of them alike.
type told struct {
	region, endpoint string
	fips             aws.FIPSEndpointState
	dualStack        aws.DualStackEndpointState
	asTheClockSays   bool
}

func TestSDKClientsAreToldEverything(t *testing.T) {
	anonymous, retryer := aws.AnonymousCredentials{}, aws.NopRetryer{}
	for _, c := range []Client{
		{Region: "eu-west-1", STSEndpoint: "http://sts", IAMEndpoint: "http://iam"},
		{Region: "eu-west-1", FIPS: true},
		{Region: "eu-west-1", DualStack: true},
	} {
		center := SSO{Region: "us-west-2", Client: c}
		login := Login{Client: c}
		if c.STSEndpoint != "" {
			center.OIDCEndpoint, center.PortalEndpoint, login.SigninEndpoint = "http://oidc", "http://portal", "http://signin"
		}
		all := map[string]func() (told, error){
			"sts": func() (told, error) {
				client, err := c.sts(anonymous, retryer)
				o := client.Options()
				return told{o.Region, aws.ToString(o.BaseEndpoint), o.EndpointOptions.UseFIPSEndpoint, o.EndpointOptions.UseDualStackEndpoint, o.DisableClockSkewCorrection}, err
			},
			"iam": func() (told, error) {
				client, err := c.iam(anonymous, retryer)
				o := client.Options()
				return told{o.Region, aws.ToString(o.BaseEndpoint), o.EndpointOptions.UseFIPSEndpoint, o.EndpointOptions.UseDualStackEndpoint, o.DisableClockSkewCorrection}, err
			},
			"oidc": func() (told, error) {
				client, err := center.oidc(retryer)
				o := client.Options()
				return told{o.Region, aws.ToString(o.BaseEndpoint), o.EndpointOptions.UseFIPSEndpoint, o.EndpointOptions.UseDualStackEndpoint, o.DisableClockSkewCorrection}, err
			},
			"portal": func() (told, error) {
				client, err := center.portal(retryer)
				o := client.Options()
				return told{o.Region, aws.ToString(o.BaseEndpoint), o.EndpointOptions.UseFIPSEndpoint, o.EndpointOptions.UseDualStackEndpoint, o.DisableClockSkewCorrection}, err
			},
			"signin": func() (told, error) {
				client, err := login.signin(retryer)
				o := client.Options()
				return told{o.Region, aws.ToString(o.BaseEndpoint), o.EndpointOptions.UseFIPSEndpoint, o.EndpointOptions.UseDualStackEndpoint, o.DisableClockSkewCorrection}, err
			},
		}
		for name, ask := range all {
			want := told{region: c.Region, asTheClockSays: true}
			if name == "oidc" || name == "portal" {
				want.region = center.Region
			}
			if c.STSEndpoint != "" {
				want.endpoint = "http://" + name
			}
			if c.FIPS {
				want.fips = aws.FIPSEndpointStateEnabled
			}
			if c.DualStack {
				want.dualStack = aws.DualStackEndpointStateEnabled
			}
			if got, err := ask(); got != want || err != nil {
				t.Errorf("%s: told %+v, %v; want %+v", name, got, err, want)
			}
		}
	}
}
