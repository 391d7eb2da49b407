//go:build unix

package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/lab"
)

// commandLimit ends a command that hangs.
const commandLimit = time.Minute

// command is a run of awsmint, without a terminal, whose command reads its
// stdin and goes on until that ends.
type command struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stdout *bufio.Reader
	stderr strings.Builder // complete after wait
	wait   func() error
}

func begin(t *testing.T, l *lab.Lab, args ...string) *command {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), commandLimit)
	c := &command{cmd: l.Command(ctx, l.Binary, args...)}
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	c.cmd.Stderr = &c.stderr
	var err error
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.stdout = bufio.NewReader(stdout)
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c.wait = sync.OnceValue(c.cmd.Wait)
	t.Cleanup(func() {
		cancel()
		_ = c.stdin.Close()
		_ = c.wait()
	})
	return c
}

// line is what the command prints next.
func (c *command) line(t *testing.T) string {
	t.Helper()
	text, err := c.stdout.ReadString('\n')
	if err != nil {
		_ = c.wait()
		t.Fatalf("the command printed %q and then nothing: %v, stderr %q", text, err, c.stderr.String())
	}
	return strings.TrimSuffix(text, "\n")
}

func (c *command) wantLine(t *testing.T, want string) {
	t.Helper()
	if got := c.line(t); got != want {
		t.Fatalf("the command printed %q, want %q", got, want)
	}
}

func (c *command) say(t *testing.T, text string) {
	t.Helper()
	if _, err := io.WriteString(c.stdin, text+"\n"); err != nil {
		t.Fatal(err)
	}
}

// end ends the command's stdin, unless it ends by itself, and wants its status.
func (c *command) end(t *testing.T, want int) {
	t.Helper()
	_ = c.stdin.Close()
	if err := c.wait(); c.cmd.ProcessState.ExitCode() != want {
		t.Errorf("%v, want status %d; stderr %q", err, want, c.stderr.String())
	}
}

// server is an endpoint that awsmint offers to a command, seen by a client of
// the test's own.
type server struct {
	*command
	variables map[string]string // what the command has in its environment
}

// serve runs a command beside an endpoint.
func serve(t *testing.T, l *lab.Lab, profile string, flags ...string) *server {
	t.Helper()
	s := &server{begin(t, l, execs(append(flags, "--server"), profile, "/bin/sh", "-c", "env; echo; exec cat")...), map[string]string{}}
	for line := s.line(t); line != ""; line = s.line(t) {
		name, value, _ := strings.Cut(line, "=")
		s.variables[name] = value
	}
	return s
}

func (s *server) url() string   { return s.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] }
func (s *server) token() string { return s.variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] }

// request is one that SDKs make.
func (s *server) request(t *testing.T) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url(), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", s.token())
	return r
}

// answerOf does a request.
func answerOf(t *testing.T, r *http.Request) (status int, body []byte) {
	t.Helper()
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Error(err)
		return 0, nil
	}
	defer response.Body.Close()
	if body, err = io.ReadAll(response.Body); err != nil {
		t.Error(err)
	}
	return response.StatusCode, body
}

// credentials are those that the endpoint gives.
func (s *server) credentials(t *testing.T) (c credentials) {
	t.Helper()
	status, body := answerOf(t, s.request(t))
	var answer struct{ AccessKeyID, SecretAccessKey, Token, Expiration string }
	if err := json.Unmarshal(body, &answer); err != nil || status != http.StatusOK {
		t.Fatalf("status %d, %v", status, err)
	}
	return credentials{AccessKeyID: answer.AccessKeyID, SecretAccessKey: answer.SecretAccessKey, SessionToken: answer.Token, Expiration: answer.Expiration}
}

// passphraseSetting lets an awsmint inside another's command open the keychain:
// such commands get none of awsmint's secrets, and arguments, which other tests
// look through, are no place for one.
func passphraseSetting(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "passphrase")
	if err := os.WriteFile(file, []byte(lab.Passphrase), 0o600); err != nil {
		t.Fatal(err)
	}
	return "AWSMINT_PASSPHRASE_COMMAND=cat " + file
}
