//go:build unix

package term

import (
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
	xterm "golang.org/x/term"

	"github.com/awsmint/awsmint/internal/term/termtest"
)

// wantOutcome waits for the asker's end and compares what it said.
func wantOutcome(t *testing.T, s *termtest.Session, a *asker, want ...string) {
	t.Helper()
	if event := s.Event(); event != "exited 0" {
		t.Fatalf("the asker %s; stderr %q", event, a.stderr.String())
	}
	s.Close()
	got := strings.Split(strings.TrimSuffix(a.stdout.String(), "\n"), "\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("outcome (-want +got):\n%s\nscreen:\n%s", diff, s.Screen())
	}
	if a.stderr.Len() > 0 {
		t.Errorf("stderr: %q", a.stderr.String())
	}
	rest, err := io.ReadAll(a.stdin)
	if err != nil || string(rest) != stdinData {
		t.Errorf("left in stdin: %q, %v; want all of it", rest, err)
	}
}

func TestPromptShowsThoughAllStreamsAreCaptured(t *testing.T) {
	s, a := termtest.Open(t), newAsker(t, "secret", "line", "print")
	before := s.Modes()
	s.Start(a.Cmd, false)
	s.Started()
	s.Expect("Secret: ")
	if s.Echoes() {
		t.Error("the terminal echoes at a secret prompt")
	}
	s.Type("hunter2\n")
	s.Expect("\n")
	s.Expect("Line: ")
	if !s.Echoes() {
		t.Error("the terminal does not echo at an open prompt")
	}
	s.Type("eu-west-1\n")
	s.Expect("eu-west-1\r\n")
	s.Expect("touch\uFFFD[2J your key\r\n")
	if diff := cmp.Diff(before, s.Modes()); diff != "" {
		t.Errorf("modes changed:\n%s", diff)
	}
	wantOutcome(t, s, a, `secret: "hunter2"`, `line: "eu-west-1"`, `print: ""`)
	if strings.Contains(s.Screen(), "hunter2") {
		t.Errorf("the secret shows: %q", s.Screen())
	}
}

