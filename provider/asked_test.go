package provider_test

import (
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/mfa"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

// The device may stand in the role's profile alone: then no other login asks
// for its code.
func TestHintNamesTheProfileThatWasAskedFor(t *testing.T) {
	w, config := roles(t, ststest.Role{RequireMFA: true})
	config = strings.Replace(config, "awsmint_mfa = totp", "awsmint_mfa = terminal", 1)
	inRole := strings.Replace(config, "mfa_serial = "+w.user.MFASerial+"\n", "", 1) + "mfa_serial = " + w.user.MFASerial + "\n"
	const deep = "[profile deep]\nregion = eu-west-1\nrole_arn = " + roleB + "\nsource_profile = prod\n"
	for _, test := range []struct{ name, config, profile, asked, want string }{
		{"a session's", config, "work", "", "run: awsmint login work "},
		{"a role's, with the device in the source", config, "prod", "", "run: awsmint login prod "},
		{"a role's, with the device in its own profile", inRole, "prod", "", "run: awsmint login prod "},
		{"a role's of the key's own code", inRole + "duration_seconds = 7200\n", "prod", "", "run: awsmint login prod "},
		{"a role's of the key's own code, as a source", inRole + "duration_seconds = 7200\n" + deep, "deep", "", "run: awsmint login deep "},
		{"one that another serves", config + "[profile alias]\n" + own + "work\n", "alias", "alias", "run: awsmint login alias "},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := w.as(test.config, test.profile, func(o *provider.Options) { o.Profile = test.asked })
			wantFault(t, err, fault.Person, test.want, w.user.MFASerial)
		})
	}
	w.wantAsked("GetSessionToken", 0)
	w.wantAsked("AssumeRole", 0)
}

// How a code is got is each taken from where the device stands, else from the
// key's profile.
func TestWaysToACodeAreOfTheDeviceElseOfTheKey(t *testing.T) {
	const device, ways, command = "mfa_serial = " + serial + "\n", "awsmint_mfa = process\n", "awsmint_mfa_process = ykman\n"
	for _, test := range []struct {
		name, role, key string
		want            provider.MFA
	}{
		{"all of the role's", device + ways + command, "awsmint_mfa = totp\nmfa_process = other\n", provider.MFA{Order: []string{mfa.NameProcess}, Process: "ykman"}},
		{"all of the key's", device, ways + command, provider.MFA{Order: []string{mfa.NameProcess}, Process: "ykman"}},
		{"the order of the key's", device + command, ways, provider.MFA{Order: []string{mfa.NameProcess}, Process: "ykman"}},
		{"the command of the key's", device + ways, "mfa_process = ykman\n", provider.MFA{Order: []string{mfa.NameProcess}, Process: "ykman"}},
		{"the device is the key's", ways, device + "awsmint_mfa = totp\n", provider.MFA{Order: []string{mfa.NameSeed}}},
	} {
		for _, straight := range []string{"", "duration_seconds = 7200\n", "awsmint_session = off\n"} {
			link := resolved(t, "[profile work]\nrole_arn = "+roleA+"\nsource_profile = key\n"+straight+test.role+"[profile key]\n"+test.key)
			got := link.(*provider.Role).MFA
			if straight == "" {
				got = link.Source().(*provider.Session).MFA
			}
			if strings.Join(got.Order, ",") != strings.Join(test.want.Order, ",") || got.Process != test.want.Process {
				t.Errorf("%s (%q): %+v, want %+v", test.name, straight, got, test.want)
			}
		}
		// And where the key itself gives no session.
		link := resolved(t, "[profile work]\nrole_arn = "+roleA+"\nsource_profile = key\n"+test.role+"[profile key]\nawsmint_session = off\n"+test.key)
		if got := link.(*provider.Role).MFA; strings.Join(got.Order, ",") != strings.Join(test.want.Order, ",") || got.Process != test.want.Process {
			t.Errorf("%s (no session): %+v, want %+v", test.name, got, test.want)
		}
	}
	_, err := provider.Resolve(parsed(t, "[profile work]\nrole_arn = "+roleA+"\nsource_profile = key\n"+device+"[profile key]\nawsmint_mfa = pigeon\n"),
		environment{}.get, provider.Request{Profile: "work"})
	wantFault(t, err, fault.Usage, `config:6: awsmint_mfa in profile "key"`, "pigeon")
}
