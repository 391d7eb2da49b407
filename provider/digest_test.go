package provider_test

import (
	"testing"

	"github.com/awsmint/awsmint/cache"
	"github.com/awsmint/awsmint/provider"
)

// named is what a profile's session is cached under.
func named(t *testing.T, profile, lines string, env environment) cache.Name {
	t.Helper()
	config := parsed(t, "[profile "+profile+"]\n"+lines+"\n[services local]\nsts =\n  endpoint_url = https://sts.local.test\n")
	link, err := provider.Resolve(config, env.get, provider.Request{Profile: profile})
	if err != nil {
		t.Fatal(err)
	}
	return provider.Name(link)
}

const plainLines = "region = eu-west-1\nmfa_serial = " + serial + "\n"

func TestLinksThatDifferShareNoEntry(t *testing.T) {
	type request struct {
		name, profile, lines string
		env                  environment
	}
	requests := []request{
		{name: "as it is", profile: "work", lines: plainLines},
		{name: "profile", profile: "work2", lines: plainLines},
		{name: "profile in another case", profile: "Work", lines: plainLines},
		{name: "serial", profile: "work", lines: "region = eu-west-1\nmfa_serial = " + serial + "2\n"},
		{name: "no serial", profile: "work", lines: "region = eu-west-1\n"},
		{name: "duration", profile: "work", lines: plainLines + "awsmint_duration = 8h\n"},
		{name: "region", profile: "work", lines: "region = eu-west-2\nmfa_serial = " + serial + "\n"},
		{name: "no region", profile: "work", lines: "mfa_serial = " + serial + "\n"},
		{name: "endpoint", profile: "work", lines: plainLines + "endpoint_url = https://a.test\n"},
		{name: "another endpoint", profile: "work", lines: plainLines + "endpoint_url = https://b.test\n"},
		{name: "endpoint of services", profile: "work", lines: plainLines + "services = local\n"},
		{name: "endpoint of the environment", profile: "work", lines: plainLines, env: environment{"AWS_ENDPOINT_URL": "https://c.test"}},
		{name: "STS's endpoint of the environment", profile: "work", lines: plainLines, env: environment{"AWS_ENDPOINT_URL_STS": "https://d.test"}},
	}
	digests := map[[32]byte]string{}
	for _, r := range requests {
		name := named(t, r.profile, r.lines, r.env)
		if other, found := digests[name.Digest]; found {
			t.Errorf("%q and %q have one digest", r.name, other)
		}
		digests[name.Digest] = r.name
		if name.Scope != provider.Scope(r.profile) {
			t.Errorf("%q has the scope %q", r.name, name.Scope)
		}
	}
}

func TestWayToAWSAndToCodeChangeNoEntry(t *testing.T) {
	want := named(t, "work", plainLines, nil)
	for _, same := range []struct {
		name, lines string
		env         environment
	}{
		{name: "as it is", lines: plainLines},
		{name: "region of the environment", lines: plainLines, env: environment{"AWS_REGION": "us-east-2", "AWS_DEFAULT_REGION": "us-east-1"}},
		{name: "FIPS", lines: plainLines + "use_fips_endpoint = true\n"},
		{name: "FIPS of the environment", lines: plainLines, env: environment{"AWS_USE_FIPS_ENDPOINT": "true"}},
		{name: "dualstack", lines: plainLines + "use_dualstack_endpoint = true\n"},
		{name: "dualstack of the environment", lines: plainLines, env: environment{"AWS_USE_DUALSTACK_ENDPOINT": "true"}},
		{name: "CA bundle", lines: plainLines + "ca_bundle = /etc/ca.pem\n"},
		{name: "CA bundle of the environment", lines: plainLines, env: environment{"AWS_CA_BUNDLE": "/etc/ca.pem"}},
		{name: "order of ways", lines: plainLines + "awsmint_mfa = terminal\n"},
		{name: "process", lines: plainLines + "awsmint_mfa_process = ykman\n"},
		{name: "expiry window", lines: plainLines + "awsmint_expiry_window = 1h\n"},
		{name: "the default duration written out", lines: plainLines + "awsmint_duration = 43200\n"},
		{name: "serial under awsmint's key", lines: "region = eu-west-1\nawsmint_mfa_serial = " + serial + "\n"},
		{name: "endpoint that is ignored", lines: plainLines + "endpoint_url = https://a.test\nignore_configured_endpoint_urls = true\n"},
		{name: "another identity in the environment", lines: plainLines, env: environment{"AWS_PROFILE": "nosuch", "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE"}},
	} {
		if got := named(t, "work", same.lines, same.env); got != want {
			t.Errorf("%q has an entry of its own", same.name)
		}
	}
	// Without a region in the profile too: the environment's must not count.
	bare := "mfa_serial = " + serial + "\n"
	if named(t, "work", bare, nil) != named(t, "work", bare, environment{"AWS_REGION": "eu-west-1"}) {
		t.Error("the environment's region costs a profile without one another session")
	}
}

// TestFieldsDoNotRunIntoEachOther moves text from a field to the one beside it,
// which a digest of the bare texts would not see.
func TestFieldsDoNotRunIntoEachOther(t *testing.T) {
	for _, pair := range [][2]cache.Name{
		{ // serial and duration
			named(t, "work", "mfa_serial = GAHT12345671\nawsmint_duration = 2h\n", nil),
			named(t, "work", "mfa_serial = GAHT1234567\nawsmint_duration = 12h\n", nil),
		},
		{ // serial and region, with the names and the field between them
			named(t, "work", "mfa_serial = GAHT12345678\nregion = aduration12h0m0sregionb\n", nil),
			named(t, "work", "mfa_serial = GAHT12345678duration12h0m0sregiona\nregion = b\n", nil),
		},
	} {
		if pair[0].Digest == pair[1].Digest {
			t.Errorf("one digest for two requests: %x", pair[0].Digest)
		}
	}
}
