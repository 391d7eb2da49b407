package provider_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/provider"
)

// A setting that is silently missing may be what leaves less than a role has.
func TestUnknownSettingsOfAwsmintAreRefused(t *testing.T) {
	const prod = "[profile prod]\nrole_arn = " + roleA + "\nsource_profile = work\n"
	for _, test := range []struct {
		name, config string
		words        []string
	}{
		{"misspelt", prod + "awsmint_polcy = {}\n[profile work]\n",
			[]string{`config:4: awsmint_polcy in profile "prod"`, "no such setting", `did you mean "awsmint_policy"?`}},
		{"a letter too many", prod + "awsmint_external_idd = x\n[profile work]\n", []string{"awsmint_external_idd", `did you mean "awsmint_external_id"?`}},
		{"unlike any other", prod + "awsmint_moon = x\n[profile work]\n", []string{"awsmint_moon", "take the line out", "README"}},
		{"one of AWS's that awsmint does not read", prod + "awsmint_output = json\n[profile work]\n", []string{"awsmint_output"}},
		{"in the source's profile", prod + "[profile work]\nawsmint_mfa_seral = x\n", []string{`config:5: awsmint_mfa_seral in profile "work"`, `"awsmint_mfa_serial"`}},
		{"in capitals", prod + "AWSMINT_POLCY = {}\n[profile work]\n", []string{`did you mean "awsmint_policy"?`}},
		{"behind another line", "[profile prod]\n" + own + "work\n[profile work]\nawsmint_sesion = off\n", []string{`"work"`, `"awsmint_session"`}},
		{"the first by its name", prod + "awsmint_zzz = x\nawsmint_aaa = x\n[profile work]\n", []string{"awsmint_aaa"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := provider.Resolve(parsed(t, test.config), environment{}.get, provider.Request{Profile: "prod"})
			wantFault(t, err, fault.Usage, test.words...)
		})
	}
}

// What the code reads and the documents speak of must be known.
func TestKnownSettingsAreAllThatThereAre(t *testing.T) {
	names := map[string]string{"publish": "later versions", "max_key_age": "later versions"}
	for pattern, find := range map[string]*regexp.Regexp{
		"*.go":         regexp.MustCompile(`\.(?:Setting\("|Get\("awsmint_|Setting\("awsmint_)([a-z_]+)"\)`),
		"../README.md": regexp.MustCompile(`awsmint_([a-z_]*[a-z])\b`),
	} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%q: %v, %v", pattern, files, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range find.FindAllSubmatch(text, -1) {
				names[string(found[1])] = file
			}
		}
	}
	for _, must := range []string{"mfa_serial", "policy", "sso_region", "duration"} {
		if names[must] == "" {
			t.Fatalf("%q was not found: is it still looked for in the right way?", must)
		}
	}
	for name, file := range names {
		// A value that is wrong is another matter.
		_, err := provider.Resolve(parsed(t, "[profile work]\nawsmint_"+name+" =\n"), environment{}.get, provider.Request{Profile: "work"})
		if err != nil {
			t.Errorf("awsmint_%s, of %s: %v", name, file, err)
		}
	}
}

// What takes a role is refused where there is none: passed over, it would leave
// more power than was meant, or a name out of CloudTrail.
func TestSettingsThatTakeARole(t *testing.T) {
	const sso = "sso_start_url = https://acme.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 111122223333\nsso_role_name = Dev\n"
	for name, c := range map[string]struct {
		config  string
		request provider.Request
		key     string
	}{
		"a policy of a key":         {"[profile work]\nawsmint_policy_arns = " + readOnly + "\n", provider.Request{Profile: "work"}, "awsmint_policy_arns"},
		"a role on top of that":     {"[profile work]\nawsmint_policy_arns = " + readOnly + "\n", provider.Request{Profile: "work", RoleARN: roleA}, "awsmint_policy_arns"},
		"of its own line's role":    {"[profile work]\n" + own + "work --role-arn " + roleA + "\nawsmint_policy = {}\n", provider.Request{Profile: "work"}, "awsmint_policy"},
		"of IAM Identity Center":    {"[profile work]\n" + sso + "awsmint_policy = {}\n", provider.Request{Profile: "work"}, "awsmint_policy"},
		"of temporary keys":         {"[profile work]\naws_access_key_id = ASIAQQQQQQQQQQQQQQQQ\naws_secret_access_key = s\naws_session_token = t\nawsmint_policy = {}\n", provider.Request{Profile: "work"}, "awsmint_policy"},
		"of another profile's name": {"[profile work]\n[profile alias]\n" + own + "work\nawsmint_policy = {}\n", provider.Request{Profile: "alias"}, "awsmint_policy"},
		"tags of a key":             {"[profile work]\nawsmint_session_tags = A=b\n", provider.Request{Profile: "work"}, "awsmint_session_tags"},
		"an identity of a source":   {"[profile work]\nawsmint_source_identity = alice\n[profile prod]\nrole_arn = " + roleA + "\nsource_profile = work\n", provider.Request{Profile: "prod"}, "awsmint_source_identity"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := provider.Resolve(parsed(t, c.config), environment{}.get, c.request)
			wantFault(t, err, fault.Usage, c.key+" in profile", "takes a role", "awsmint_role_arn")
		})
	}
}
