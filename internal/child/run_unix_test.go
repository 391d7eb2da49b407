//go:build unix

package child_test

import (
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/awsmint/awsmint/internal/child"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/term/termtest"
)

// The variables that make the test binary a parent, which runs its arguments by
// the function of that name and ends as awsmint would, or the child.
const (
	parentVariable = "CHILD_TEST_PARENT"
	childVariable  = "CHILD_TEST_CHILD"
)

func TestMain(m *testing.M) {
	termtest.Shell()
	how := os.Getenv(parentVariable)
	_ = os.Unsetenv(parentVariable)
	switch {
	case how != "":
		os.Exit(parentMain(how))
	case os.Getenv(childVariable) != "":
		os.Exit(childMain())
	}
	os.Exit(m.Run())
}

func parentMain(how string) int {
	run := child.Run
	if how == "Replace" {
		run = child.Replace
	}
	end, err := run(os.Args[1], os.Args[2:], os.Environ())
	if err != nil {
		fmt.Fprintf(os.Stderr, "%v\n%s\n", err, fault.HintOf(err))
		return int(fault.StatusOf(err))
	}
	if end.Signal != 0 {
		child.Die(end.Signal)
	}
	return end.Status()
}

// parent is the test binary as a parent of a command.
func parent(t *testing.T, how string, command ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], command...)
	cmd.Env = append(os.Environ(), parentVariable+"="+how, termtest.QuickExit)
	cmd.Stderr = os.Stderr
	return cmd
}

// both runs a test for each way of running a command.
func both(t *testing.T, test func(t *testing.T, how string)) {
	for _, how := range []string{"Run", "Replace"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			test(t, how)
		})
	}
}

// Whoever waits for awsmint sees how the command ended, be it by a signal
// (negative here).
func TestEnd(t *testing.T) {
	for script, want := range map[string]int{
		"exit 0": 0, "exit 1": 1, "exit 7": 7, "exit 130": 130, "exit 143": 143, "exit 255": 255,
		"kill -INT $$": -2, "kill -KILL $$": -9, "kill -TERM $$": -15,
		"kill -QUIT $$": -3, "kill -SEGV $$": -11, "kill -PIPE $$": -13, "kill -USR1 $$": -10, "kill -ALRM $$": -14,
	} {
		t.Run(script, func(t *testing.T) {
			both(t, func(t *testing.T, how string) {
				cmd := parent(t, how, "sh", "-c", script)
				_ = cmd.Run()
				got := cmd.ProcessState.ExitCode()
				status := cmd.ProcessState.Sys().(syscall.WaitStatus)
				if status.Signaled() {
					got = -int(status.Signal())
				}
				if how == "Run" && status.CoreDump() {
					t.Error("awsmint left a core file")
				}
				if got != want {
					t.Errorf("%v, want %d", cmd.ProcessState, want)
				}
			})
		})
	}
}

func TestCommandGetsArgumentsAndEnvironmentAsTheyAre(t *testing.T) {
	both(t, func(t *testing.T, how string) {
		cmd := parent(t, how, "sh", "-c", `printf '%s|' "$0" "$@" "$KEPT" "$AWSMINT_PASSPHRASE$CHILD_TEST_PARENT"`, "a b", "", "$HOME", "*", "--help")
		cmd.Env = append(cmd.Env, "KEPT=1 2", "AWSMINT_PASSPHRASE=s")
		out, err := cmd.Output()
		if want := "a b||$HOME|*|--help|1 2||"; string(out) != want || err != nil {
			t.Errorf("%q, %v, want %q", out, err, want)
		}
		// A program may look at the name that it was called by.
		if out, err := parent(t, how, "sh", "-c", "echo $0").Output(); string(out) != "sh\n" || err != nil {
			t.Errorf("%q, %v", out, err)
		}
	})
}

// Go raises the soft limit on open files for itself; it must not reach programs
// that use select(2).
func TestCommandHasTheCallersLimits(t *testing.T) {
	own, err := exec.Command("sh", "-c", "ulimit -S -n 97; ulimit -n; ulimit -H -n").Output()
	if err != nil {
		t.Fatal(err)
	}
	both(t, func(t *testing.T, how string) {
		cmd := exec.CommandContext(t.Context(), "sh", "-c", `ulimit -S -n 97; exec "$0" sh -c "ulimit -n; ulimit -H -n"`, os.Args[0])
		cmd.Env = parent(t, how).Env
		out, err := cmd.Output()
		if string(out) != string(own) || err != nil {
			t.Errorf("%q, %v, want %q", out, err, own)
		}
	})
}

// A file that the caller opened for the command is the command's.
func TestCommandInheritsOtherFiles(t *testing.T) {
	both(t, func(t *testing.T, how string) {
		read, write, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer read.Close()
		cmd := parent(t, how, "sh", "-c", "echo through >&3")
		cmd.ExtraFiles = []*os.File{write}
		err = cmd.Run()
		_ = write.Close()
		if got, _ := io.ReadAll(read); string(got) != "through\n" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
	})
}

func TestLargeStreamPassesUntouched(t *testing.T) {
	const size = 200 << 20
	both(t, func(t *testing.T, how string) {
		cmd := parent(t, how, "cat")
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
		sent, received := sha256.New(), sha256.New()
		go func() {
			defer stdin.Close()
			source := io.LimitReader(rand.NewChaCha8([32]byte{1}), size)
			_, _ = io.CopyBuffer(io.MultiWriter(stdin, sent), source, make([]byte, 1<<20))
		}()
		n, err := io.CopyBuffer(received, stdout, make([]byte, 1<<20))
		if n != size || err != nil {
			t.Errorf("%d bytes came back, %v", n, err)
		}
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
		if string(sent.Sum(nil)) != string(received.Sum(nil)) {
			t.Error("the stream was changed")
		}
	})
}

// No secret of the environment stands in anybody's arguments.
func TestSecretsStayOutOfArguments(t *testing.T) {
	both(t, func(t *testing.T, how string) {
		cmd := parent(t, how, "sh", "-c", `tr '\0' ' ' </proc/$$/cmdline; tr '\0' ' ' </proc/$PPID/cmdline`)
		if _, err := os.Stat("/proc/self/cmdline"); err != nil {
			t.Skip("there is no /proc")
		}
		cmd.Env = append(cmd.Env, "AWS_SECRET_ACCESS_KEY=hidden-hidden")
		out, err := cmd.Output()
		if err != nil || strings.Contains(string(out), "hidden-hidden") || !strings.Contains(string(out), "cmdline") {
			t.Errorf("%q, %v", out, err)
		}
	})
}
