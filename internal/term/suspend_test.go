//go:build unix

package term

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/awsmint/awsmint/internal/term/termtest"
)

func TestCtrlZAtASecretPrompt(t *testing.T) {
	t.Run("then fg asks again without echo", func(t *testing.T) {
		t.Parallel()
		s, a, before := suspended(t)
		s.Command("fg")
		s.Expect("Secret: ")
		if s.Echoes() {
			t.Error("the terminal echoes after fg")
		}
		s.Type("hunter2\n")
		wantOutcomeWith(t, s, a, before, `secret: "hunter2"`)
		if strings.Contains(s.Screen(), "hunter2") {
			t.Errorf("the secret shows: %q", s.Screen())
		}
	})
	t.Run("then bg gives up", func(t *testing.T) {
		t.Parallel()
		s, a, before := suspended(t)
		s.Command("bg")
		wantOutcomeWith(t, s, a, before, "secret: background")
	})
}

// A stop that no key asked for leaves no time to restore the modes; shells
// set their own then. What counts is that the question comes back hidden.
func TestStoppedAtASecretPrompt(t *testing.T) {
	s, a := termtest.Open(t), newAsker(t, "secret")
	before := s.Modes()
	s.Start(a.Cmd, false)
	pid := s.Started()
	s.Expect("Secret: ")
	if err := unix.Kill(pid, unix.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if event := s.Event(); event != "stopped" {
		t.Fatalf("SIGSTOP: the asker %s", event)
	}
	s.SetModes(before)
	s.Command("fg")
	s.Expect("Secret: ")
	if s.Echoes() {
		t.Error("the terminal echoes after fg")
	}
	s.Type("hunter2\n")
	wantOutcomeWith(t, s, a, before, `secret: "hunter2"`)
}

// In a process group that no shell looks after, Ctrl-Z stops nothing: nobody
// could continue it.
func TestCtrlZWithoutAShell(t *testing.T) {
	s, a := termtest.Open(t), newAsker(t, "secret")
	s.Lead(a.Cmd)
	s.Expect("Secret: ")
	s.Type("half\x1a")
	s.Expect("Secret: ")
	s.Type("whole\n")
	if err := a.Wait(); err != nil {
		t.Fatal(err, a.stderr.String())
	}
	if diff := cmp.Diff("secret: \"whole\"\n", a.stdout.String()); diff != "" {
		t.Errorf("outcome (-want +got):\n%s", diff)
	}
}

// suspended is an asker that was stopped by Ctrl-Z at its prompt.
func suspended(t *testing.T) (*termtest.Session, *asker, unix.Termios) {
	t.Helper()
	s, a := termtest.Open(t), newAsker(t, "secret")
	before := s.Modes()
	s.Start(a.Cmd, false)
	s.Started()
	s.Expect("Secret: ")
	s.Type("half\x1a")
	if event := s.Event(); event != "stopped" {
		t.Fatalf("Ctrl-Z: the asker %s", event)
	}
	if diff := cmp.Diff(before, s.Modes()); diff != "" {
		t.Errorf("modes in the shell:\n%s", diff)
	}
	return s, a, before
}
