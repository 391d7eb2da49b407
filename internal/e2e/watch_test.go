//go:build unix

package e2e

import (
	"context"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/creack/pty"

	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/internal/term/termtest"
)

// shortLife is how long credentials live where several renewals are to be seen.
const shortLife = 6 * time.Second

// watched is a lab without MFA in which credentials live a few seconds, and a
// file that is there already.
func watched(t *testing.T) (*lab.Lab, *ststest.User) {
	t.Helper()
	l, alice := withoutMFA(t)
	l.AWS.SetSessionLifetime(shortLife)
	write(t, envFile(l), "OTHER=\"kept\" # so\nexport AWS_SESSION_TOKEN='old'\n", 0o600)
	return l, alice
}

// renewedFile waits for the line that tells of a renewal, and for a program's
// sake checks that the file is whole and AWS takes what is in it.
func renewedFile(t *testing.T, l *lab.Lab, s *started, alice *ststest.User) credentials {
	t.Helper()
	s.expect(t, envFile(l)+": ")
	set := variables(t, content(t, envFile(l)))
	if set["OTHER"] != "kept" {
		t.Fatal("what was there is gone")
	}
	c := fromVariables(set)
	if got := whose(t, l, c); got != alice.ARN {
		t.Fatalf("AWS takes what is in the file for %q", got)
	}
	return c
}

// A file is renewed for as long as the run lives, a line for each renewal, and
// a signal ends it as what it is: the end.
func TestWatchRenews(t *testing.T) {
	t.Parallel()
	for name, signal := range map[string]syscall.Signal{"SIGTERM": syscall.SIGTERM, "SIGINT": syscall.SIGINT, "SIGQUIT": syscall.SIGQUIT} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, alice := watched(t)
			s := start(t, l, "export", "work", "--file", envFile(l), "--watch")
			seen := map[string]bool{}
			for len(seen) < 4 {
				seen[renewedFile(t, l, s, alice).AccessKeyID] = true
			}
			if err := s.cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if r := s.end(t); r.Err != nil || r.Stdout != "" || strings.Contains(r.Stderr, "awsmint:") || strings.Contains(r.Stderr, "\x1b") {
				t.Errorf("status %d, stdout %q, stderr %q", r.Status, r.Stdout, r.Stderr)
			}
			if fromVariables(variables(t, content(t, envFile(l)))).AccessKeyID == "" {
				t.Error("the last credentials are gone")
			}
		})
	}
}

// With --clear the file is emptied at the end.
func TestWatchClears(t *testing.T) {
	t.Parallel()
	l, alice := watched(t)
	s := start(t, l, "export", "work", "--file", envFile(l), "--watch", "--clear")
	renewedFile(t, l, s, alice)
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if r := s.end(t); r.Err != nil || !strings.HasSuffix(r.Stderr, ": emptied\n") {
		t.Errorf("status %d, stderr %q", r.Status, r.Stderr)
	}
	set := variables(t, content(t, envFile(l)))
	if set["OTHER"] != "kept" || set["AWS_SECRET_ACCESS_KEY"] != "" || set["AWS_SESSION_TOKEN"] != "" || set["AWS_ACCESS_KEY_ID"] != "" {
		t.Error("the file still has credentials, or lost what was there")
	}
}

// While AWS does not answer, that is said and the file stays; then it goes on.
func TestWatchRecovers(t *testing.T) {
	t.Parallel()
	l, alice := watched(t)
	l.AWS.SetSessionLifetime(2 * shortLife) // so that the old ones outlive a failure
	l.Set("AWSMINT_TIMEOUT", "1s")
	s := start(t, l, "export", "work", "--file", envFile(l), "--watch")
	first := renewedFile(t, l, s, alice)
	l.AWS.Inject(ststest.Fault{Action: "GetSessionToken", Status: 503, Code: "ServiceUnavailable", Message: "Service is unavailable"})
	line := s.expect(t, " left; not renewed: AWS could not answer GetSessionToken")
	if !strings.HasPrefix(line, envFile(l)+": ") {
		t.Errorf("it says %q", line)
	}
	held := content(t, envFile(l))
	s.expect(t, "; not renewed: ")
	if content(t, envFile(l)) != held {
		t.Error("the file was changed")
	}
	l.AWS.Reset()
	for {
		line := s.expect(t, envFile(l)+": ")
		if !strings.Contains(line, "not renewed") {
			break
		}
	}
	if got := fromVariables(variables(t, content(t, envFile(l)))); got == first || whose(t, l, got) != alice.ARN {
		t.Error("the file has not the new credentials")
	}
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if r := s.end(t); r.Err != nil {
		t.Errorf("status %d, stderr %q", r.Status, r.Stderr)
	}
}

