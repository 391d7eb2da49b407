package provider_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/mfa"
	"github.com/awsmint/awsmint/provider"
)

const serial = "arn:aws:iam::111122223333:mfa/alice"

func TestResolveGivesSessionOfKey(t *testing.T) {
	s := session(t, "", nil)
	if s.Profile() != "work" || s.Source().Profile() != "work" || s.Source().Source() != nil {
		t.Errorf("session of %q from key of %q", s.Profile(), s.Source().Profile())
	}
	if _, ok := s.Source().(*provider.Key); !ok {
		t.Errorf("its source is a %T", s.Source())
	}
	want := provider.MFA{Order: []string{mfa.NameSeed, mfa.NameProcess, mfa.NameTerminal, mfa.NameDialog}}
	if diff := cmp.Diff(want, s.MFA); diff != "" {
		t.Error(diff)
	}
	if s.Serial != "" || s.Duration != 12*time.Hour || s.Window != 0 {
		t.Errorf("defaults: serial %q, duration %s, window %s", s.Serial, s.Duration, s.Window)
	}
}

func TestResolveWithoutProfile(t *testing.T) {
	_, err := resolve(t, "[profile other]\n", nil)
	wantFault(t, err, fault.Missing, `no profile "work"`, "awsmint add work")
}

// setting is one value of one key: either the error's words, or none and what
// it gives.
type setting struct {
	name, line string
	words      []string
	give       func(*provider.Session) any
	want       any
}

func testSettings(t *testing.T, settings []setting) {
	for _, s := range settings {
		t.Run(s.name, func(t *testing.T) {
			link, err := resolve(t, "# first\n[profile work]\n\n"+s.line+"\n", nil)
			if s.words == nil {
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(s.want, s.give(link.(*provider.Session))); diff != "" {
					t.Error(diff)
				}
				return
			}
			key, _, _ := strings.Cut(s.line, " ")
			wantFault(t, err, fault.Usage, append(s.words, "config:4: "+key+" in profile \"work\": ")...)
			if fault.HintOf(err) == "" {
				t.Error("no hint")
			}
		})
	}
}

func serialOf(s *provider.Session) any   { return s.Serial }
func durationOf(s *provider.Session) any { return s.Duration.String() }
func windowOf(s *provider.Session) any   { return s.Window.String() }
func orderOf(s *provider.Session) any    { return s.MFA.Order }

func TestSerialNumbers(t *testing.T) {
	long := "arn:aws:iam::111122223333:mfa/" + strings.Repeat("x", 256-30)
	testSettings(t, []setting{
		{name: "virtual device", line: "mfa_serial = " + serial, give: serialOf, want: serial},
		{name: "device with a path", line: "mfa_serial = arn:aws:iam::111122223333:mfa/team/alice@example.com", give: serialOf, want: "arn:aws:iam::111122223333:mfa/team/alice@example.com"},
		{name: "another partition", line: "mfa_serial = arn:aws-cn:iam::111122223333:mfa/alice", give: serialOf, want: "arn:aws-cn:iam::111122223333:mfa/alice"},
		{name: "hardware token", line: "mfa_serial = GAHT12345678", give: serialOf, want: "GAHT12345678"},
		{name: "shortest", line: "mfa_serial = 123456789", give: serialOf, want: "123456789"},
		{name: "longest", line: "mfa_serial = " + long, give: serialOf, want: long},
		{name: "too short", line: "mfa_serial = 12345678", words: []string{`"12345678"`, "9 to 256"}},
		{name: "too long", line: "mfa_serial = " + long + "x", words: []string{"9 to 256"}},
		{name: "wrong characters", line: "mfa_serial = GAHT 12345678", words: []string{`"GAHT 12345678"`, "arn:aws:iam::ACCOUNT:mfa/NAME"}},
		{name: "the user's ARN", line: "mfa_serial = arn:aws:iam::111122223333:user/alice", words: []string{":user/alice", "arn:aws:iam::ACCOUNT:mfa/NAME"}},
		{name: "security key", line: "mfa_serial = arn:aws:iam::111122223333:u2f/user/alice/key-ABC", words: []string{"security key or passkey", "six-digit", "authenticator app"}},
		{name: "security key with awsmint's prefix", line: "awsmint_mfa_serial = arn:aws:iam::111122223333:u2f/user/alice/key-ABC", words: []string{"security key or passkey"}},
		{name: "awsmint's key goes before the plain one", line: "awsmint_mfa_serial = " + serial + "\nmfa_serial = GAHT12345678", give: serialOf, want: serial},
		{name: "awsmint's key hides a wrong plain one", line: "awsmint_mfa_serial = " + serial + "\nmfa_serial = 1", give: serialOf, want: serial},
		{name: "awsmint's empty key hides the plain one", line: "awsmint_mfa_serial =\nmfa_serial = " + serial, give: serialOf, want: ""},
	})
}

