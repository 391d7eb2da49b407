package doctor_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/doctor"
)

const (
	goodSecret = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	goodID     = "AKIAIOSFODNN7EXAMPLE"
)

// goodToken has the length and the form of a session token.
var goodToken = strings.Repeat("aaaa", 60)

// shared has profiles stand in the credentials file, and all profiles looked at.
func shared(text string) func(w *world) {
	return func(w *world) { w.profile = ""; w.write(".aws/credentials", text) }
}

// beside has profiles stand in the config file beside the sound one.
func beside(text string) func(w *world) {
	return func(w *world) { w.profile = ""; w.configure(text) }
}

var alone = shared("")

// othersTroubles are those of profiles that have nothing to do with awsmint,
// when no profile is named.
var othersTroubles = []trouble{
	{"another profile's key in plain text", "key-in-plain-text", "run: awsmint import old",
		shared("[old]\naws_access_key_id = " + goodID + "\naws_secret_access_key = " + goodSecret + "\n"), alone},
	{"another profile's key in plain text, of bad form", "value-has-space", "set it again without any",
		shared("[old]\naws_access_key_id = " + goodID + "\naws_secret_access_key = aaaa " + goodSecret[:36] + "\n"), alone},
	{"another profile's temporary key without its token", "session-token-missing", "set aws_session_token",
		shared("[tmp]\naws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = " + goodSecret + "\n"),
		shared("[tmp]\naws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = " + goodSecret + "\naws_session_token = " + goodToken + "\n")},
	{"another profile's token under the older name alone", "session-token-missing", "set aws_session_token to the value of aws_security_token",
		shared("[tmp]\naws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = " + goodSecret + "\naws_security_token = " + goodToken + "\n"),
		shared("[tmp]\naws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = " + goodSecret + "\naws_session_token = " + goodToken + "\n")},
	{"another profile's session that is over", "expired", "get new ones where these came from",
		shared("[tmp]\naws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = " + goodSecret + "\naws_session_token = " + goodToken + "\nexpiration = 2025-01-02 03:04:05\n"),
		shared("[tmp]\naws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = " + goodSecret + "\naws_session_token = " + goodToken + "\nexpiration = 2125-01-02 03:04:05\n")},
	{"a key that shadows another one", "key-in-both-files key-in-plain-text", "delete the lines of the one that is not meant",
		func(w *world) {
			beside("[profile twice]\naws_access_key_id = AKIAI44QH8DHBEXAMPLE\naws_secret_access_key = " + goodSecret + "\n")(w)
			shared("[twice]\naws_access_key_id = " + goodID + "\naws_secret_access_key = " + goodSecret + "\n")(w)
		},
		func(w *world) { alone(w); sound(w) }},
	{"a key of which each file has half", "key-in-plain-text profile-wrong", "add aws_secret_access_key, or take aws_access_key_id out",
		func(w *world) {
			beside("[profile halves]\naws_secret_access_key = " + goodSecret + "\n")(w)
			shared("[halves]\naws_access_key_id = " + goodID + "\n")(w)
		},
		func(w *world) { alone(w); sound(w) }},
	{"a key that shadows another program", "static-key-shadows", "delete aws_access_key_id, aws_secret_access_key",
		func(w *world) {
			beside("[profile saml]\ncredential_process = /bin/echo {}\n")(w)
			shared("[saml]\naws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = " + goodSecret + "\naws_session_token = " + goodToken + "\n")(w)
		}, alone},
	{"a key beside IAM Identity Center", "key-in-plain-text static-key-shadows", "delete aws_access_key_id, aws_secret_access_key",
		func(w *world) {
			beside("[profile sso]\nsso_start_url = https://acme.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 111122223333\nsso_role_name = Dev\n")(w)
			shared("[sso]\naws_access_key_id = " + goodID + "\naws_secret_access_key = " + goodSecret + "\n")(w)
		}, alone},
	{"other profiles that are each other's source", "source-circle", "give the last profile of the chain credentials of its own",
		beside("[profile a]\nrole_arn = " + admin + "\nsource_profile = b\n[profile b]\nrole_arn = " + admin + "\nsource_profile = a\n"),
		beside("[profile a]\nrole_arn = " + admin + "\nsource_profile = b\n[profile b]\nrole_arn = " + admin + "\nsource_profile = work\n")},
	{"another profile whose source is not there", "source-missing", `did you mean "work"?`,
		beside("[profile a]\nrole_arn = " + admin + "\nsource_profile = wrok\n"),
		beside("[profile a]\nrole_arn = " + admin + "\nsource_profile = work\n")},
	{"another profile whose sso-session is not there", "setting-wrong", "add it there, or correct the sso_session setting",
		beside("[profile a]\nsso_session = acme\nsso_account_id = 111122223333\nsso_role_name = Dev\n"),
		beside("[profile a]\nsso_session = acme\nsso_account_id = 111122223333\nsso_role_name = Dev\n[sso-session acme]\nsso_start_url = https://acme.awsapps.com/start\nsso_region = eu-west-1\n")},
	{"a setting of AWS's that is misspelt", "setting-misspelt", `did you mean "source_profile"?`,
		beside("[profile a]\nregion = eu-west-1\nsouce_profile = work\n"),
		beside("[profile a]\nregion = eu-west-1\nrole_arn = " + admin + "\nsource_profile = work\n")},
	{"a setting that has another name in profiles", "setting-misspelt", `did you mean "region"?`,
		beside("[profile a]\nrole_arn = " + admin + "\nsource_profile = work\naws_region = eu-west-1\n"),
		beside("[profile a]\nrole_arn = " + admin + "\nsource_profile = work\nregion = eu-west-1\n")},
	{"another profile with a broken line", "config-broken profile-broken", "",
		beside("[profile a]\nwhat is this\n"), sound},
	{"the profile in use has a key that AWS does not know", "key-in-plain-text key-unknown", "then run: awsmint import default",
		func(w *world) {
			shared("[default]\nregion = eu-west-1\naws_access_key_id = " + goodID + "\naws_secret_access_key = " + goodSecret + "\n")(w)
		}, alone},
}

