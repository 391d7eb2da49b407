//go:build unix

package e2e

import (
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/ststest"
)

// Ctrl-C ends a sign-in at once, wherever it is, and leaves nothing.
func TestInterruptedSignIn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		args []string
		wait func(t *testing.T, l *lab.Lab, d *desk) (listener string)
	}{
		{"in the browser", []string{"login", "dev"}, func(t *testing.T, _ *lab.Lab, d *desk) string {
			page, err := url.Parse(d.page(t))
			if err != nil {
				t.Fatal(err)
			}
			redirect, err := url.Parse(page.Query().Get("redirect_uri"))
			if err != nil {
				t.Fatal(err)
			}
			return redirect.Host
		}},
		{"with a code", []string{"login", "--device-code", "dev"}, func(t *testing.T, l *lab.Lab, _ *desk) string {
			waitFor(t, l, "CreateToken", 1)
			return ""
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l, d := ssoLab(t)
			run := capture(t, l, l.Binary, c.args...)
			listener := c.wait(t, l, d)
			run.Type("\x03")
			asked := time.Now()
			failed(t, run.result(t), 3)
			if took := time.Since(asked); took > 5*time.Second {
				t.Errorf("it took %v to end", took)
			}
			if listener != "" {
				if conn, err := net.Dial("tcp", listener); err == nil {
					_ = conn.Close()
					t.Errorf("something listens on %s", listener)
				}
			}
			if sealed := sealedFiles(t, l); len(sealed) != 0 {
				t.Errorf("left in the cache: %q", sealed)
			}
			failed(t, l.Run("", "process", "dev"), 3, "awsmint login dev")
			// The lock is free: the next one signs in.
			signInByCode(t, l, "dev")
		})
	}
}

func sealedFiles(t *testing.T, l *lab.Lab) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(l.CacheDir())
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), ".sealed") {
			names = append(names, entry.Name())
		}
	}
	return names
}

// The signals that end a run end a sign-in too.
func TestTerminatedSignIn(t *testing.T) {
	t.Parallel()
	l, d := ssoLab(t)
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP} {
		s := start(t, l, "login", "dev")
		d.page(t)
		if err := s.cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		if r := s.end(t); r.Status != 3 || r.Stdout != "" {
			t.Errorf("%v: status %d, stdout %q, stderr %q", signal, r.Status, r.Stdout, r.Stderr)
		}
	}
}

// Logging out of one profile ends the sign-in, here and at AWS.
func TestLogoutEndsTheSignIn(t *testing.T) {
	t.Parallel()
	l, d := ssoLab(t)
	signIn(t, l, d, "dev")
	succeeded(t, l.Run("", "process", "dev"))
	r := l.Run("", "logout", "dev")
	if r.Err != nil || r.Stdout != "dev: cached credentials removed\ndev: signed out of "+startURL+"\n" || r.Stderr != "" {
		t.Errorf("status %d, stdout %q, stderr %q", r.Status, r.Stdout, r.Stderr)
	}
	if r := l.Run("", "logout", "dev"); r.Stdout != "dev: no cached credentials\n" || r.Stderr != "" {
		t.Errorf("once more: stdout %q, stderr %q", r.Stdout, r.Stderr)
	}
	if got := l.AWS.Succeeded("Logout"); got != 1 {
		t.Errorf("%d sign-outs at the portal, want 1", got)
	}
	for _, profile := range []string{"dev", "ops"} {
		failed(t, l.Run("", "process", profile), 3, "awsmint login "+profile)
	}
	if sealed := sealedFiles(t, l); len(sealed) != 0 {
		t.Errorf("left in the cache: %q", sealed)
	}
}

// Logging out works without a network, and quickly.
func TestLogoutWithoutANetwork(t *testing.T) {
	t.Parallel()
	l, d := ssoLab(t)
	signIn(t, l, d, "dev")
	l.AWS.Inject(ststest.Fault{Action: "Logout", Hang: true})
	r := l.Run("", "logout", "dev")
	if r.Err != nil || r.Took > 20*time.Second {
		t.Errorf("status %d after %v, stderr %q", r.Status, r.Took, r.Stderr)
	}
	failed(t, l.Run("", "process", "dev"), 3, "awsmint login dev")
}
