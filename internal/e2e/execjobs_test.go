//go:build unix

package e2e

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/pace"
	"github.com/awsmint/awsmint/internal/term/termtest"
)

// person sits at a terminal with an interactive bash.
type person struct {
	*termtest.Session
	bash *exec.Cmd
}

func atBash(t *testing.T, l *lab.Lab) *person {
	t.Helper()
	bash := need(t, "bash", "bash")
	ctx, cancel := context.WithTimeout(context.Background(), commandLimit)
	t.Cleanup(cancel)
	p := &person{termtest.Open(t), l.Command(ctx, bash, "-c", `exec env PS1="ready> " "$0" --norc --noprofile -i <&3 >&3 2>&3 3>&-`, bash)}
	p.bash.Env = append(p.bash.Env, "HISTFILE=/dev/null", "TERM=dumb")
	p.Lead(p.bash)
	p.Expect("ready> ")
	return p
}

// run types a command line, of which the terminal shows the end.
func (p *person) run(line string) {
	p.Type(line + "\n")
	p.Expect(line[max(0, len(line)-10):] + "\r\n")
}

// wantStopped waits until a process is stopped. The shell waits for awsmint
// alone, and on a busy machine the command may read a line before it heeds the
// stop that it has been sent.
func wantStopped(t *testing.T, pid string) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; {
		stat, err := os.ReadFile("/proc/" + pid + "/stat")
		if err != nil {
			t.Log("what the process does is not known: ", err)
			return
		}
		if strings.Contains(string(stat), ") T ") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("process %s is not stopped: %s", pid, stat)
		}
	}
}

// leave ends the shell with a status.
func (p *person) leave(t *testing.T) {
	t.Helper()
	p.Type("exit 5\n")
	_ = p.bash.Wait()
	if p.bash.ProcessState.ExitCode() != 5 {
		t.Errorf("%v; the screen:\n%s", p.bash.ProcessState, strings.TrimSpace(p.Screen()))
	}
}

// The command is a job of the person's shell, as if there were no awsmint: it
// is stopped, continued and ended from the keyboard, and reads the terminal.
func TestExecUnderBash(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, flags []string) {
		t.Parallel()
		l, _ := withKey(t, true)
		p := atBash(t, l)
		run := strings.Join(execs(flags, "work"), " ")

		p.run("awsmint " + run + " sh -c 'echo begun $((40+2)) $$; exec cat'")
		p.Expect("begun 42 ")
		p.Type("one\n")
		p.Expect("one\r\none\r\n")
		pid := regexp.MustCompile(`begun 42 (\d+)`).FindStringSubmatch(p.Screen())[1]
		for range 2 {
			p.Type("\x1a")
			p.Expect("Stopped")
			p.Expect("ready> ")
			wantStopped(t, pid)
			p.run("jobs")
			p.Expect("Stopped")
			p.Expect("ready> ")
			p.Type("fg\n")
			p.Expect("cat'\r\n")
			p.Type("two\n")
			p.Expect("two\r\ntwo\r\n")
		}
		p.Type("\x03")
		p.Expect("ready> ")
		p.run("echo status $?")
		p.Expect("status 130\r\n")

		// In the background it is stopped when it reads, and fg has it read.
		p.run("awsmint " + run + " sh -c 'read line; echo read $line' &")
		p.Expect("ready> ")
		p.run("wait %1; fg")
		p.Type("three\n")
		p.Expect("read three\r\n")
		p.Expect("ready> ")

		// With the prompt of a shell inside, which has jobs of its own.
		p.run("PS1='inner> ' awsmint " + run + " bash --norc --noprofile -i")
		p.Expect("inner> ")
		p.run("echo with $AWSMINT_PROFILE")
		p.Expect("with work\r\n")
		p.Expect("inner> ")
		p.run("sh -c 'echo up $((40+3)); exec cat'")
		p.Expect("up 43\r\n")
		p.Type("\x1a")
		p.Expect("Stopped")
		p.Expect("inner> ")
		p.Type("fg\n")
		p.Expect("cat'\r\n")
		p.Type("four\n") // what it shows twice, it reads
		p.Expect("four\r\nfour\r\n")
		p.Type("\x03")
		p.Expect("inner> ")
		p.run("suspend")
		p.Expect("Stopped")
		p.Expect("ready> ")
		p.Type("fg\n")
		p.Expect("-i\r\n")
		p.run("echo again with $AWSMINT_PROFILE")
		p.Expect("again with work\r\n")
		p.run("exit 7")
		p.Expect("ready> ")
		p.run("echo status $?")
		p.Expect("status 7\r\n")
		p.leave(t)
	})
}

