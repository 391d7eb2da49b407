//go:build unix

package child_test

import (
	"io"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/awsmint/awsmint/internal/child"
)

func TestCommandTakesWordsAsTheyAre(t *testing.T) {
	out, err := child.Command(t.Context(), "printf", []string{"%s|", "a b", "$HOME", "*"}, []string{"PATH=/usr/bin:/bin"}).Output()
	if err != nil || string(out) != "a b|$HOME|*|" {
		t.Errorf("%q, %v", out, err)
	}
	out, err = child.Command(t.Context(), "env", nil, []string{"AWSMINT_PASSPHRASE=s", "KEPT=1"}).Output()
	if err != nil || string(out) != "KEPT=1\n" {
		t.Errorf("%q, %v", out, err)
	}
}

// In a session of its own a program has no terminal, and leads a group.
func TestDetach(t *testing.T) {
	cmd := child.Command(t.Context(), "cat", nil, nil)
	child.Detach(cmd)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if session, err := unix.Getsid(cmd.Process.Pid); err != nil || session != cmd.Process.Pid {
		t.Errorf("process %d is in session %d, %v", cmd.Process.Pid, session, err)
	}
	_ = stdin.Close()
	_, _ = io.Copy(io.Discard, stdout)
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}
