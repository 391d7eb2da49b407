//go:build unix

package e2e

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/internal/term/termtest"
)

// captured starts awsmint as SDKs do: all three streams are pipes, while the
// terminal it runs under is still there.
type captured struct {
	*termtest.Session
	cmd            *exec.Cmd
	stdin          *os.File // our end; what is written must stay unread
	stdinRead      *os.File
	stdout, stderr bytes.Buffer
}

func capture(t *testing.T, l *lab.Lab, name string, args ...string) *captured {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	c := &captured{Session: termtest.Open(t), cmd: l.Command(ctx, name, args...)}
	var err error
	if c.stdinRead, c.stdin, err = os.Pipe(); err != nil {
		t.Fatal(err)
	}
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = c.stdinRead, &c.stdout, &c.stderr
	c.Lead(c.cmd)
	return c
}

func (c *captured) result(t *testing.T) lab.Result {
	t.Helper()
	err := c.cmd.Wait()
	return lab.Result{Stdout: c.stdout.String(), Stderr: c.stderr.String(), Status: c.cmd.ProcessState.ExitCode(), Err: err}
}

func code(u *ststest.User) string { return u.Code(time.Now()) }

// The prompt is seen and answered on the terminal although the caller holds
// all three streams, and what it was given on stdin is still there.
func TestPromptUnderACapturingCaller(t *testing.T) {
	t.Parallel()
	l, alice := withKey(t, false)
	c := capture(t, l, l.Binary, "process", "work")
	if _, err := c.stdin.WriteString("data for the caller"); err != nil {
		t.Fatal(err)
	}
	c.Expect(`MFA code for profile "work"`)
	c.Expect(alice.MFASerial)
	c.Type(code(alice) + "\n")
	succeeded(t, c.result(t))

	_ = c.stdin.Close()
	left, err := io.ReadAll(c.stdinRead)
	if err != nil || string(left) != "data for the caller" {
		t.Errorf("stdin holds %q, %v: awsmint read from it", left, err)
	}
	if !c.Echoes() {
		t.Error("the terminal was left without echo")
	}
}

func TestWrongCodeIsAskedAgain(t *testing.T) {
	t.Parallel()
	l, alice := withKey(t, false)
	c := capture(t, l, l.Binary, "process", "work")
	c.Expect(`MFA code for profile "work"`)
	c.Type(wrongCodes(alice, 1)[0] + "\n")
	c.Expect(`MFA code for profile "work"`)
	c.Type("not digits\n")
	c.Expect(`MFA code for profile "work"`)
	c.Type(code(alice) + "\n")
	succeeded(t, c.result(t))
	wantCalls(t, l.AWS, "GetSessionToken", 2)
}

func TestThreeWrongCodes(t *testing.T) {
	t.Parallel()
	l, alice := withKey(t, false)
	c := capture(t, l, l.Binary, "process", "work")
	for _, code := range wrongCodes(alice, 3) {
		c.Expect(`MFA code for profile "work"`)
		c.Type(code + "\n")
	}
	failed(t, c.result(t), 5, "did not accept the MFA code")
	wantCalls(t, l.AWS, "GetSessionToken", 3)
}

// wrongCodes are codes that the device shows neither now nor in the steps
// nearby.
func wrongCodes(u *ststest.User, n int) (codes []string) {
	near := map[string]bool{}
	for step := -3; step <= 3; step++ {
		near[u.Code(time.Now().Add(time.Duration(step)*30*time.Second))] = true
	}
	for i := 0; len(codes) < n; i++ {
		if candidate := fmt.Sprintf("%06d", i); !near[candidate] {
			codes = append(codes, candidate)
		}
	}
	return codes
}

// Ctrl-C ends the run at once, the terminal echoes again, and those who waited
// are not asked one after the other.
func TestCancelledPrompt(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, false)
	c := capture(t, l, l.Binary, "process", "work")
	c.Expect(`MFA code for profile "work"`)
	c.Type("\x03")
	failed(t, c.result(t), 3)
	if !c.Echoes() {
		t.Error("the terminal was left without echo")
	}

	next := capture(t, l, l.Binary, "process", "work")
	failed(t, next.result(t), 3, "awsmint login work")
	if strings.Contains(next.Screen(), "MFA code for") {
		t.Errorf("asked again at once:\n%s", next.Screen())
	}
	wantCalls(t, l.AWS, "GetSessionToken", 0)
}

