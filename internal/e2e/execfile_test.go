//go:build unix

package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/lab"
)

// While the command lives its file has credentials that live, and all the other
// lines; afterwards nobody is left to write it.
func TestExecKeepsTheFileFresh(t *testing.T) {
	t.Parallel()
	l, _ := withRole(t)
	succeeded(t, l.Run("", "process", "work")) // the session, which lasts
	l.AWS.SetSessionLifetime(roleLife)
	file := filepath.Join(t.TempDir(), ".env.local")
	write(t, file, "# of the app\nPORT=3000\nAWS_SESSION_TOKEN='old'\n", 0o600)

	// The command looks into the file for each line of its stdin, as a server
	// does that reads it anew.
	c := begin(t, l, execs([]string{"--env-file", file}, "prod", "/bin/sh", "-c", "while read -r line; do cat "+file+"; echo; done")...)
	var used []string
	for deadline := time.Now().Add(patience); len(used) <= renewals; {
		if time.Now().After(deadline) {
			t.Fatalf("the file had the keys %q in all this time", used)
		}
		waitFor(t, l, "AssumeRole", len(used)+1)
		var text strings.Builder
		c.say(t, "look")
		for line := c.line(t); line != ""; line = c.line(t) {
			text.WriteString(line + "\n")
		}
		if !strings.HasPrefix(text.String(), "# of the app\nPORT=3000\n") {
			t.Fatalf("the file lost lines:\n%s", text.String())
		}
		found := fromVariables(variables(t, text.String()))
		if arn := whose(t, l, found); arn != adminSession {
			t.Fatalf("the file has the credentials of %q", arn)
		}
		if !slices.Contains(used, found.AccessKeyID) {
			used = append(used, found.AccessKeyID)
		}
	}
	c.end(t, 0)
	if c.stderr.String() != "" {
		t.Errorf("stderr %q", c.stderr.String())
	}
	wantNobody(t, l)
}

// wantNobody checks that no process of the lab is left.
func wantNobody(t *testing.T, l *lab.Lab) {
	t.Helper()
	environs, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, environ := range environs {
		if data, _ := os.ReadFile(environ); bytes.Contains(data, []byte("HOME="+l.Home+"\x00")) {
			t.Errorf("%s is still there", filepath.Dir(environ))
		}
	}
}

// No secret is in the arguments of any process, nor in a file beside the one
// that is to have them, nor in what is said.
func TestExecLeavesNoSecret(t *testing.T) {
	t.Parallel()
	l, alice := withRole(t)
	spy := filepath.Join(l.Dir, "spy")
	secrets := map[string]string{"alice's secret": alice.SecretAccessKey, "alice's seed": alice.Seed, "the passphrase": lab.Passphrase}
	file := filepath.Join(t.TempDir(), ".env")
	for _, flags := range [][]string{nil, {"--server"}, {"--env-file", file}} {
		// The command looks at everybody's arguments, and the spied lie where
		// the sweep looks.
		c := begin(t, l, execs(flags, "prod", "/bin/sh", "-c", `cat /proc/[0-9]*/cmdline >>"$0" 2>/dev/null; env; echo; exec cat`, spy)...)
		for line := c.line(t); line != ""; line = c.line(t) {
			switch name, value, _ := strings.Cut(line, "="); name {
			case "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN":
				secrets[name] = value
			}
		}
		c.end(t, 0)
		write(t, filepath.Join(l.Dir, "said"), c.stderr.String(), 0o600)
		sweep(t, l, secrets, 7)
	}
	if len(secrets) != 6 {
		t.Errorf("%d secrets were looked for", len(secrets))
	}
	spied, err := os.ReadFile(spy)
	if err != nil || bytes.Count(spied, []byte("\x00exec\x00--server\x00prod\x00")) == 0 || bytes.Count(spied, []byte("\x00--env-file\x00")) == 0 {
		t.Errorf("the command saw no awsmint beside it: %v", err)
	}
}
