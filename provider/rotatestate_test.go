package provider_test

import (
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/provider"
)

func TestAgeOfAKeyInTheProfile(t *testing.T) {
	for _, test := range []struct {
		line string
		want time.Duration // 0: refused
	}{
		{"", 90 * day},
		{"awsmint_max_key_age = 30d\n", 30 * day},
		{"awsmint_max_key_age = 30\n", 30 * day},
		{"awsmint_max_key_age = 36h\n", 36 * time.Hour},
		{"awsmint_max_key_age = 36500d\n", 36500 * day},
		{"awsmint_max_key_age = 36501d\n", 0},
		{"awsmint_max_key_age = 0d\n", 0},
		{"awsmint_max_key_age = -1d\n", 0},
		{"awsmint_max_key_age = -1h\n", 0},
		{"awsmint_max_key_age = never\n", 0},
		{"awsmint_max_key_age = d\n", 0},
	} {
		section, err := parsed(t, "[profile work]\nregion = eu-west-1\n"+test.line).Profile("work")
		if err != nil {
			t.Fatal(err)
		}
		got, err := provider.MaxKeyAge(section)
		if test.want == 0 {
			wantFault(t, err, fault.Usage, "awsmint_max_key_age", "is not an age", `"90d"`)
		} else if err != nil || got != test.want {
			t.Errorf("%q: %v, %v", test.line, got, err)
		}
	}
}

// Every event has a line, which says which key and no more of it.
func TestProgressInWords(t *testing.T) {
	lines := map[string]bool{}
	for _, event := range []provider.RotationEvent{
		provider.KeyStray, provider.KeyUnused, provider.KeyCreated, provider.KeyAwaited, provider.KeyWorks,
		provider.KeyPublished, provider.KeySwitched, provider.KeyDeactivated, provider.KeyDeleted, provider.KeyGone,
	} {
		text := provider.RotationProgress{Event: event, KeyID: "AKIAIOSFODNN7EXAMPLE", Waited: 7 * time.Second, Number: 2}.Text()
		if !strings.Contains(text, "…MPLE") || strings.Contains(text, "AKIA") || strings.ContainsAny(text, "\n.") || lines[text] || strings.HasPrefix(text, string(event)+" …") {
			t.Errorf("%s: %q", event, text)
		}
		if event == provider.KeyAwaited && !strings.Contains(text, "7s so far") {
			t.Errorf("%s: %q", event, text)
		}
		lines[text] = true
	}
}
