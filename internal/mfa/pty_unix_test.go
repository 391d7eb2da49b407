//go:build unix

package mfa

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/awsmint/awsmint/internal/term/termtest"
)

// askerVariable makes the test binary a program that wants one code, at the
// terminal or by the command that is its argument, and says what it got.
// SIGUSR1 ends its context.
const askerVariable = "MFA_TEST_ASKER"

func beTheShell() { termtest.Shell() }

func askAtTerminal() {
	name := os.Getenv(askerVariable)
	if name == "" {
		return
	}
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGUSR1)
	defer cancel()
	req, way := testRequest, Way(&Terminal{})
	switch name {
	case "refused":
		req.Refused = true
	case "process":
		way = &Process{Command: os.Args[1]}
		// The caller of awsmint sees Ctrl-C, and does not end by it.
		signal.Notify(make(chan os.Signal, 1), syscall.SIGINT)
	}
	code, err := way.Code(ctx, req)
	switch {
	case err == nil:
		fmt.Print(code.Way, " ", code.Digits.Reveal())
	case errors.Is(err, context.Canceled):
		fmt.Print("cancelled by the context")
	case errors.Is(err, ErrCancelled):
		fmt.Print("cancelled")
	case errors.Is(err, ErrUnavailable):
		fmt.Print("unavailable: ", err)
	default:
		fmt.Print(err)
	}
	os.Exit(0)
}

// asker is that program, with all its streams captured.
type asker struct {
	*exec.Cmd
	stdin          *os.File
	stdout, stderr strings.Builder
}

const stdinData = "999999\n" // a code, so that reading it would show

func newAsker(t *testing.T, what string, args ...string) *asker {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := write.WriteString(stdinData); err != nil {
		t.Fatal(err)
	}
	_ = write.Close()
	t.Cleanup(func() { _ = read.Close() })
	a := &asker{Cmd: exec.Command(os.Args[0], args...), stdin: read}
	a.Env = append(os.Environ(), askerVariable+"="+what, termtest.QuickExit)
	a.Stdin, a.Stdout, a.Stderr = read, &a.stdout, &a.stderr
	return a
}

func (a *asker) want(t *testing.T, s *termtest.Session, want string) {
	t.Helper()
	if event := s.Event(); event != "exited 0" {
		t.Fatalf("the asker %s; stderr %q", event, a.stderr.String())
	}
	if !s.Echoes() {
		t.Error("the terminal was left without echo")
	}
	s.Close()
	if diff := cmp.Diff(want, a.stdout.String()); diff != "" {
		t.Errorf("outcome (-want +got):\n%s\nscreen:\n%s", diff, s.Screen())
	}
	if a.stderr.Len() > 0 {
		t.Errorf("stderr: %q", a.stderr.String())
	}
	if rest, err := io.ReadAll(a.stdin); err != nil || string(rest) != stdinData {
		t.Errorf("left in stdin: %q, %v; want all of it", rest, err)
	}
}

const promptText = `MFA code for profile "work" (` + testSerial + `): `

func TestTerminalAsksForSixDigits(t *testing.T) {
	for _, c := range []struct {
		name    string
		answers []string
		want    string
	}{
		{"in one group", []string{"123456\n"}, "terminal 123456"},
		{"in two groups", []string{" 123 456 \n"}, "terminal 123456"},
		{"at the third try", []string{"12345\n", "\n", "123456\n"}, "terminal 123456"},
		{"never", []string{"12345\n", "abcdef\n", "1234567\n"}, `3 answers to the prompt for the MFA code of device "` + testSerial + `" were not six digits`},
		{"but gets Ctrl-C", []string{"12345\n", "\x03"}, "cancelled"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, a := termtest.Open(t), newAsker(t, "terminal")
			s.Type("888888\n") // typed before the prompt, for something else
			s.Start(a.Cmd, false)
			s.Started()
			for i, answer := range c.answers {
				if i > 0 {
					s.Expect(malformedNote + "\r\n")
				}
				s.Expect(promptText)
				s.Type(answer)
			}
			a.want(t, s, c.want)
			if strings.Contains(s.Screen(), "456") {
				t.Errorf("a code shows: %q", s.Screen())
			}
		})
	}
}

func TestTerminalSaysThatACodeWasRefused(t *testing.T) {
	s, a := termtest.Open(t), newAsker(t, "refused")
	s.Start(a.Cmd, false)
	s.Started()
	s.Expect(refusedNote(Request{}) + "\r\n" + promptText)
	s.Type("123456\n")
	a.want(t, s, "terminal 123456")
}

func TestTerminalOutOfReach(t *testing.T) {
	s, a := termtest.Open(t), newAsker(t, "terminal")
	s.Start(a.Cmd, true)
	s.Started()
	a.want(t, s, "unavailable: not in the terminal's foreground")

	a = newAsker(t, "terminal")
	a.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := a.Run(); err != nil || a.stdout.String() != "unavailable: no terminal" {
		t.Errorf("without a terminal: %q, %v", a.stdout.String(), err)
	}
}

// What the command says to the person is seen although every stream is
// captured, and the person's answer reaches it.
func TestProcessTalksAtTheTerminal(t *testing.T) {
	s := termtest.Open(t)
	a := newAsker(t, "process", `echo touch your key >&2; read pin; test "$pin" = 4711 && echo 123456`)
	s.Start(a.Cmd, false)
	s.Started()
	s.Expect("touch your key\r\n")
	s.Type("4711\n")
	a.want(t, s, "process 123456")
}

func TestProcessInterruptedAtTheTerminal(t *testing.T) {
	const asks = `stty -echo </dev/tty; echo asking >&2; read pin`
	t.Run("by Ctrl-C", func(t *testing.T) {
		t.Parallel()
		s, a := termtest.Open(t), newAsker(t, "process", asks)
		s.Start(a.Cmd, false)
		s.Started()
		s.Expect("asking\r\n")
		s.Type("\x03")
		a.want(t, s, "cancelled")
	})
	t.Run("by the end of the context", func(t *testing.T) {
		t.Parallel()
		s, a := termtest.Open(t), newAsker(t, "process", asks)
		s.Start(a.Cmd, false)
		pid := s.Started()
		s.Expect("asking\r\n")
		if err := syscall.Kill(pid, syscall.SIGUSR1); err != nil {
			t.Fatal(err)
		}
		a.want(t, s, "cancelled by the context")
	})
}

func TestProcessInTheBackgroundReadsNothing(t *testing.T) {
	s := termtest.Open(t)
	a := newAsker(t, "process", `echo unseen >&2; cat; echo 123456`)
	s.Start(a.Cmd, true)
	s.Started()
	a.want(t, s, "process 123456")
	if s.Screen() != "" {
		t.Errorf("the screen shows %q", s.Screen())
	}
}
