//go:build unix

// Package termtest gives a test a real terminal: a pseudo-terminal, a session
// of processes that it controls, and a small shell with job control that
// leads the session. The program under test is the shell's job, so its
// standard streams can be pipes while the terminal is still there.
package termtest

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// patience is how long anything awaited may take: far more than it needs, so
// that a loaded machine fails no test.
const patience = 20 * time.Second

// QuickExit is an environment entry for a test binary that is run as a program:
// under the race detector it would else sleep for a second before it exits.
const QuickExit = "GORACE=atexit_sleep_ms=0"

// Session is a terminal with a shell and its one job.
type Session struct {
	t        testing.TB
	keyboard *os.File // the terminal's other side
	tty      *os.File
	events   *bufio.Reader
	commands *os.File
	end      func()

	screen *Screen
	seen   int // how much of screen was matched by Expect
}

// Open makes a terminal on which nothing runs yet, so that a test can type
// ahead.
func Open(t testing.TB) *Session {
	t.Helper()
	keyboard, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = keyboard.Close(), tty.Close() })
	return &Session{t: t, keyboard: keyboard, tty: tty, screen: Watch(keyboard)}
}

// Start runs job in the terminal's foreground, or in its background, and with
// the streams and the environment that job names. The test's main function
// must call Shell.
func (s *Session) Start(job *exec.Cmd, background bool) {
	s.t.Helper()
	eventsRead, eventsWrite := s.pipe()
	commandsRead, commandsWrite := s.pipe()
	place := "foreground"
	if background {
		place = "background"
	}
	shell := exec.Command(os.Args[0], append([]string{job.Path}, job.Args[1:]...)...)
	shell.Env = append(job.Environ(), shellVariable+"="+place, QuickExit)
	shell.Stdin, shell.Stdout, shell.Stderr = job.Stdin, job.Stdout, job.Stderr
	shell.ExtraFiles = []*os.File{s.tty, eventsWrite, commandsRead}
	shell.SysProcAttr = &unix.SysProcAttr{Setsid: true, Setctty: true, Ctty: ttyFD}
	if err := shell.Start(); err != nil {
		s.t.Fatal(err)
	}
	_, _ = eventsWrite.Close(), commandsRead.Close()
	s.events, s.commands = bufio.NewReader(eventsRead), commandsWrite
	s.end = sync.OnceFunc(func() {
		_ = commandsWrite.Close() // the shell kills its job and leaves
		_ = shell.Wait()
		_ = eventsRead.Close()
	})
	s.t.Cleanup(s.end)
}

// Lead runs job as the session's leader, without a shell, as a container or a
// remote command does it. The caller waits for the job.
func (s *Session) Lead(job *exec.Cmd) {
	s.t.Helper()
	job.ExtraFiles = []*os.File{s.tty}
	job.SysProcAttr = &unix.SysProcAttr{Setsid: true, Setctty: true, Ctty: ttyFD}
	if err := job.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = job.Process.Kill() })
}

// Close ends the session, whatever runs in it, and waits until all that the
// job wrote to its streams has arrived. The test's end does it too.
func (s *Session) Close() { s.end() }

// Event returns what happened to the job next: "started PID", "stopped",
// "exited STATUS" or "killed SIGNAL".
func (s *Session) Event() string {
	s.t.Helper()
	line := make(chan string, 1)
	go func() {
		text, _ := s.events.ReadString('\n')
		line <- strings.TrimSuffix(text, "\n")
	}()
	select {
	case text := <-line:
		return text
	case <-time.After(patience):
		s.t.Fatalf("nothing happened to the job; the screen:\n%s", s.Screen())
	}
	return ""
}

// Started returns the job's process number.
func (s *Session) Started() (pid int) {
	s.t.Helper()
	event := s.Event()
	if _, err := fmt.Sscanf(event, "started %d", &pid); err != nil {
		s.t.Fatalf("the job did not start: %q", event)
	}
	return pid
}

// Command tells the shell to continue its stopped job: "fg" or "bg".
func (s *Session) Command(name string) {
	s.t.Helper()
	if _, err := fmt.Fprintln(s.commands, name); err != nil {
		s.t.Fatal(err)
	}
}

// Type types text.
func (s *Session) Type(text string) {
	s.t.Helper()
	if _, err := s.keyboard.WriteString(text); err != nil {
		s.t.Fatal(err)
	}
}

// Keyboard is the terminal's other side, for typing more than it takes at once.
func (s *Session) Keyboard() *os.File { return s.keyboard }

// Expect waits until the screen shows text, after what was expected before.
func (s *Session) Expect(text string) {
	s.t.Helper()
	shown := s.screen.Await(patience, func(screen string) bool {
		i := strings.Index(screen[s.seen:], text)
		if i >= 0 {
			s.seen += i + len(text)
		}
		return i >= 0
	})
	if !shown {
		s.t.Fatalf("%q did not show; the screen:\n%s", text, s.Screen())
	}
}

// Screen returns everything shown so far.
func (s *Session) Screen() string { return s.screen.Text() }

// TTY returns the terminal's file number, for setting its modes.
func (s *Session) TTY() int { return int(s.tty.Fd()) }

// SetModes sets the terminal's modes, as a shell does when it takes over.
func (s *Session) SetModes(modes unix.Termios) {
	s.t.Helper()
	if err := unix.IoctlSetTermios(int(s.tty.Fd()), setModes, &modes); err != nil {
		s.t.Fatal(err)
	}
}

// Modes returns the terminal's modes.
func (s *Session) Modes() unix.Termios {
	s.t.Helper()
	modes, err := unix.IoctlGetTermios(int(s.tty.Fd()), getModes)
	if err != nil {
		s.t.Fatal(err)
	}
	return *modes
}

// Echoes reports whether the terminal shows what is typed.
func (s *Session) Echoes() bool { return s.Modes().Lflag&unix.ECHO != 0 }

func (s *Session) pipe() (read, write *os.File) {
	s.t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		s.t.Fatal(err)
	}
	return read, write
}
