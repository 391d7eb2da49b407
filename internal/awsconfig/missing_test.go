package awsconfig

import (
	"errors"
	"testing"

	"github.com/awsmint/awsmint/internal/fault"
)

func TestMissingProfileIsExplained(t *testing.T) {
	config := mustParse(t,
		"[profile work]\n[profile word]\n[profile workshop]\n[profile Production]\n[staging]\n[profile a]\n[profile b]\n[profile my work]\n",
		"[legacy]\n[profile sandbox]\n")
	for _, c := range []struct{ name, hint string }{
		{"wrok", `did you mean "work"?`},
		{"wor", `did you mean "work" or "word"?`},
		{"WORK", `did you mean "work" or "word"?`},
		{"production", `did you mean "Production"?`},
		{"legcy", `did you mean "legacy"?`},
		{"c", `did you mean "a" or "b"?`},
		{"something", "run: awsmint add something"},
		{"works-hard", "run: awsmint add works-hard"},
		{"staging", `line 5 of "config" has [staging], which must be written [profile staging] in this file`},
		{"my work", `line 8 of "config" has [profile my work], which must be written [profile "my work"]`},
		{"sandbox", `line 2 of "credentials" has [profile sandbox], which must be written [sandbox] in this file`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := config.Profile(c.name)
			if !errors.Is(err, ErrNoProfile) {
				t.Fatalf("got %v", err)
			}
			wantFault(t, err, fault.Missing, `no profile "`+c.name+`" in "config" or "credentials"`)
			if got := fault.HintOf(err); got != c.hint {
				t.Errorf("hint %q, want %q", got, c.hint)
			}
		})
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"work", "work", 0}, {"work", "wrok", 1}, {"work", "word", 1},
		{"work", "wor", 1}, {"work", "woork", 1}, {"abcd", "badc", 2}, {"abc", "xyz", 3}, {"a", "abcd", 3},
	} {
		if got := distance(c.a, c.b, 2); min(got, 3) != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
		if got := distance(c.b, c.a, 2); min(got, 3) != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.b, c.a, got, c.want)
		}
	}
}

func TestMissingSectionIsExplained(t *testing.T) {
	config := mustParse(t, "[sso-session acme]\n[services acmo]\n[profile acne]\n[sso-session my acme]\n", "")
	for name, hint := range map[string]string{
		"amce":    `did you mean "acme"?`,
		"my acme": `line 4 of "config" has [sso-session my acme], which must be written [sso-session "my acme"]`,
		"corp":    "add it there, or correct the sso_session setting that names it",
	} {
		_, err := config.SSOSession(name)
		wantFault(t, err, fault.Missing, `no section "[sso-session `+name+`]" in "config"`)
		if got := fault.HintOf(err); got != hint {
			t.Errorf("%s: hint %q, want %q", name, got, hint)
		}
	}
}
