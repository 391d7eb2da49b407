//go:build unix

package child_test

import (
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/awsmint/awsmint/internal/term/termtest"
)

// Ctrl-C reaches the command from the terminal, once.
func TestKeysReachTheCommandOnce(t *testing.T) {
	both(t, func(t *testing.T, how string) {
		f := newFamily(t, how)
		s, pid := f.job(t, false)
		for key, name := range map[string]string{"\x03": "SIGINT", "\x1c": "SIGQUIT"} {
			s.Type(key)
			f.wantLines(t, name)
			// What awsmint might add would come before this.
			kill(t, pid, unix.SIGUSR1)
			f.wantLines(t, "SIGUSR1")
		}
		_ = f.stdin.Close()
		if event := s.Event(); event != "exited 9" {
			t.Error(event)
		}
	})
}

func TestKillReachesACommandInTheBackground(t *testing.T) {
	f := newFamily(t, "Run")
	s, pid := f.job(t, true)
	kill(t, pid, unix.SIGINT)
	f.wantLines(t, "SIGINT")
	kill(t, pid, unix.SIGTERM)
	f.wantLines(t, "SIGTERM")
	_ = f.stdin.Close()
	if event := s.Event(); event != "exited 9" {
		t.Error(event)
	}
}

func TestCtrlZStopsBothAndFgContinuesBoth(t *testing.T) {
	both(t, func(t *testing.T, how string) {
		f := newFamily(t, how)
		s, pid := f.job(t, false)
		for range 5 {
			s.Type("\x1a")
			if event := s.Event(); event != "stopped" {
				t.Fatal(event)
			}
			wantStopped(t, pid, f.child)
			s.Command("fg")
			f.wantLines(t, "SIGCONT")
			f.passOn(t, pid)
			f.say(t, "here")
			if line := f.nextButSIGCONT(t); line != "here" {
				t.Fatalf("the child says %q", line)
			}
		}
		_ = f.stdin.Close()
		if event := s.Event(); event != "exited 9" {
			t.Error(event)
		}
	})
}

// An editor reads Ctrl-Z as a key and stops itself alone.
func TestCommandThatStopsItself(t *testing.T) {
	for place, background := range map[string]bool{"in the foreground": false, "in the background": true} {
		t.Run(place, func(t *testing.T) {
			both(t, func(t *testing.T, how string) {
				f := newFamily(t, how)
				s, pid := f.job(t, background)
				for range 2 {
					f.say(t, "stop")
					if event := s.Event(); event != "stopped" {
						t.Fatal(event)
					}
					wantStopped(t, pid, f.child)
					s.Command("fg")
					f.wantLines(t, "SIGCONT")
					f.passOn(t, pid)
				}
				_ = f.stdin.Close()
				if event := s.Event(); event != "exited 9" {
					t.Error(event)
				}
			})
		})
	}
}

// passOn waits until awsmint, too, has told the child to continue: the shell
// told both. Of two signals at once, awsmint may get the second one first, but
// not of three.
func (f *family) passOn(t *testing.T, pid int) {
	t.Helper()
	for range 2 {
		kill(t, pid, unix.SIGUSR1)
		if line := f.nextButSIGCONT(t); line != "SIGUSR1" {
			t.Fatalf("the child says %q", line)
		}
	}
}

// nextButSIGCONT is the child's next line that is not about being continued: of
// that it is told by two, and a busy child may say so late.
func (f *family) nextButSIGCONT(t *testing.T) (line string) {
	t.Helper()
	for line = f.next(t); line == "SIGCONT"; {
		line = f.next(t)
	}
	return line
}

// wantStopped waits until processes are stopped: the shell is told of the first.
func wantStopped(t *testing.T, pids ...int) {
	t.Helper()
	for _, pid := range pids {
		for deadline := time.Now().Add(patience); state(t, pid) != "T"; {
			if time.Now().After(deadline) {
				t.Fatalf("process %d is in state %s, not stopped", pid, state(t, pid))
			}
		}
	}
}

// The same with a person's own shell.
func TestUnderBash(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		if os.Getenv("AWSMINT_TEST_REQUIRE") == "all" {
			t.Fatal("bash is not installed")
		}
		t.Skip("bash is not installed")
	}
	both(t, func(t *testing.T, how string) {
		s := termtest.Open(t)
		job := exec.CommandContext(t.Context(), bash, "-c", `exec env PS1="ready> " "$0" --norc --noprofile -i <&3 >&3 2>&3 3>&-`, bash)
		job.Env = append(os.Environ(), "HISTFILE=/dev/null", "TERM=dumb", termtest.QuickExit)
		s.Lead(job)
		s.Expect("ready> ")
		run := parentVariable + "=" + how + " " + os.Args[0] + " "

		s.Type(run + "sh -c 'echo begun $((40+2)) $$; exec cat'\n")
		s.Expect("begun 42 ")
		s.Type("one\n")
		s.Expect("one\r\none\r\n")
		s.Type("\x1a")
		s.Expect("Stopped")
		s.Expect("ready> ")
		pid, err := strconv.Atoi(regexp.MustCompile(`begun 42 (\d+)`).FindStringSubmatch(s.Screen())[1])
		if err != nil {
			t.Fatal(err)
		}
		wantStopped(t, pid) // the shell knows of awsmint alone
		s.Type("fg\n")
		s.Expect("cat'\r\n")
		s.Type("two\n")
		s.Expect("two\r\ntwo\r\n")
		s.Type("\x03")
		s.Expect("ready> ")
		s.Type("echo status $?\n")
		s.Expect("status 130\r\n")

		// A shell inside makes a group of its own, which leads the terminal.
		s.Type("PS1='inner> ' " + run + bash + " --norc --noprofile -i\n")
		s.Expect("inner> ")
		s.Type("suspend\n")
		s.Expect("Stopped")
		s.Expect("ready> ")
		s.Type("fg\n")
		s.Expect("-i\r\n")
		s.Type("echo back\n")
		s.Expect("\nback\r\n")
		s.Type("exit 7\n")
		s.Expect("ready> ")
		s.Type("echo status $?\n")
		s.Expect("status 7\r\n")
		s.Type("exit 5\n")
		_ = job.Wait()
		if job.ProcessState.ExitCode() != 5 {
			t.Errorf("%v; the screen:\n%s", job.ProcessState, strings.TrimSpace(s.Screen()))
		}
	})
}