// What other programs have in these files, and is meant to be there.
func TestOthersProfilesThatAreWell(t *testing.T) {
	for name, text := range map[string][2]string{
		"a local stand-in": {"[profile localstack]\nendpoint_url = http://localhost:4566\naws_access_key_id = test\naws_secret_access_key = test\naws_session_token = test\n", ""},
		"another vendor's": {"", "[r2]\naws_access_key_id = 023e105f4ecef8ad9ca31a8372d0c353\naws_secret_access_key = " + strings.Repeat("0f", 32) + "\n"},
		"a session of saml2aws": {"", "[saml]\naws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = " + goodSecret + "\naws_session_token = " + goodToken +
			"\naws_security_token = " + goodToken + "\nx_security_token_expires = 2126-01-02T03:04:05+01:00\n"},
		"a role of fifteen minutes": {"[profile short]\nrole_arn = " + admin + "\nsource_profile = work\nduration_seconds = 900\n", ""},
		"a bare credential_process": {"[profile tool]\ncredential_process = some-tool print\n", ""},
		"settings of other tools": {"[profile tool]\nregion = eu-west-1\nsource_identity = x\nparent_profile = work\ns3 =\n  addressing_style = path\ns3_region = eu-west-1\n" +
			"cli_pager =\ngranted_sso_region = eu-west-1\ngranted_sso_start_url = https://acme.awsapps.com/start\n", ""},
	} {
		w := newWorld(t)
		w.profile = ""
		w.configure(text[0])
		w.write(".aws/credentials", text[1])
		before := w.aws.Calls("GetCallerIdentity")
		if findings := w.examine(); bad(findings) != "" {
			t.Errorf("%s: %s\n%+v", name, bad(findings), findings)
		}
		if n := w.aws.Calls("GetCallerIdentity") - before; n != 1 {
			t.Errorf("%s: AWS was asked %d times", name, n)
		}
	}
}

// AWS is asked about none of a hundred other profiles, each is named, and what
// is so of their common source is told once.
func TestAHundredOtherProfiles(t *testing.T) {
	w := newWorld(t)
	w.profile = ""
	var roles, keys strings.Builder
	for i := range 100 {
		fmt.Fprintf(&roles, "[profile role%d]\nrole_arn = %s\nsource_profile = base\n", i, admin)
		fmt.Fprintf(&keys, "[key%d]\naws_access_key_id = AKIAIOSFODNN7EXAM%03d\naws_secret_access_key = %s\n", i, i, goodSecret)
	}
	w.configure(roles.String() + "[profile base]\nmfa_serial = arn:aws:iam::111122223333:user/alice\n")
	w.write(".aws/credentials", strings.NewReplacer("AM0", "AMA", "AM1", "AMB").Replace(keys.String()))
	before := w.aws.Calls("")
	findings := w.examine()
	if got := find(findings, "key-in-plain-text"); len(got) != 100 || got[0].Severity != doctor.Warning {
		t.Errorf("%d keys", len(got))
	}
	if got := find(findings, "mfa-serial-form"); len(got) != 1 || got[0].Profile != "base" {
		t.Errorf("%+v", got)
	}
	if n := w.aws.Calls("") - before; n > 6 {
		t.Errorf("AWS was asked %d times", n)
	}
}
