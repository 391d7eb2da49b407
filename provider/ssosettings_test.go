package provider_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/provider"
)

const acme = "[sso-session acme]\nsso_start_url = https://acme.awsapps.com/start\nsso_region = eu-west-1\n"

func ssoOf(t *testing.T, config string, env environment) (*provider.SSO, error) {
	t.Helper()
	link, err := provider.Resolve(parsed(t, config), env.get, provider.Request{Profile: "work"})
	if err != nil {
		return nil, err
	}
	return link.(*provider.SSO), nil
}

func TestSSOSettings(t *testing.T) {
	for _, c := range []struct {
		name, config string
		want         provider.SSO
	}{
		{"an sso-session", acme + "[profile work]\nsso_session = acme\nsso_account_id = 222233334444\nsso_role_name = Dev\n",
			provider.SSO{Session: "acme", Scopes: []string{"sso:account:access"}}},
		{"the old form", "[profile work]\nsso_start_url = https://acme.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 222233334444\nsso_role_name = Dev\n",
			provider.SSO{Scopes: []string{"sso:account:access"}}},
		{"both, the same", acme + "[profile work]\nsso_session = acme\nsso_start_url = https://acme.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 222233334444\nsso_role_name = Dev\n",
			provider.SSO{Session: "acme", Scopes: []string{"sso:account:access"}}},
		{"with awsmint's prefix beside a credential_process",
			acme + "[profile work]\ncredential_process = awsmint process work\nawsmint_sso_session = acme\nawsmint_sso_account_id = 222233334444\nawsmint_sso_role_name = Dev\n",
			provider.SSO{Session: "acme", Scopes: []string{"sso:account:access"}}},
		{"with scopes and a window",
			acme + "sso_registration_scopes = sso:account:access, other\n[profile work]\nsso_session = acme\nsso_account_id = 222233334444\nsso_role_name = Dev\nawsmint_expiry_window = 1h\n",
			provider.SSO{Session: "acme", Scopes: []string{"sso:account:access", "other"}, Window: time.Hour}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ssoOf(t, c.config, nil)
			if err != nil {
				t.Fatalf("%v\n%s", err, fault.HintOf(err))
			}
			c.want.StartURL, c.want.Region, c.want.AccountID, c.want.RoleName = startURL, "eu-west-1", "222233334444", "Dev"
			mine := provider.SSO{Session: got.Session, StartURL: got.StartURL, Region: got.Region, AccountID: got.AccountID,
				RoleName: got.RoleName, Scopes: got.Scopes, Window: got.Window}
			if diff := cmp.Diff(c.want, mine, cmp.AllowUnexported(provider.SSO{}), cmp.Comparer(func(provider.Client, provider.Client) bool { return true })); diff != "" {
				t.Error(diff)
			}
			if got.Client.Region != "eu-west-1" {
				t.Errorf("asked in %q", got.Client.Region)
			}
		})
	}
}

func TestSSOSettingsThatAreWrong(t *testing.T) {
	const role = "sso_account_id = 222233334444\nsso_role_name = Dev\n"
	for _, c := range []struct {
		name, config string
		status       fault.Status
		words        []string
	}{
		{"no such session", "[profile work]\nsso_session = acme\n" + role, fault.Missing, []string{"config:2: sso_session", "sso-session acme"}},
		{"a session without a start URL", "[sso-session acme]\nsso_region = eu-west-1\n[profile work]\nsso_session = acme\n" + role, fault.Usage,
			[]string{"[sso-session acme] has no sso_start_url", "sso_start_url = https://"}},
		{"a session without a region", "[sso-session acme]\nsso_start_url = https://acme.awsapps.com/start\n[profile work]\nsso_session = acme\n" + role, fault.Usage,
			[]string{"[sso-session acme] has no sso_region", "sso_region = "}},
		{"the old form without a region", "[profile work]\nsso_start_url = https://acme.awsapps.com/start\n" + role, fault.Usage, []string{"config:2: sso_start_url", "no sso_region"}},
		{"no account", acme + "[profile work]\nsso_session = acme\nsso_role_name = Dev\n", fault.Usage, []string{"config:5", "no sso_account_id", startURL}},
		{"no role", acme + "[profile work]\nsso_session = acme\nsso_account_id = 222233334444\n", fault.Usage, []string{"no sso_role_name", startURL}},
		{"an account that is none", acme + "[profile work]\nsso_session = acme\nsso_account_id = 2222\nsso_role_name = Dev\n", fault.Usage, []string{"config:6", `"2222"`, "twelve digits"}},
		{"another start URL", acme + "[profile work]\nsso_session = acme\nsso_start_url = https://other.example/start\n" + role, fault.Usage,
			[]string{"config:6", "https://other.example/start", startURL, "take the line out"}},
		{"another region", acme + "[profile work]\nsso_session = acme\nsso_region = eu-west-2\n" + role, fault.Usage, []string{"config:6", "eu-west-2", "eu-west-1"}},
		{"a start URL that is none", "[profile work]\nsso_start_url = acme\nsso_region = eu-west-1\n" + role, fault.Usage, []string{`"acme"`, "access portal"}},
		{"a region that is none", "[profile work]\nsso_start_url = https://acme.awsapps.com/start\nsso_region = eu west\n" + role, fault.Usage, []string{`"eu west"`, "not a region"}},
		{"a window that leaves nothing", acme + "[profile work]\nsso_session = acme\nawsmint_expiry_window = 12h\n" + role, fault.Usage, []string{"awsmint_expiry_window"}},
		{"an endpoint that is none", acme + "[profile work]\nsso_session = acme\nservices = s\n" + role + "[services s]\nsso_oidc =\n  endpoint_url = nowhere\n", fault.Usage, []string{"sso_oidc", "nowhere"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ssoOf(t, c.config, nil)
			wantFault(t, err, c.status, c.words...)
		})
	}
}

