//go:build linux

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/ststest"
)

// wiretap stands before the lab's AWS and keeps every secret that passes.
type wiretap struct {
	*httptest.Server
	aws http.Handler

	mu      sync.Mutex
	secrets map[string]string
}

// tap puts a wiretap before the IAM Identity Center.
func tap(t *testing.T, l *lab.Lab) *wiretap {
	t.Helper()
	w := &wiretap{aws: l.AWS.Handler(), secrets: map[string]string{}}
	w.Server = httptest.NewServer(w)
	t.Cleanup(w.Close)
	l.Set("AWS_ENDPOINT_URL_SSO", w.URL)
	l.Set("AWS_ENDPOINT_URL_SSO_OIDC", w.URL)
	return w
}

func (w *wiretap) ServeHTTP(out http.ResponseWriter, in *http.Request) {
	body, err := io.ReadAll(in.Body)
	if err != nil {
		http.Error(out, err.Error(), http.StatusBadRequest)
		return
	}
	in.Body = io.NopCloser(bytes.NewReader(body))
	answer := httptest.NewRecorder()
	w.aws.ServeHTTP(answer, in)
	w.keep(in.URL.Path, body)
	w.keep(in.URL.Path, answer.Body.Bytes())
	if u, err := url.Parse(answer.Header().Get("Location")); err == nil {
		w.note("authorization code", u.Query().Get("code"))
	}
	for name, values := range answer.Header() {
		out.Header()[name] = values
	}
	out.WriteHeader(answer.Code)
	_, _ = out.Write(answer.Body.Bytes())
}

// keep finds the secrets in a JSON object that passed.
func (w *wiretap) keep(path string, body []byte) {
	var fields struct {
		AccessToken, RefreshToken, ClientSecret, Code, CodeVerifier, DeviceCode string
		RoleCredentials                                                         struct{ SecretAccessKey, SessionToken string }
	}
	if json.Unmarshal(body, &fields) != nil {
		return
	}
	for name, value := range map[string]string{
		"access token": fields.AccessToken, "refresh token": fields.RefreshToken, "client secret": fields.ClientSecret,
		"code": fields.Code, "code verifier": fields.CodeVerifier, "device code": fields.DeviceCode,
		"secret access key": fields.RoleCredentials.SecretAccessKey, "session token": fields.RoleCredentials.SessionToken,
	} {
		w.note(name+" of "+path, value)
	}
}

func (w *wiretap) note(name, value string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, known := range w.secrets {
		if known == value {
			return
		}
	}
	if value != "" {
		w.secrets[fmt.Sprintf("%s (number %d)", name, len(w.secrets))] = value
	}
}

// Nothing of a sign-in to IAM Identity Center is left where anybody can read
// it: not in a file, not in the log, and not in the arguments or the
// environment of awsmint and of what it starts.
func TestNothingOfASignInIsLeft(t *testing.T) {
	t.Parallel()
	l, d := ssoLab(t)
	w := tap(t, l)
	var said strings.Builder
	keep := func(r lab.Result) { said.WriteString(r.Stderr) }
	spy := filepath.Join(l.Dir, "spied")
	// The browser looks at its own surroundings and at everybody's arguments.
	edit(t, filepath.Join(l.Dir, "browser"), "#!/bin/sh\n", "#!/bin/sh\ncat /proc/$$/environ /proc/[0-9]*/cmdline >> "+spy+" 2>/dev/null\n")

	// By the browser, the code being redeemed while we look.
	l.AWS.Inject(ststest.Fault{Action: "CreateToken", Times: 1, Delay: time.Second})
	s := start(t, l, "login", "dev")
	redirect := w.allow(t, d.page(t))
	follow(t, redirect, func() {
		waitFor(t, l, "CreateToken", 1)
		spyOn(t, spy, s.cmd.Process.Pid)
	})
	keep(s.end(t))

	// The token on its way to the portal, which refuses it, and its renewal.
	l.AWS.ExpireSSOAccessTokens(startURL)
	l.AWS.Reset()
	for _, action := range []string{"GetRoleCredentials", "CreateToken"} {
		l.AWS.Inject(ststest.Fault{Action: action, Times: 1, Delay: time.Second})
	}
	s = start(t, l, "process", "ops")
	for _, action := range []string{"GetRoleCredentials", "CreateToken"} {
		waitFor(t, l, action, 1)
		spyOn(t, spy, s.cmd.Process.Pid)
	}
	if r := s.end(t); r.Err != nil {
		t.Fatal(r.Stderr)
	} else {
		keep(r)
	}

	// Failures with all of it at hand.
	keep(l.Run("", "logout", "dev", "ops"))
	l.AWS.Inject(ststest.Fault{Action: "CreateToken", Times: 1, Status: 400, Code: "InvalidGrantException", Message: "Invalid grant provided"})
	s = start(t, l, "login", "dev")
	follow(t, w.allow(t, d.page(t)), func() {})
	keep(s.end(t))
	keep(signInByCode(t, l, "dev"))
	l.AWS.Inject(ststest.Fault{Action: "GetRoleCredentials", Times: 1, Status: 403, Code: "ForbiddenException", Message: "No access"})
	refused := l.Run("", "process", "ops")
	keep(refused)
	l.AWS.ExpireSSOTokens(startURL)
	ended := l.Run("", "process", "ops")
	keep(ended)
	if refused.Status != 5 || ended.Status != 3 {
		t.Errorf("status %d for a role that is refused, %d after the session's end", refused.Status, ended.Status)
	}
	for _, args := range [][]string{{"list"}, {"list", "--json"}, {"logout", "ops"}, {"process", "dev"}, {"login", "nosuch"}} {
		r := l.Run("", args...)
		keep(r)
		if args[0] != "process" {
			said.WriteString(r.Stdout)
		}
	}

	spied, err := os.ReadFile(spy)
	if err != nil || !bytes.Contains(spied, []byte("awsmint\x00login\x00dev")) || !bytes.Contains(spied, []byte("BROWSER=")) {
		t.Fatalf("the spy saw neither arguments nor environment: %v", err)
	}
	write(t, filepath.Join(l.Dir, "said"), said.String(), 0o600)
	w.mu.Lock()
	defer w.mu.Unlock()
	kinds := ""
	for name := range w.secrets {
		kinds += name + "\n"
	}
	for _, kind := range []string{"access token", "refresh token", "client secret", "authorization code", "code verifier", "device code", "secret access key", "session token"} {
		if !strings.Contains(kinds, kind) {
			t.Errorf("no %s passed the wire:\n%s", kind, kinds)
		}
	}
	// The config, the vault, entries, the log, the spy and what was said.
	sweep(t, l, w.secrets, 7)
}

// allow presses the button on the page, and returns where it leads.
func (w *wiretap) allow(t *testing.T, page string) (redirect string) {
	t.Helper()
	client := &http.Client{Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.PostForm(page, url.Values{"answer": {"allow"}})
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	return response.Header.Get("Location")
}

// follow goes where the browser is sent, and does something meanwhile.
func follow(t *testing.T, redirect string, meanwhile func()) {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- get(redirect) }()
	meanwhile()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// spyOn adds a process's arguments and environment to what was spied.
func spyOn(t *testing.T, spy string, pid int) {
	t.Helper()
	out, err := os.OpenFile(spy, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	for _, name := range []string{"cmdline", "environ"} {
		data, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, name))
		if err != nil || len(data) == 0 {
			t.Fatalf("%s of %d: %v", name, pid, err)
		}
		if _, err := out.Write(data); err != nil {
			t.Fatal(err)
		}
	}
}
