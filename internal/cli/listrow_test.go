package cli

import (
	"testing"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/provider"
)

// What a role is assumed with is named as what it is, also where it stands in
// the role's own profile.
func TestOriginOfARole(t *testing.T) {
	const role = "[profile it]\nrole_arn = arn:aws:iam::444455556666:role/Admin\n"
	for settings, want := range map[string]string{
		"source_profile = it\n": "its own key",
		"source_profile = it\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n":                                              "its own key",
		"source_profile = it\nsso_start_url = https://a.test/start\nsso_region = eu-west-1\nsso_account_id = 111122223333\nsso_role_name = Dev\n": "its own sso",
		"source_profile = it\nlogin_session = arn:aws:iam::111122223333:user/alice\n":                                                             "its own login",
		"source_profile = it\ncredential_process = /opt/program\n":                                                                                "its own process",
		"source_profile = work\n[profile work]\n":                                                                                                 "work",
		"credential_source = Environment\n":                                                                                                       "the environment",
		"credential_source = Ec2InstanceMetadata\n":                                                                                               "the instance",
		"credential_source = EcsContainer\n":                                                                                                      "the container",
		"source_profile = it\nduration_seconds = 14400\n":                                                                                         "its own key",
		"source_profile = it\nawsmint_session = off\n":                                                                                            "its own key",
	} {
		config, err := awsconfig.Parse([]byte(role+settings), nil)
		if err != nil {
			t.Fatal(err)
		}
		link, err := provider.Resolve(config, func(string) string { return "" }, provider.Request{Profile: "it"})
		if err != nil {
			t.Fatal(err)
		}
		if got := origin(link.Source(), "it"); got != want {
			t.Errorf("%q: %q, want %q", settings, got, want)
		}
	}
}