// TestSSOEndpoints: each of the two services has its own.
func TestSSOEndpoints(t *testing.T) {
	const profile = acme + "[profile work]\nregion = us-east-1\nsso_session = acme\nsso_account_id = 222233334444\nsso_role_name = Dev\n"
	for _, c := range []struct {
		name, lines  string
		env          environment
		portal, oidc string
	}{
		{"none", "", nil, "", ""},
		{"variables of their own", "", environment{"AWS_ENDPOINT_URL_SSO": "http://a", "AWS_ENDPOINT_URL_SSO_OIDC": "http://b"}, "http://a", "http://b"},
		{"the general variable", "", environment{"AWS_ENDPOINT_URL": "http://c"}, "http://c", "http://c"},
		{"a services section", "services = s\n[services s]\nsso =\n  endpoint_url = http://d\nsso_oidc =\n  endpoint_url = http://e\n", nil, "http://d", "http://e"},
		{"ignored", "", environment{"AWS_ENDPOINT_URL": "http://c", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ssoOf(t, profile+c.lines, c.env)
			if err != nil {
				t.Fatal(err)
			}
			if got.PortalEndpoint != c.portal || got.OIDCEndpoint != c.oidc {
				t.Errorf("%q and %q", got.PortalEndpoint, got.OIDCEndpoint)
			}
		})
	}
	got, err := ssoOf(t, profile+"use_fips_endpoint = true\n", environment{"AWS_ENDPOINT_URL_SSO": "http://a"})
	if err != nil {
		t.Fatal(err)
	}
	wantFault(t, got.Client.Check(), fault.Usage, "FIPS", "http://a")
	// A region of the environment that is none is no concern of the portal's.
	if got, err = ssoOf(t, profile, environment{"AWS_REGION": "eu west"}); err != nil || got.Client.Check() != nil {
		t.Errorf("%v, %v", err, got.Client.Check())
	}
}

// TestSSODigests: what shapes the credentials shapes their name.
func TestSSODigests(t *testing.T) {
	base := acme + "[profile work]\nsso_session = acme\nsso_account_id = 222233334444\nsso_role_name = "
	first, err := ssoOf(t, base+"Dev\n", nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		config string
		env    environment
	}{
		"role":     {base + "Ops\n", nil},
		"endpoint": {base + "Dev\n", environment{"AWS_ENDPOINT_URL_SSO": "http://a"}},
		"oidc":     {base + "Dev\n", environment{"AWS_ENDPOINT_URL_SSO_OIDC": "http://a"}},
		"portal":   {strings.Replace(base, "acme.awsapps.com", "other.awsapps.com", 1) + "Dev\n", nil},
		"region":   {strings.Replace(base, "sso_region = eu-west-1", "sso_region = eu-west-2", 1) + "Dev\n", nil},
		"account":  {acme + "[profile work]\nsso_session = acme\nsso_account_id = 222233334445\nsso_role_name = Dev\n", nil},
		"form":     {"[profile work]\nsso_start_url = https://acme.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 222233334444\nsso_role_name = Dev\n", nil},
	} {
		other, err := ssoOf(t, c.config, c.env)
		if err != nil {
			t.Fatal(err)
		}
		if provider.Name(first) == provider.Name(other) {
			t.Errorf("another %s, and the same name", name)
		}
	}
}