// Two watchers of one file, whatever the reason, and an editor: all that each
// wrote is there.
func TestTwoWatchersOfOneFile(t *testing.T) {
	t.Parallel()
	l, alice := watched(t)
	first := start(t, l, "export", "work", "--file", envFile(l), "--watch")
	second := start(t, l, "export", "work", "--file", envFile(l), "--watch")
	for range 3 {
		renewedFile(t, l, first, alice)
		renewedFile(t, l, second, alice)
	}
	for _, s := range []*started{first, second} {
		if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if r := s.end(t); r.Err != nil || strings.Contains(r.Stderr, "not renewed") {
			t.Errorf("status %d, stderr %q", r.Status, r.Stderr)
		}
	}
	text := content(t, envFile(l))
	if strings.Count(text, "AWS_ACCESS_KEY_ID=") != 1 || !strings.HasPrefix(text, "OTHER=\"kept\" # so\n") {
		t.Error("the file has lines twice, or lost one")
	}
}

// screen is a run on a terminal of so many columns.
type screen struct {
	*termtest.Screen
	cmd      *exec.Cmd
	terminal *os.File
}

func onScreen(t *testing.T, l *lab.Lab, columns uint16, args ...string) *screen {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	s := &screen{cmd: l.Command(ctx, l.Binary, args...)}
	var err error
	if s.terminal, err = pty.StartWithSize(s.cmd, &pty.Winsize{Rows: 24, Cols: columns}); err != nil {
		t.Fatal(err)
	}
	s.Screen = termtest.Watch(s.terminal)
	t.Cleanup(func() {
		_ = s.cmd.Process.Kill()
		<-s.Done()
		_ = s.terminal.Close()
	})
	return s
}

// expect waits until a text was shown n times.
func (s *screen) expect(t *testing.T, text string, n int) {
	t.Helper()
	if !s.Await(patience, func(shown string) bool { return strings.Count(shown, text) >= n }) {
		t.Fatalf("%q did not show %d times: %q", text, n, s.Text())
	}
}

func (s *screen) typed(t *testing.T, keys string) {
	t.Helper()
	if _, err := io.WriteString(s.terminal, keys); err != nil {
		t.Fatal(err)
	}
}

// end waits for the end, and returns all that was shown.
func (s *screen) end(t *testing.T, status int) string {
	t.Helper()
	<-s.Done()
	_ = s.cmd.Wait()
	if got := s.cmd.ProcessState.ExitCode(); got != status {
		t.Errorf("status %d, want %d: %q", got, status, s.Text())
	}
	return s.Text()
}

// In a terminal the status is one line, however narrow, with the time left in
// it; Ctrl-C leaves it whole, and the next prompt of the shell below it.
func TestWatchOnATerminal(t *testing.T) {
	t.Parallel()
	const columns = 40
	l, _ := watched(t)
	s := onScreen(t, l, columns, "export", "work", "--file", ".env.local", "--watch")
	s.expect(t, "s left, until", 4)
	s.typed(t, "\x03")
	shown := s.end(t, 0)
	if strings.Count(shown, "\n") != 1 || !strings.HasSuffix(shown, "\r\n") {
		t.Errorf("not one line: %q", shown)
	}
	last := ""
	for _, line := range strings.Split(strings.TrimSuffix(shown, "\r\n"), "\r\x1b[K") {
		if n := utf8.RuneCountInString(line); n >= columns {
			t.Errorf("%d columns on a terminal of %d: %q", n, columns, line)
		}
		last = line
	}
	if !strings.HasPrefix(last, ".env.local: ") || !strings.Contains(last, "s left") {
		t.Errorf("the last line is %q", last)
	}
}

// Who is needed for a renewal is asked on a line of its own, which nothing
// writes over; not answered, it goes on with what there is.
func TestWatchAsks(t *testing.T) {
	t.Parallel()
	l, alice := withKey(t, false)
	l.AWS.SetSessionLifetime(shortLife)
	c := capture(t, l, l.Binary, "process", "work")
	c.Expect("MFA code for")
	c.Type(code(alice) + "\n")
	succeeded(t, c.result(t))

	l.Set("AWSMINT_PROMPT_TIMEOUT", "2s")
	s := onScreen(t, l, 80, "export", "work", "--file", ".env.local", "--watch")
	s.expect(t, "not renewed: ", 1)
	// Which of the two depends on how far the device's step has gone.
	if text := s.Text(); !strings.Contains(text, "\r\x1b[KMFA code for profile") && !strings.Contains(text, "\r\x1b[KThe present MFA code was used already") {
		t.Errorf("nobody was asked, or behind something else: %q", text)
	}
	s.expect(t, "expired; not renewed", 1)
	s.typed(t, "\x03")
	s.end(t, 0)
}