func TestEveryWayOutRestoresTheTerminal(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(s *termtest.Session, pid int)
		want string
	}{
		{"Ctrl-C", func(s *termtest.Session, _ int) { s.Type("\x03") }, "cancelled"},
		{"Ctrl-D", func(s *termtest.Session, _ int) { s.Type("\x04") }, "cancelled"},
		{"Ctrl-D twice after some keys", func(s *termtest.Session, _ int) { s.Type("abc\x04\x04") }, "cancelled"},
		{"SIGINT", func(_ *termtest.Session, pid int) { _ = unix.Kill(pid, unix.SIGINT) }, "cancelled"},
		{"SIGTERM", func(_ *termtest.Session, pid int) { _ = unix.Kill(pid, unix.SIGTERM) }, "cancelled"},
		{"SIGHUP", func(_ *termtest.Session, pid int) { _ = unix.Kill(pid, unix.SIGHUP) }, "cancelled"},
		{"end of the context", func(_ *termtest.Session, pid int) { _ = unix.Kill(pid, unix.SIGUSR1) }, "cancelled, context canceled"},
		{"too long an answer", func(s *termtest.Session, _ int) { s.Type(strings.Repeat("x", maxLine+1) + "\n") }, "too long"},
		{"the longest answer", func(s *termtest.Session, _ int) { s.Type(strings.Repeat("x", maxLine) + "\n") }, `"` + strings.Repeat("x", maxLine) + `"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, a := termtest.Open(t), newAsker(t, "secret")
			before := s.Modes()
			s.Start(a.Cmd, false)
			pid := s.Started()
			s.Expect("Secret: ")
			c.end(s, pid)
			s.Expect("\n") // the shell's prompt gets a line of its own
			wantOutcomeWith(t, s, a, before, "secret: "+c.want)
		})
	}
}

// wantOutcomeWith is wantOutcome and a look at the terminal's modes.
func wantOutcomeWith(t *testing.T, s *termtest.Session, a *asker, modes unix.Termios, want ...string) {
	t.Helper()
	if event := s.Event(); event != "exited 0" {
		t.Fatalf("the asker %s; stderr %q", event, a.stderr.String())
	}
	if diff := cmp.Diff(modes, s.Modes()); diff != "" {
		t.Errorf("modes changed:\n%s", diff)
	}
	s.Close()
	if diff := cmp.Diff(strings.Join(want, "\n")+"\n", a.stdout.String()); diff != "" {
		t.Errorf("outcome (-want +got):\n%s", diff)
	}
}

func TestRawTerminalIsUsableAndLeftRaw(t *testing.T) {
	s, a := termtest.Open(t), newAsker(t, "secret", "line")
	if _, err := xterm.MakeRaw(s.TTY()); err != nil {
		t.Fatal(err)
	}
	raw := s.Modes()
	s.Start(a.Cmd, false)
	s.Started()
	s.Expect("Secret: ")
	s.Type("abx\x7fc\r")
	s.Expect("Line: ")
	s.Type("nonsense\x15word\r")
	wantOutcomeWith(t, s, a, raw, `secret: "abc"`, `line: "word"`)
}

func TestConfirmTakesYesOnly(t *testing.T) {
	for answer, want := range map[string]string{"y": "true", "YES": "true", " yes ": "true", "": "false", "n": "false", "yy": "false", "j": "false"} {
		t.Run(answer, func(t *testing.T) {
			t.Parallel()
			s, a := termtest.Open(t), newAsker(t, "confirm")
			s.Type("y\n") // meant for something else
			s.Start(a.Cmd, false)
			s.Started()
			s.Expect("Remove it? [y/N] ")
			s.Type(answer + "\n")
			wantOutcome(t, s, a, `confirm: "`+want+`"`)
		})
	}
}

func TestTypeAheadIsNoSecret(t *testing.T) {
	s, a := termtest.Open(t), newAsker(t, "line", "secret")
	s.Type("ahead\nagain\n")
	s.Start(a.Cmd, false)
	s.Started()
	s.Expect("Secret: ")
	s.Type("secret\n")
	wantOutcome(t, s, a, `line: "ahead"`, `secret: "secret"`)
}

// A question that was given up takes no key typed later, and what was typed of
// a secret goes with it.
func TestGivenUpQuestionLeavesTheNextOneAlone(t *testing.T) {
	s, a := termtest.Open(t), newAsker(t, "secret", "line")
	s.Start(a.Cmd, false)
	pid := s.Started()
	s.Expect("Secret: ")
	s.Type("half")
	if err := unix.Kill(pid, unix.SIGUSR1); err != nil {
		t.Fatal(err)
	}
	s.Expect("Line: ")
	s.Type("whole\n")
	wantOutcome(t, s, a, "secret: cancelled, context canceled", `line: "whole"`)
}

func TestStoppedOutputDoesNotOutlastTheContext(t *testing.T) {
	s, a := termtest.Open(t), newAsker(t, "hurried", "print")
	s.Type("\x13") // Ctrl-S
	s.Start(a.Cmd, false)
	s.Started()
	wantOutcome(t, s, a, "hurried: cancelled, deadline", "print: the terminal takes no output")
}

func TestBackgroundIsNotStopped(t *testing.T) {
	s, a := termtest.Open(t), newAsker(t, "available", "secret")
	s.Start(a.Cmd, true)
	s.Started()
	wantOutcome(t, s, a, "available: background", "secret: background")
	if s.Screen() != "" {
		t.Errorf("the background wrote %q", s.Screen())
	}
}

// Who asks nothing may speak from the background, but where the terminal stops
// those that do.
func TestTell(t *testing.T) {
	for _, c := range []struct {
		name             string
		background, stop bool
		screen, want     string
	}{
		{"in the foreground", false, true, "told\uFFFD[2J\r\n", `tell: ""`},
		{"in the background", true, false, "told\uFFFD[2J\r\n", `tell: ""`},
		{"in the background of stty tostop", true, true, "", "tell: background"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, a := termtest.Open(t), newAsker(t, "tell")
			if modes := s.Modes(); c.stop {
				modes.Lflag |= unix.TOSTOP
				s.SetModes(modes)
			}
			s.Start(a.Cmd, c.background)
			s.Started()
			if c.screen != "" {
				s.Expect(c.screen)
			}
			wantOutcome(t, s, a, c.want)
			if s.Screen() != c.screen {
				t.Errorf("the screen: %q", s.Screen())
			}
		})
	}
}

func TestForegroundIsAvailable(t *testing.T) {
	s, a := termtest.Open(t), newAsker(t, "available")
	s.Start(a.Cmd, false)
	s.Started()
	wantOutcome(t, s, a, `available: ""`)
}

func TestNoTerminal(t *testing.T) {
	a := newAsker(t, "available", "secret", "tell")
	a.SysProcAttr = &unix.SysProcAttr{Setsid: true}
	if err := a.Run(); err != nil {
		t.Fatal(err, a.stderr.String())
	}
	if diff := cmp.Diff("available: none\nsecret: none\ntell: none\n", a.stdout.String()); diff != "" {
		t.Errorf("outcome (-want +got):\n%s", diff)
	}
}

// Processes that ask at the same time ask one after the other, and the last
// one leaves the terminal as the first one found it.
func TestManyProcessesAskInTurn(t *testing.T) {
	const processes = 4
	s := termtest.Open(t)
	before := s.Modes()
	var stdout strings.Builder
	line := strings.Repeat(`"$0" secret & `, processes) + "wait"
	job := exec.Command("/bin/sh", "-c", line, os.Args[0])
	job.Env = append(os.Environ(), askerVariable+"=1", termtest.QuickExit)
	job.Stdout = &stdout
	s.Start(job, false)
	s.Started()
	for range processes {
		s.Expect("Secret: ")
		s.Type("x\n")
	}
	if event := s.Event(); event != "exited 0" {
		t.Fatal(event)
	}
	if diff := cmp.Diff(before, s.Modes()); diff != "" {
		t.Errorf("modes changed:\n%s", diff)
	}
	s.Close()
	if want := strings.Repeat("secret: \"x\"\n", processes); stdout.String() != want {
		t.Errorf("outcomes: %q", stdout.String())
	}
}

func TestQueueHoldsOne(t *testing.T) {
	s, a := termtest.Open(t), newAsker(t, "queue")
	s.Start(a.Cmd, false)
	s.Started()
	wantOutcome(t, s, a, `queue: ""`)
}
