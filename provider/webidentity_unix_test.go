//go:build unix

package provider_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/provider"
)

func TestWebIdentityTokenFromACommand(t *testing.T) {
	w, file, _ := webRole(t)
	config := webConfig("awsmint_web_identity_token_process = cat '" + file + "' | cat; echo noise >&2")
	c := w.mustAs(config, "ci")
	if name := w.madeWith(c).SessionName; !strings.HasPrefix(name, "repo-acme-shop") {
		t.Errorf("the session's name is %q", name)
	}
	w.clock.advance(50 * time.Minute)
	w.putToken(file, -time.Minute)
	_, err := w.as(config, "ci", func(o *provider.Options) { o.Timeout = time.Second })
	if err != nil {
		t.Errorf("the credentials still live: %v", err)
	}
	w.clock.advance(time.Hour)
	w.putToken(file, -time.Minute)
	_, err = w.as(config, "ci")
	wantFault(t, err, fault.Refused, "the token of awsmint_web_identity_token_process", "has expired", "print a newer one")
}

func TestWebIdentityCommandsThatFail(t *testing.T) {
	const what = `the awsmint_web_identity_token_process of profile "ci" gave no token: `
	const endless = "sleep 1000"
	for line, words := range map[string][]string{
		"echo hunter2 tiger; echo job has no id token >&2; exit 5": {what + "it ended with exit status 5", "job has no id token"},
		"no-such-program-here":             {what + "it ended with exit status 127", "not found"},
		"true":                             {what + "it printed nothing"},
		"echo":                             {"is empty"},
		"echo hunter2 tiger":               {"more than one word"},
		"head -c 70000 /dev/zero":          {what + "it printed more than 65536 bytes"},
		endless:                            {what + "it did not finish within"},
		": --password=tiger; echo hunter2": {"AWS does not accept the token of awsmint_web_identity_token_process"},
	} {
		w, _, _ := webRole(t)
		_, err := w.as(webConfig("awsmint_web_identity_token_process = "+line), "ci", func(o *provider.Options) {
			if line == endless {
				o.Timeout = once
			}
		})
		wantFault(t, err, fault.StatusOf(err), words...)
		if text := err.Error() + fault.HintOf(err); strings.Contains(text, "hunter2") || strings.Contains(text, "tiger") {
			t.Errorf("a secret is in %q", text)
		}
	}
}

// What keeps a mint from reaching AWS is told before anything is run.
func TestWebIdentityLooksAtTheClientFirst(t *testing.T) {
	w, file, _ := webRole(t)
	w.env["AWS_CA_BUNDLE"] = "/no/such/bundle"
	_, err := w.as(webConfig("awsmint_web_identity_token_process = rm '"+file+"'"), "ci")
	wantFault(t, err, fault.Usage, "CA bundle")
	if _, err := os.Stat(file); err != nil {
		t.Error("the command was run")
	}
}
