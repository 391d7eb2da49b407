package mfa

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

func TestOrder(t *testing.T) {
	all := []string{"totp", "process", "terminal", "dialog"}
	for _, c := range []struct {
		setting string
		want    []string
	}{
		{"", all},
		{" , ", all},
		{"terminal", []string{"terminal"}},
		{"dialog, terminal", []string{"dialog", "terminal"}},
		{"TOTP terminal,totp", []string{"totp", "terminal"}},
		{"\tprocess\tdialog ", []string{"process", "dialog"}},
	} {
		got, err := Order(c.setting)
		if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
			t.Errorf("Order(%q): %v\n%s", c.setting, err, diff)
		}
	}
	_, err := Order("totp,yubikey")
	if fault.StatusOf(err) != fault.Usage || err.Error() != `awsmint_mfa names "yubikey", which is not a way to get an MFA code` ||
		fault.HintOf(err) != "use any of: totp, process, terminal, dialog" {
		t.Errorf("unknown word: %v; %q", err, fault.HintOf(err))
	}
}

func TestParseCode(t *testing.T) {
	for text, want := range map[string]string{
		"123456": "123456", " 000000\r\n": "000000", "\t123456\n\n": "123456",
		"": "", "12345": "", "1234567": "", "123 456": "", "12345a": "", "１２３４５６": "", "١٢٣": "", "+12345": "", "-12345": "",
		"123456\v": "", "\u00a0123456": "", "123456\x00": "", "123\n456": "",
	} {
		got, err := ParseCode(text)
		if got.Reveal() != want || (err == nil) != (want != "") {
			t.Errorf("ParseCode(%q) = %q, %v", text, got.Reveal(), err)
		}
	}
}

// The values are those of RFC 6238, appendix B, cut to six digits.
func TestSeedGivesTheCodesOfTheRFC(t *testing.T) {
	for unix, want := range map[int64]string{59: "287082", 1111111109: "081804", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		for _, seed := range []string{"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", " gezd gnbv-gy3t qojq gezd gnbv gy3t qojq\n"} {
			way := &Seed{
				Load: func(context.Context) (secret.String, error) { return secret.New(seed), nil },
				Now:  func() time.Time { return time.Unix(unix, 0) },
			}
			code, err := way.Code(t.Context(), testRequest)
			if err != nil || code.Digits.Reveal() != want || code.Way != "totp" {
				t.Errorf("%d: %q by %q, %v; want %q", unix, code.Digits.Reveal(), code.Way, err, want)
			}
		}
	}
}

func TestSeedThatIsNone(t *testing.T) {
	const seed = "not a seed 0189"
	way := &Seed{Load: func(context.Context) (secret.String, error) { return secret.New(seed), nil }}
	_, err := way.Code(t.Context(), testRequest)
	if err == nil || err.Error() != `the stored TOTP seed of profile "work" is not base32` || errors.Is(err, ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	for err != nil {
		if strings.Contains(err.Error(), "0189") {
			t.Errorf("the seed is in %q", err)
		}
		err = errors.Unwrap(err)
	}
	locked := fault.New(fault.Keychain, "the keychain is locked", "")
	way.Load = func(context.Context) (secret.String, error) { return secret.String{}, locked }
	if _, err := way.Code(t.Context(), testRequest); err != error(locked) {
		t.Errorf("got %v; want the keychain's error", err)
	}
}

func TestWhoAnswers(t *testing.T) {
	for _, c := range []struct {
		way         Way
		name        string
		interactive bool
	}{
		{&Seed{}, "totp", false}, {&Process{}, "process", false}, {&Terminal{}, "terminal", true}, {&Dialog{}, "dialog", true},
	} {
		if c.way.Name() != c.name || c.way.Interactive() != c.interactive {
			t.Errorf("%T: %q, %v", c.way, c.way.Name(), c.way.Interactive())
		}
	}
}
