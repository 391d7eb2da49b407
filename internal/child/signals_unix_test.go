//go:build unix

package child_test

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Without a terminal, nobody but awsmint can have been sent a signal.
func TestSignalsGoOnToTheCommand(t *testing.T) {
	both(t, func(t *testing.T, how string) {
		f := newFamily(t, how)
		f.alone(t)
		for _, s := range []unix.Signal{unix.SIGHUP, unix.SIGINT, unix.SIGQUIT, unix.SIGTERM, unix.SIGUSR1, unix.SIGUSR2, unix.SIGALRM, unix.SIGWINCH, unix.SIGCONT} {
			kill(t, f.Process.Pid, s)
			f.wantLines(t, unix.SignalName(s))
		}
		_ = f.stdin.Close()
		_ = f.Wait()
		if f.ProcessState.ExitCode() != leftStatus {
			t.Error(f.ProcessState)
		}
	})
}

func TestSignalThatEndsTheCommand(t *testing.T) {
	for _, s := range []unix.Signal{unix.SIGINT, unix.SIGTERM, unix.SIGHUP} {
		cmd := parent(t, "Run", "sh", "-c", "echo ready; exec cat")
		cmd.SysProcAttr = &unix.SysProcAttr{Setsid: true}
		if _, err := cmd.StdinPipe(); err != nil {
			t.Fatal(err)
		}
		stdout, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := stdout.Read(make([]byte, 64)); err != nil {
			t.Fatal(err)
		}
		kill(t, cmd.Process.Pid, s)
		_ = cmd.Wait()
		if got := cmd.ProcessState.Sys().(syscall.WaitStatus); !got.Signaled() || got.Signal() != s {
			t.Errorf("%v: %v", s, cmd.ProcessState)
		}
	}
}

// nohup, and a shell that starts a command in the background, have signals
// ignored; they stay so.
func TestIgnoredSignalsStayIgnored(t *testing.T) {
	both(t, func(t *testing.T, how string) {
		f := newFamily(t, how)
		command := f.Args
		f.Path, f.Args = shellPath(t), append([]string{"sh", "-c", `trap "" HUP INT; exec "$0" "$@"`}, command...)
		f.alone(t)
		kill(t, f.Process.Pid, unix.SIGHUP)
		kill(t, f.Process.Pid, unix.SIGINT)
		kill(t, f.child, unix.SIGHUP)
		kill(t, f.child, unix.SIGINT)
		kill(t, f.Process.Pid, unix.SIGUSR1)
		f.wantLines(t, "SIGUSR1")
		_ = f.stdin.Close()
		_ = f.Wait()
		if f.ProcessState.ExitCode() != leftStatus {
			t.Error(f.ProcessState)
		}
	})
}

// A command that something stops and continues goes on by itself where no shell
// watches.
func TestStoppedCommandWithoutATerminal(t *testing.T) {
	f := newFamily(t, "Run")
	f.alone(t)
	f.say(t, "stop")
	wantStopped(t, f.child)
	for end := time.Now().Add(300 * time.Millisecond); time.Now().Before(end); {
		if state(t, f.Process.Pid) == "T" {
			t.Fatal("awsmint has stopped, and nobody would continue it")
		}
	}
	kill(t, f.child, unix.SIGCONT)
	f.wantLines(t, "SIGCONT")
	f.say(t, "here")
	f.wantLines(t, "here")
	kill(t, f.Process.Pid, unix.SIGTERM)
	f.wantLines(t, "SIGTERM")
	_ = f.stdin.Close()
	_ = f.Wait()
	if f.ProcessState.ExitCode() != leftStatus {
		t.Error(f.ProcessState)
	}
}

// Who kills awsmint with SIGKILL has not asked for the command's death.
func TestCommandOutlivesAKilledParent(t *testing.T) {
	f := newFamily(t, "Run")
	f.alone(t)
	kill(t, f.Process.Pid, unix.SIGKILL)
	_ = f.Wait()
	kill(t, f.child, unix.SIGUSR1)
	f.wantLines(t, "SIGUSR1")
	_ = f.stdin.Close()
	_ = f.Stdout.(*os.File).Close()
	if line, more := <-f.lines; more {
		t.Errorf("the child says %q", line)
	}
}

func shellPath(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	return path
}