// A code is asked for once, on the terminal. What is typed afterwards is the
// command's, in a terminal as it was.
func TestExecAsksBeforeTheCommandRuns(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, flags []string) {
		t.Parallel()
		l, alice := withKey(t, false)
		p := atBash(t, l)
		p.run("awsmint " + strings.Join(execs(flags, "work"), " ") + " sh -c 'stty -a | grep -o -w -e -echo -e echo; exec cat'")
		p.Expect(`MFA code for profile "work"`)
		p.Type(code(alice) + "\n")
		p.Expect("\necho\r\n")
		p.Type("for the command\n")
		p.Expect("for the command\r\nfor the command\r\n")
		p.Type("\x04")
		p.Expect("ready> ")
		p.run("awsmint " + strings.Join(execs(flags, "work"), " ") + " echo without")
		p.Expect("without\r\n")
		if asked := strings.Count(p.Screen(), "MFA code for"); asked != 1 {
			t.Errorf("asked %d times:\n%s", asked, p.Screen())
		}
		p.leave(t)
		wantCalls(t, l.AWS, "GetSessionToken", 1)
	})
}

// Ctrl-C at the question runs nothing.
func TestExecCancelled(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, false)
	p := atBash(t, l)
	p.run("awsmint exec work -- echo ran $((40+2)) || echo status $?")
	p.Expect("MFA code for")
	p.Type("\x03")
	p.Expect("status 3\r\n")
	if strings.Contains(p.Screen(), "ran 42") {
		t.Errorf("the screen:\n%s", p.Screen())
	}
	p.leave(t)
}

// Whoever has to attend to a renewal is not asked on the terminal, which is the
// command's, but told once; so is each client, once there is nothing to give.
func TestExecServerLeavesTheTerminalToTheCommand(t *testing.T) {
	t.Parallel()
	l, alice := withKey(t, false)
	l.AWS.SetSessionLifetime(4 * time.Second)
	p := atBash(t, l)
	p.run("awsmint exec --server work -- sh -c 'env | grep ^AWS_CONTAINER_; echo begun $((40+2)); exec cat'")
	p.Expect("MFA code for")
	p.Type(code(alice) + "\n")
	p.Expect("begun 42\r\n")
	s := &server{variables: variables(t, strings.ReplaceAll(onlyLines(p.Screen(), "AWS_CONTAINER_"), "\r", ""))}
	ends := s.credentials(t).expires(t)
	const told = "awsmint: the credentials of profile \"work\" can't be renewed without you; run in another terminal: awsmint login work\r\n"
	p.Expect(told)
	<-time.After(time.Until(ends))
	for range 2 {
		status, body := answerOf(t, s.request(t))
		if status != http.StatusServiceUnavailable || !strings.Contains(string(body), "run: awsmint login work   (in another terminal)") {
			t.Errorf("status %d, body %q", status, body)
		}
		<-time.After(pace.LeastPause) // until then the answer is the same
	}
	p.Type("for the command\n")
	p.Expect("for the command\r\nfor the command\r\n")
	if screen := p.Screen(); strings.Count(screen, "MFA code for") != 1 || strings.Count(screen, told) != 1 || !p.Echoes() {
		t.Errorf("the screen:\n%s", screen)
	}
	p.Type("\x04")
	p.Expect("ready> ")
	p.leave(t)
}

// onlyLines are those that begin so.
func onlyLines(text, begin string) (lines string) {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, begin) {
			lines += line
		}
	}
	return lines
}