func TestDurations(t *testing.T) {
	good := map[string]string{
		"30m": "30m0s", "1800": "30m0s", "36h": "36h0m0s", "129600": "36h0m0s", "43200": "12h0m0s",
		"1h30m": "1h30m0s", "1.5h": "1h30m0s", "90m": "1h30m0s", "1801s": "30m1s",
	}
	for text, want := range good {
		testSettings(t, []setting{{name: text, line: "awsmint_duration = " + text, give: durationOf, want: want}})
	}
	bad := map[string][]string{
		"29m59s": {"29m59s is too short", "30m", "15 minutes"}, "900": {"15m is too short"}, "1": {"1s is too short"},
		"36h0m1s": {"36h0m1s is too long", "36h"}, "129601": {"36h0m1s is too long"}, "37h": {"37h is too long"}, "2000000000": {"too long"},
		"twelve": {`"twelve"`, "43200", "12h"}, "12": {"12s is too short"}, "-12h": {`"-12h"`}, "-3600": {`"-3600"`}, "0": {`"0"`}, "0s": {`"0s"`},
		"3600.5": {`"3600.5"`}, "3600.5s": {`"3600.5s"`}, "12 h": {`"12 h"`}, "1d": {`"1d"`}, "99999999999999999999": {`"99999999999999999999"`},
	}
	for text, words := range bad {
		testSettings(t, []setting{{name: text, line: "awsmint_duration = " + text, words: words}})
	}
}

func TestExpiryWindows(t *testing.T) {
	testSettings(t, []setting{
		{name: "minutes", line: "awsmint_expiry_window = 45m", give: windowOf, want: "45m0s"},
		{name: "seconds", line: "awsmint_expiry_window = 60", give: windowOf, want: "1m0s"},
		{name: "just under the session", line: "awsmint_expiry_window = 11h59m59s", give: windowOf, want: "11h59m59s"},
		{name: "all of the session", line: "awsmint_expiry_window = 12h", words: []string{"12h leaves nothing of a session of 12h", "20m"}},
		{name: "all of a shorter session", line: "awsmint_expiry_window = 1h\nawsmint_duration = 1h", words: []string{"1h leaves nothing of a session of 1h"}},
		{name: "garbage", line: "awsmint_expiry_window = soon", words: []string{`"soon"`}},
		{name: "negative", line: "awsmint_expiry_window = -1m", words: []string{`"-1m"`}},
	})
}

func TestOrdersOfWaysToCode(t *testing.T) {
	testSettings(t, []setting{
		{name: "one", line: "awsmint_mfa = terminal", give: orderOf, want: []string{"terminal"}},
		{name: "two in another order", line: "awsmint_mfa = dialog, totp", give: orderOf, want: []string{"dialog", "totp"}},
		{name: "unknown", line: "awsmint_mfa = totp, sms", words: []string{`"sms"`, "terminal"}},
	})
	process := func(s *provider.Session) any { return s.MFA.Process }
	testSettings(t, []setting{
		{name: "plain process", line: `mfa_process = op item get "AWS" --otp`, give: process, want: `op item get "AWS" --otp`},
		{name: "awsmint's process", line: "awsmint_mfa_process = ykman oath\nmfa_process = op", give: process, want: "ykman oath"},
	})
}

func TestWrongSwitchesRegionsAndEndpoints(t *testing.T) {
	testSettings(t, []setting{
		{name: "FIPS", line: "use_fips_endpoint = yes", words: []string{`"yes"`, "true or false"}},
		{name: "dualstack", line: "use_dualstack_endpoint = 1", words: []string{`"1"`, "true or false"}},
		{name: "ignore", line: "ignore_configured_endpoint_urls = on", words: []string{`"on"`, "true or false"}},
		{name: "region", line: "region = eu west 1", words: []string{`"eu west 1"`, "eu-west-1"}},
		{name: "region of another host", line: "region = x.example/", words: []string{`"x.example/"`}},
		{name: "endpoint without a scheme", line: "endpoint_url = localhost:4566", words: []string{`"localhost:4566"`, "https://"}},
		{name: "endpoint of another scheme", line: "endpoint_url = ftp://example.test", words: []string{`"ftp://example.test"`}},
		{name: "endpoint without a host", line: "endpoint_url = https://", words: []string{`"https://"`}},
	})
}

func TestAccountOfPlaintextKeys(t *testing.T) {
	const line = "aws_account_id = "
	resolved(t, "[profile work]\n"+keyB+line+"111122223333\n")
	for _, wrong := range []string{"1111222233334", "11112222333x", "1111-2222-3333"} {
		_, err := provider.Resolve(parsed(t, "[profile work]\n"+keyB+line+wrong+"\n"), environment{}.get, provider.Request{Profile: "work"})
		wantFault(t, err, fault.Usage, `config:4: aws_account_id in profile "work": "`+wrong+`" is not an account id`, "twelve digits")
	}
}
