//go:build unix

package e2e

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A thousand requests at once are served by one mint.
func TestExecServerMintsOnceForAll(t *testing.T) {
	t.Parallel()
	const requests = 1000
	l, _ := withRole(t)
	s := serve(t, l, "prod")
	answers := make([]string, requests)
	var group sync.WaitGroup
	for i := range requests {
		r := s.request(t)
		group.Go(func() {
			if status, body := answerOf(t, r); status == http.StatusOK {
				answers[i] = string(body)
			}
		})
	}
	group.Wait()
	for i, answer := range answers {
		if answer == "" || answer != answers[0] {
			t.Fatalf("request %d got another answer than the first", i)
		}
	}
	s.end(t, 0)
	wantCalls(t, l.AWS, "AssumeRole", 1)
	wantCalls(t, l.AWS, "GetSessionToken", 1)
}

// Who lacks the token, or comes by another name, gets nothing, and the log has
// nothing of what it sent or missed.
func TestExecServerRefuses(t *testing.T) {
	t.Parallel()
	l, alice := withKey(t, true)
	s := serve(t, l, "work")
	const guess = "a-guess-at-the-token"
	for name, c := range map[string]struct {
		change func(*http.Request)
		status int
	}{
		"another token":  {func(r *http.Request) { r.Header.Set("Authorization", guess) }, http.StatusForbidden},
		"half the token": {func(r *http.Request) { r.Header.Set("Authorization", s.token()[:32]) }, http.StatusForbidden},
		"no token":       {func(r *http.Request) { r.Header.Del("Authorization") }, http.StatusForbidden},
		"another host":   {func(r *http.Request) { r.Host = "example.test" }, http.StatusForbidden},
		"another path":   {func(r *http.Request) { r.URL.Path = "/" }, http.StatusNotFound},
		"POST":           {func(r *http.Request) { r.Method = http.MethodPost }, http.StatusMethodNotAllowed},
	} {
		r := s.request(t)
		c.change(r)
		status, body := answerOf(t, r)
		if status != c.status || strings.Contains(string(body), "ASIA") || strings.Contains(string(body), s.token()) {
			t.Errorf("%s: status %d, want %d; body %q", name, status, c.status, body)
		}
	}
	given := s.credentials(t)
	s.end(t, 0)
	sweep(t, l, map[string]string{
		"the token": s.token(), "the guess": guess, "the path": strings.Split(s.url(), "/")[3],
		"the secret": given.SecretAccessKey, "the session's token": given.SessionToken, "alice's secret": alice.SecretAccessKey,
	}, 4)
}

// The endpoint is there for the command alone: with it awsmint ends, whatever
// the command leaves running, and no port stays open.
func TestExecServerEndsWithTheCommand(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	s := serve(t, l, "work")
	s.credentials(t)
	s.end(t, 0)
	wantClosed(t, s.url())

	// The shell leaves a process behind that holds its streams no more.
	c := begin(t, l, execs([]string{"--server"}, "work", "/bin/sh", "-c", `echo $AWS_CONTAINER_CREDENTIALS_FULL_URI; sh -c 'echo $$; exec sleep 60 <&- >&- 2>&-' & read -r line; exit 4`)...)
	address, left := c.line(t), c.line(t)
	if strings.HasPrefix(left, "http") {
		address, left = left, address
	}
	c.end(t, 4)
	wantClosed(t, address)
	end(t, left)
}

// When awsmint is killed the port is closed by the kernel; the command lives on.
func TestExecServerKilled(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	s := serve(t, l, "work")
	s.credentials(t)
	if err := s.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	// The pipe of the command is still open: it answers.
	s.say(t, "still here")
	s.wantLine(t, "still here")
	wantClosed(t, s.url())
	_ = s.stdin.Close()
	_ = s.wait()
}

// wantClosed waits until nobody listens at the URL's address.
func wantClosed(t *testing.T, address string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		t.Fatalf("%q is no URL: %v", address, err)
	}
	deadline := time.Now().Add(patience)
	for {
		connection, err := net.DialTimeout("tcp", u.Host, patience)
		switch {
		case errors.Is(err, syscall.ECONNREFUSED):
			return
		case err == nil:
			_ = connection.Close()
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s is still open: %v", u.Host, err)
		}
	}
}

// end ends a process that a command has left behind.
func end(t *testing.T, number string) {
	t.Helper()
	pid, err := strconv.Atoi(number)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Error(err)
	}
}