func TestTerminatedPrompt(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT} {
		t.Run(signal.String(), func(t *testing.T) {
			l, _ := withKey(t, false)
			c := capture(t, l, l.Binary, "process", "work")
			c.Expect(`MFA code for profile "work"`)
			if err := c.cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if r := c.result(t); r.Err == nil || r.Stdout != "" {
				t.Errorf("status %d, stdout %q", r.Status, r.Stdout)
			}
			if !c.Echoes() {
				t.Error("the terminal was left without echo")
			}
		})
	}
}

// A prompt that nobody answers ends before the caller's own limit would kill
// its shell and leave us behind.
func TestUnansweredPrompt(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, false)
	l.Set("AWSMINT_PROMPT_TIMEOUT", "1s")
	c := capture(t, l, l.Binary, "process", "work")
	c.Expect(`MFA code for profile "work"`)
	failed(t, c.result(t), 3, "awsmint login work")
}

// In the background of its terminal awsmint is not stopped by asking: it fails
// and says what to run.
func TestBackgroundJob(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, false)
	session := termtest.Open(t)
	var stdout, stderr bytes.Buffer
	job := l.Command(context.Background(), l.Binary, "process", "work")
	job.Stdout, job.Stderr = &stdout, &stderr
	session.Start(job, true)
	session.Started()
	if event := session.Event(); event != "exited 3" {
		t.Errorf("the job %s, want: exited 3", event)
	}
	session.Close()
	if stdout.Len() != 0 || !strings.Contains(stderr.String(), "awsmint login work") {
		t.Errorf("stdout %q, stderr %q", stdout.String(), stderr.String())
	}
}

// Many programs under one terminal, one code typed once.
func TestOnePromptServesAll(t *testing.T) {
	t.Parallel()
	l, alice := withKey(t, false)
	const programs = 20
	c := capture(t, l, "/bin/sh", "-c", `i=0; while [ $i -lt 20 ]; do `+l.Binary+` process work & i=$((i+1)); done; wait`)
	// In a shell without job control all are in the foreground's group.
	c.Expect(`MFA code for profile "work"`)
	c.Type(code(alice) + "\n")
	r := c.result(t)
	lines := strings.Split(strings.TrimSpace(r.Stdout), "\n")
	if len(lines) != programs || r.Stderr != "" {
		t.Fatalf("%d answers, stderr %q", len(lines), r.Stderr)
	}
	for _, line := range lines {
		if line != lines[0] {
			t.Fatal("two programs got different credentials")
		}
	}
	if asked := strings.Count(c.Screen(), "MFA code for"); asked != 1 {
		t.Errorf("asked %d times:\n%s", asked, c.Screen())
	}
	wantCalls(t, l.AWS, "GetSessionToken", 1)
}

// Without a terminal but on a display, a dialog asks. (A real one, with real
// keys typed into it, is tested in internal/mfa.)
func TestDialogWhereThereIsNoTerminal(t *testing.T) {
	t.Parallel()
	l, alice := withKey(t, false)
	bin := t.TempDir()
	script := "#!/bin/sh\necho \"$@\" > " + filepath.Join(l.Dir, "asked") + "\necho " + code(alice) + "\n"
	writeProgram(t, filepath.Join(bin, "zenity"), script)
	l.Set("PATH", bin+":/usr/bin:/bin")
	l.Set("DISPLAY", ":99")
	succeeded(t, l.Run("", "process", "work"))
	asked, err := os.ReadFile(filepath.Join(l.Dir, "asked"))
	if err != nil || !strings.Contains(string(asked), `MFA code for profile "work"`) || !strings.Contains(string(asked), alice.MFASerial) {
		t.Errorf("the dialog said %q, %v", asked, err)
	}
	// Where questions are forbidden there is no dialog either.
	if r := l.Run("", "logout", "work"); r.Err != nil {
		t.Fatal(r.Stderr)
	}
	failed(t, l.Run("", "process", "work", "--no-input"), 3, "awsmint login work")
}
