//go:build linux

package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/ststest"
)

// Of what export and console hand out nothing is left but the .env file that
// was asked for: not on stderr, in the log or another file, and not in the
// arguments of awsmint, of git or of the browser.
func TestNothingOfAnExportIsLeft(t *testing.T) {
	t.Parallel()
	l, alice := withRole(t)
	d := newDesk(t, l)
	secrets := map[string]string{"alice's secret": alice.SecretAccessKey, "alice's seed": alice.Seed, "the passphrase": lab.Passphrase}
	var said strings.Builder
	// The file that was asked for lies outside of what is swept.
	file := filepath.Join(t.TempDir(), ".env")
	spy := filepath.Join(l.Dir, "spied")
	look := "cat /proc/$$/environ /proc/[0-9]*/cmdline >> " + spy + " 2>/dev/null\n"
	edit(t, filepath.Join(l.Dir, "browser"), "#!/bin/sh\n", "#!/bin/sh\n"+look)
	// git looks as well, and says that there is no repository.
	bin := filepath.Join(l.Dir, "bin")
	writeProgram(t, filepath.Join(bin, "git"), "#!/bin/sh\n"+look+"echo fatal: not a git repository >&2\nexit 128\n")
	l.Set("PATH", bin+":/usr/bin:/bin")

	for i, args := range [][]string{
		{"export", "prod"}, {"export", "prod", "--format", "env-no-export"}, {"export", "prod", "--file", file}, {"export", "work", "--read-only"},
		{"export", "work", "--raw-key", "--file", file}, {"export", "prod", "--file", file, "--strict"}, {"export", "nosuch"}, {"console", "work", "--print"},
	} {
		r := l.Run("", args...)
		said.WriteString(r.Stderr)
		if (r.Err != nil) != (args[1] == "nosuch") {
			t.Fatalf("%q: status %d, stderr %q", args, r.Status, r.Stderr)
		}
		if args[0] == "console" {
			secrets["the printed token"] = signInToken(t, strings.TrimSpace(r.Stdout))
			continue
		}
		text := r.Stdout
		if args[1] != "nosuch" && text == "" {
			text = content(t, file)
		}
		c := fromVariables(variables(t, strings.ReplaceAll(text, "export ", "")))
		for name, value := range map[string]string{"secret": c.SecretAccessKey, "token": c.SessionToken} {
			if value != "" {
				secrets[fmt.Sprintf("the %s of run %d", name, i)] = value
			}
		}
	}

	s := start(t, l, "console", "prod")
	page := d.page(t)
	client := &http.Client{Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Get(page)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	secrets["the browser's token"] = signInToken(t, response.Header.Get("Location"))
	said.WriteString(s.end(t).Stderr)

	// Failures with all of it at hand, and a watch.
	l.AWS.Inject(ststest.Fault{Action: "GetSigninToken", Times: 1, Status: 400, Code: "AccessDenied"})
	said.WriteString(l.Run("", "console", "prod", "--print").Stderr)
	l.AWS.Inject(ststest.Fault{Action: "GetSigninToken", Times: 1, ResetConn: true})
	said.WriteString(l.Run("", "console", "prod", "--print").Stderr)
	said.WriteString(l.Run("", "export", "prod", "--file", "/dev/full").Stderr)
	w := start(t, l, "export", "prod", "--file", file, "--watch")
	w.expect(t, file+": ")
	if err := w.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	said.WriteString(w.end(t).Stderr)

	spied, err := os.ReadFile(spy)
	if err != nil || !bytes.Contains(spied, []byte("awsmint\x00export\x00prod\x00--file")) || !bytes.Contains(spied, []byte("awsmint\x00console\x00prod")) ||
		!bytes.Contains(spied, []byte("git\x00-C\x00")) || !bytes.Contains(spied, []byte(page)) {
		t.Fatalf("the spy saw not everything: %v", err)
	}
	write(t, filepath.Join(l.Dir, "said"), said.String(), 0o600)
	sweep(t, l, secrets, 9)
}

// signInToken is the token in the address that begins a session.
func signInToken(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil || u.Query().Get("SigninToken") == "" {
		t.Fatalf("no token in %q: %v", address, err)
	}
	return u.Query().Get("SigninToken")
}
