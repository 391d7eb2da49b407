package provider_test

import (
	"testing"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/provider"
)

// everyEndpoint sets an endpoint in all four places; each test takes some away.
const everyEndpoint = "services = local\nendpoint_url = https://profile.test\n" +
	"[services local]\nsts =\n  endpoint_url = https://services.test\niam =\n  endpoint_url = https://services-iam.test\n"

func TestEndpointPrecedence(t *testing.T) {
	for _, test := range []struct {
		name, lines string
		env         environment
		sts, iam    string
	}{
		{name: "none"},
		{name: "profile", lines: "endpoint_url = https://profile.test\n", sts: "https://profile.test", iam: "https://profile.test"},
		{name: "services before profile", lines: everyEndpoint, sts: "https://services.test", iam: "https://services-iam.test"},
		{name: "services of another service", lines: "services = s3\nendpoint_url = https://profile.test\n[services s3]\ns3 =\n  endpoint_url = https://s3.test\n", sts: "https://profile.test", iam: "https://profile.test"},
		{name: "general variable before services", lines: everyEndpoint, env: environment{"AWS_ENDPOINT_URL": "https://general.test"}, sts: "https://general.test", iam: "https://general.test"},
		{name: "STS's variable before all", lines: everyEndpoint, env: environment{"AWS_ENDPOINT_URL": "https://general.test", "AWS_ENDPOINT_URL_STS": "https://own.test"}, sts: "https://own.test", iam: "https://general.test"},
		{name: "IAM's variable", lines: everyEndpoint, env: environment{"AWS_ENDPOINT_URL_IAM": "https://own.test"}, sts: "https://services.test", iam: "https://own.test"},
		{name: "plain HTTP", lines: "endpoint_url = http://localhost:4566\n", sts: "http://localhost:4566", iam: "http://localhost:4566"},
		{name: "all off by variable", lines: everyEndpoint, env: environment{"AWS_ENDPOINT_URL_STS": "https://own.test", "AWS_ENDPOINT_URL": "https://general.test", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}},
		{name: "all off by profile", lines: "ignore_configured_endpoint_urls = TRUE\n" + everyEndpoint, env: environment{"AWS_ENDPOINT_URL_STS": "https://own.test"}},
		{name: "on again by variable", lines: "ignore_configured_endpoint_urls = true\n" + everyEndpoint, env: environment{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false"}, sts: "https://services.test", iam: "https://services-iam.test"},
		{name: "awsmint's key before the plain one", lines: "awsmint_endpoint_url = https://mint.test\nendpoint_url = https://profile.test\n", sts: "https://mint.test", iam: "https://mint.test"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := provider.ClientFor(parsed(t, "[profile work]\n"+test.lines), test.env.get, "work", "")
			if err != nil {
				t.Fatal(err)
			}
			if c.STSEndpoint != test.sts || c.IAMEndpoint != test.iam {
				t.Errorf("got %q and %q, want %q and %q", c.STSEndpoint, c.IAMEndpoint, test.sts, test.iam)
			}
		})
	}
}

func TestWrongEndpointsSayWhereTheyStand(t *testing.T) {
	for _, test := range []struct {
		name, lines string
		env         environment
		status      fault.Status
		words       []string
	}{
		{name: "variable", env: environment{"AWS_ENDPOINT_URL": "localhost"}, status: fault.Usage, words: []string{`AWS_ENDPOINT_URL is "localhost"`, "https://"}},
		{name: "STS's variable", env: environment{"AWS_ENDPOINT_URL_STS": "://"}, status: fault.Usage, words: []string{`AWS_ENDPOINT_URL_STS is "://"`}},
		{name: "services", lines: "services = s\n[services s]\nsts =\n  endpoint_url = sts.test\n", status: fault.Usage, words: []string{"config:4:", `services "s"`, `profile "work"`, `"sts.test"`}},
		{name: "no such services", lines: "services = s\n", status: fault.Missing, words: []string{"config:2: services in profile \"work\"", "[services s]"}},
		{name: "switch", env: environment{"AWS_USE_FIPS_ENDPOINT": "yes"}, status: fault.Usage, words: []string{`AWS_USE_FIPS_ENDPOINT is "yes"`, "true or false"}},
		{name: "ignore switch", env: environment{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "1"}, status: fault.Usage, words: []string{`AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is "1"`}},
		{name: "region of the environment", env: environment{"AWS_REGION": "eu/west"}, status: fault.Usage, words: []string{`"eu/west"`, "AWS_REGION"}},
		{name: "FIPS with an endpoint", lines: "use_fips_endpoint = true\nendpoint_url = https://a.test\n", status: fault.Usage, words: []string{`profile "work"`, "FIPS endpoint", "https://a.test", "use_fips_endpoint", "AWS_ENDPOINT_URL"}},
		{name: "dualstack with an endpoint", lines: "endpoint_url = https://a.test\n", env: environment{"AWS_USE_DUALSTACK_ENDPOINT": "true"}, status: fault.Usage, words: []string{`profile "work"`, "dualstack endpoint"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := resolve(t, "[profile work]\n"+test.lines, test.env)
			wantFault(t, err, test.status, test.words...)
		})
	}
}

func TestSwitchesOfEnvironmentGoBeforeProfile(t *testing.T) {
	for _, test := range []struct{ variable, profile, want string }{
		{"", "", "false"}, {"", "true", "true"}, {"", "True", "true"}, {"", "false", "false"},
		{"true", "", "true"}, {"TRUE", "false", "true"}, {"false", "true", "false"},
	} {
		lines := ""
		if test.profile != "" {
			lines = "use_fips_endpoint = " + test.profile + "\nuse_dualstack_endpoint = " + test.profile + "\n"
		}
		c := session(t, lines, environment{"AWS_USE_FIPS_ENDPOINT": test.variable, "AWS_USE_DUALSTACK_ENDPOINT": test.variable}).Client
		if want := test.want == "true"; c.FIPS != want || c.DualStack != want {
			t.Errorf("variable %q, profile %q: FIPS %v, dualstack %v", test.variable, test.profile, c.FIPS, c.DualStack)
		}
	}
}

func TestCABundleOfEnvironmentGoesBeforeProfile(t *testing.T) {
	env := environment{"AWS_CA_BUNDLE": "/env.pem"}
	for _, test := range []struct {
		lines string
		env   environment
		want  string
	}{
		{"", nil, ""}, {"", env, "/env.pem"}, {"ca_bundle = /profile.pem\n", nil, "/profile.pem"}, {"ca_bundle = /profile.pem\n", env, "/env.pem"},
	} {
		if got := session(t, test.lines, test.env).Client.CABundle; got != test.want {
			t.Errorf("%q with %v: %q", test.lines, test.env, got)
		}
	}
}

func TestRegionOrder(t *testing.T) {
	both := environment{"AWS_REGION": "eu-west-2", "AWS_DEFAULT_REGION": "eu-west-3"}
	for _, test := range []struct {
		name, lines string
		env         environment
		want        string
	}{
		{"profile", "region = eu-west-1\n", both, "eu-west-1"},
		{"awsmint's key", "awsmint_region = eu-north-1\nregion = eu-west-1\n", both, "eu-north-1"},
		{"AWS_REGION", "", both, "eu-west-2"},
		{"AWS_DEFAULT_REGION", "", environment{"AWS_DEFAULT_REGION": "eu-west-3"}, "eu-west-3"},
		{"none", "", nil, "us-east-1"},
		{"device of aws", "mfa_serial = arn:aws:iam::111122223333:mfa/a\n", nil, "us-east-1"},
		{"device of aws-cn", "mfa_serial = arn:aws-cn:iam::111122223333:mfa/a\n", nil, "cn-north-1"},
		{"device of aws-us-gov", "mfa_serial = arn:aws-us-gov:iam::111122223333:mfa/a\n", nil, "us-gov-west-1"},
		{"device of aws-eusc", "mfa_serial = arn:aws-eusc:iam::111122223333:mfa/a\n", nil, "eusc-de-east-1"},
		{"device of an unknown partition", "mfa_serial = arn:aws-new:iam::111122223333:mfa/a\n", nil, "us-east-1"},
		{"hardware token", "mfa_serial = GAHT12345678\n", nil, "us-east-1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := session(t, test.lines, test.env).Client.Region; got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

func TestClientForProfileThatIsNotThereYet(t *testing.T) {
	config := parsed(t, "[profile broken]\nnonsense\n[profile other]\nregion = eu-west-3\n")
	env := environment{"AWS_REGION": "eu-west-2"}
	c, err := provider.ClientFor(config, env.get, "work", "")
	if err != nil || c.Region != "eu-west-2" {
		t.Errorf("%q, %v", c.Region, err)
	}
	if c, err = provider.ClientFor(config, env.get, "other", "eu-north-1"); err != nil || c.Region != "eu-north-1" {
		t.Errorf("%q, %v", c.Region, err)
	}
	_, err = provider.ClientFor(config, env.get, "work", "eu north")
	wantFault(t, err, fault.Usage, `"eu north"`)
	_, err = provider.ClientFor(config, env.get, "broken", "")
	wantFault(t, err, fault.Failure, "config:2")
}
