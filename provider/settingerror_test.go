package provider_test

import (
	"errors"
	"testing"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/provider"
)

// Whoever made the section up can say where the value came from.
func TestWrongSettingsCanBeToldApartFromWhereTheyStand(t *testing.T) {
	config, err := awsconfig.ParseAs(awsconfig.Paths{Config: "/home/a/config", Credentials: "/home/a/credentials"},
		[]byte("[profile work]\nawsmint_role_arn = BAD\nawsmint_source_profile = key\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = provider.Resolve(config, environment{}.get, provider.Request{Profile: "work"})
	wantFault(t, err, fault.Usage, `/home/a/config:2: awsmint_role_arn in profile "work": "BAD" is not the ARN of a role`)
	var wrong *provider.SettingError
	if !errors.As(err, &wrong) {
		t.Fatalf("%T is no SettingError", err)
	}
	if wrong.Profile != "work" || wrong.Key != "awsmint_role_arn" || wrong.File != "/home/a/config" || wrong.Line != 2 {
		t.Errorf("%+v", wrong)
	}
	wantFault(t, wrong.Err, fault.Usage, `"BAD" is not the ARN of a role`, "12 digits")
	if text := wrong.Err.Error(); text != `"BAD" is not the ARN of a role` {
		t.Errorf("the place is in %q", text)
	}
	nowhere := provider.SettingError{Profile: "work", Key: "region", Err: errors.New("no")}
	if got, want := nowhere.Error(), `region in profile "work": no`; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
