//go:build unix

package e2e

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/term/termtest"
)

// atTerminal runs awsmint with a terminal for its stdin.
func atTerminal(t *testing.T, l *lab.Lab, args ...string) *captured {
	t.Helper()
	c := &captured{Session: termtest.Open(t), cmd: l.Command(t.Context(), l.Binary, args...)}
	fd, err := unix.Dup(c.TTY())
	if err != nil {
		t.Fatal(err)
	}
	tty := os.NewFile(uintptr(fd), "tty")
	t.Cleanup(func() { _ = tty.Close() })
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = tty, &c.stdout, &c.stderr
	c.Lead(c.cmd)
	return c
}

// The edit is shown on the terminal, and only a yes does it.
func TestImportIsConfirmed(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	alice := l.AWS.AddUser("alice")
	plainText(t, l, alice)
	before := textOf(t, l.ConfigFile()) + textOf(t, credentialsFile(l))

	c := capture(t, l, l.Binary, "import", "work")
	c.Expect("work: the key")
	c.Expect("+credential_process = ")
	c.Expect("-aws_secret_access_key = ")
	c.Expect("Do this? [y/N]")
	c.Type("n\n")
	failed(t, c.result(t), 3, "cancelled: nothing was changed")
	if strings.Contains(c.Screen(), alice.SecretAccessKey) {
		t.Error("the secret shows")
	}
	if after := textOf(t, l.ConfigFile()) + textOf(t, credentialsFile(l)); after != before || storesKey(t, l, alice) {
		t.Errorf("something was changed:\n%s", after)
	}

	c = capture(t, l, l.Binary, "import", "work")
	c.Expect("Do this? [y/N]")
	c.Type("y\n")
	if r := c.result(t); r.Err != nil || !strings.Contains(r.Stdout, "profile: work in ") || strings.Contains(r.Stdout, "aws_secret_access_key") {
		t.Errorf("%d %s%s", r.Status, r.Stdout, r.Stderr)
	}
	if !storesKey(t, l, alice) || strings.Contains(textOf(t, credentialsFile(l)), alice.SecretAccessKey) {
		t.Error("the key was not imported")
	}
}

// A paste on the terminal does not show, and is asked about like any other.
func TestPasteOnTheTerminal(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	alice := l.AWS.AddUser("alice")
	c := atTerminal(t, l, "import", "work", "--paste")
	c.Expect("Paste the key")
	c.Type("export AWS_ACCESS_KEY_ID=\"" + alice.AccessKeyID + "\"\nexport AWS_SECRET_ACCESS_KEY=\"" + alice.SecretAccessKey + "\"\n\n")
	c.Expect("Do this? [y/N]")
	c.Type("y\n")
	if r := c.result(t); r.Err != nil {
		t.Fatalf("%d %s", r.Status, r.Stderr)
	}
	if strings.Contains(c.Screen(), alice.SecretAccessKey) {
		t.Error("the secret shows")
	}
	if !c.Echoes() {
		t.Error("the terminal was left without echo")
	}
	if !storesKey(t, l, alice) {
		t.Error("the key is not stored")
	}

	c = atTerminal(t, l, "import", "other", "--paste")
	c.Expect("Paste the key")
	c.Type("\x03")
	failed(t, c.result(t), 3, "cancelled: nothing was changed")
}

// Nothing that an import writes, logs or says holds a secret, once the plain
// text is gone.
func TestImportLeavesNothingSecret(t *testing.T) {
	t.Parallel()
	l, alice := withKey(t, true)
	var said bytes.Buffer
	text := session(t, l, "work")
	held := succeeded(t, l.Run("", "process", "work"))
	plainText(t, l, alice)
	for _, run := range []lab.Result{
		l.Run("", "import", "work", "--dry-run"), l.Run("", "import", "work"),
		l.Run("", "import", "work", "--yes"), l.Run(text, "import", "pasted", "--paste", "--yes"),
		l.Run(strings.ReplaceAll(text, "ASIA", "AKIA"), "import", "third", "--paste", "--yes"),
	} {
		said.WriteString(run.Stdout + run.Stderr)
	}
	if err := os.WriteFile(l.Dir+"/said", said.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	sweep(t, l, map[string]string{
		"the key's secret": alice.SecretAccessKey, "the session's secret": held.SecretAccessKey, "the token": held.SessionToken,
	}, 6)
}
