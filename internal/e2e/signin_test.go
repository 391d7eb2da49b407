//go:build unix

package e2e

import (
	"bufio"
	"bytes"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/ststest"
)

const (
	startURL   = "https://acme.awsapps.com/start"
	ssoAccount = "222233334444"
)

// ssoSection is the sso-session that the profiles name.
const ssoSection = "[sso-session acme]\nsso_start_url = " + startURL + "\nsso_region = eu-west-1\n"

// patience is how long anything awaited may take: far more than it needs.
const patience = time.Minute

// ssoLab is a lab with an IAM Identity Center, in which the profiles dev and
// ops have a role each, and with a browser that nobody sits before yet.
func ssoLab(t *testing.T) (*lab.Lab, *desk) {
	t.Helper()
	l := newLab(t)
	offerSSO(l, time.Hour)
	if err := os.MkdirAll(filepath.Dir(l.ConfigFile()), 0o700); err != nil {
		t.Fatal(err)
	}
	configure(t, l, ssoSection)
	configure(t, l, ssoProfile(l, "dev", "Dev")+ssoProfile(l, "ops", "Ops"))
	return l, newDesk(t, l)
}

// offerSSO sets up the IAM Identity Center, or changes how long its access
// tokens live from now on.
func offerSSO(l *lab.Lab, tokens time.Duration) {
	l.AWS.AddSSO(ststest.SSO{
		StartURL: startURL, Region: "eu-west-1", TokenLifetime: tokens,
		Assignments: []ststest.Assignment{{AccountID: ssoAccount, RoleName: "Dev"}, {AccountID: ssoAccount, RoleName: "Ops"}},
	})
	l.Set("AWS_ENDPOINT_URL_SSO", l.AWS.URL())
	l.Set("AWS_ENDPOINT_URL_SSO_OIDC", l.AWS.URL())
}

func ssoProfile(l *lab.Lab, name, role string) string {
	return "\n[profile " + name + "]\nregion = eu-west-1\n" + own(l, name) +
		"awsmint_sso_session = acme\nawsmint_sso_account_id = " + ssoAccount + "\nawsmint_sso_role_name = " + role + "\n"
}

// desk is where a person sits: BROWSER is a script that hands over the pages
// that it is to open.
type desk struct {
	pages  *os.File // a named pipe, a page a line
	lines  *bufio.Reader
	opened string // the file with all pages
}

func newDesk(t *testing.T, l *lab.Lab) *desk {
	t.Helper()
	fifo := filepath.Join(l.Dir, "pages")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	d := &desk{opened: filepath.Join(l.Dir, "opened")}
	var err error
	if d.pages, err = os.OpenFile(fifo, os.O_RDWR, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.pages.Close() })
	d.lines = bufio.NewReader(d.pages)
	script := filepath.Join(l.Dir, "browser")
	text := "#!/bin/sh\nprintf '%s\\n' \"$1\" >> " + d.opened + "\nprintf '%s\\n' \"$1\" > " + fifo + "\n"
	writeProgram(t, script, text)
	l.Set("BROWSER", script)
	return d
}

// page waits for the next page that is to be opened.
func (d *desk) page(t *testing.T) string {
	t.Helper()
	if err := d.pages.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	line, err := d.lines.ReadString('\n')
	if err != nil {
		t.Fatalf("no page was opened: %v", err)
	}
	return strings.TrimSpace(line)
}

// wantOpened checks how many pages were opened so far.
func (d *desk) wantOpened(t *testing.T, want int) {
	t.Helper()
	data, err := os.ReadFile(d.opened)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if got := bytes.Count(data, []byte("\n")); got != want {
		t.Errorf("%d pages were opened, want %d", got, want)
	}
}

// answer presses a button on a page, and follows the browser to awsmint's.
func answer(t *testing.T, l *lab.Lab, page string, allow bool) {
	t.Helper()
	redirect, err := l.AWS.Authorize(page, allow)
	if err != nil {
		t.Fatal(err)
	}
	if err := get(redirect); err != nil {
		t.Fatal(err)
	}
}

// get fetches a page and throws it away.
func get(page string) error {
	response, err := (&http.Client{Timeout: patience}).Get(page)
	if err != nil {
		return err
	}
	return response.Body.Close()
}

// signIn signs a profile in with the browser.
func signIn(t *testing.T, l *lab.Lab, d *desk, profile string) {
	t.Helper()
	s := start(t, l, "login", profile)
	answer(t, l, d.page(t), true)
	if r := s.end(t); r.Err != nil {
		t.Fatalf("login: status %d, stderr %q", r.Status, r.Stderr)
	}
}

// userCode is the form of the code that a device shows.
var userCode = regexp.MustCompile(`\b[A-Z]{4}-[A-Z]{4}\b`)

// signInByCode signs a profile in with a device code.
func signInByCode(t *testing.T, l *lab.Lab, profile string) lab.Result {
	t.Helper()
	s := start(t, l, "login", "--device-code", profile)
	code := userCode.FindString(s.expect(t, "shows the code"))
	if err := l.AWS.ApproveDevice(code, true); err != nil {
		t.Fatalf("%v, with the code %q", err, code)
	}
	r := s.end(t)
	if r.Err != nil {
		t.Fatalf("login: status %d, stderr %q", r.Status, r.Stderr)
	}
	return r
}

// started is a run of awsmint that goes on; what it says is read as it comes.
type started struct {
	cmd    *exec.Cmd
	lines  chan string
	stdout bytes.Buffer
	stderr strings.Builder // complete when lines is closed
	wait   func() error
}

func start(t *testing.T, l *lab.Lab, args ...string) *started {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	s := &started{cmd: l.Command(ctx, l.Binary, args...), lines: make(chan string, 100)}
	s.cmd.Stdout = &s.stdout
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // no terminal
	pipe, err := s.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.wait = sync.OnceValue(s.cmd.Wait)
	t.Cleanup(func() {
		_ = s.cmd.Process.Kill()
		_ = s.wait()
	})
	go func() {
		defer close(s.lines)
		for scanner := bufio.NewScanner(pipe); scanner.Scan(); {
			s.stderr.WriteString(scanner.Text() + "\n")
			s.lines <- scanner.Text()
		}
	}()
	return s
}

// expect waits for a line on stderr that holds the words, and returns it.
func (s *started) expect(t *testing.T, words string) string {
	t.Helper()
	for line := range s.lines {
		if strings.Contains(line, words) {
			return line
		}
	}
	t.Fatalf("it ended without %q:\n%s", words, s.stderr.String())
	return ""
}

// end waits for the run's end.
func (s *started) end(t *testing.T) lab.Result {
	t.Helper()
	for range s.lines {
	}
	err := s.wait()
	return lab.Result{Stdout: s.stdout.String(), Stderr: s.stderr.String(), Status: s.cmd.ProcessState.ExitCode(), Err: err}
}

// waitFor waits until n requests of an action have arrived.
func waitFor(t *testing.T, l *lab.Lab, action string, n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := l.AWS.WaitFor(ctx, action, n); err != nil {
		t.Fatalf("%s: %v", action, err)
	}
}
