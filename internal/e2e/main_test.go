//go:build unix

// Package e2e holds the end-to-end tests: the program as it is shipped, run by
// real callers, against a real keychain and an AWS that verifies what it gets.
package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/internal/term/termtest"
)

// binary is the awsmint under test, built once.
var binary string

func TestMain(m *testing.M) {
	termtest.Shell()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "awsmint-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	if binary, err = lab.Build(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// newLab is a fresh home and AWS for one test.
func newLab(t *testing.T) *lab.Lab {
	t.Helper()
	l, err := lab.New(t.TempDir(), binary)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Errorf("closing the lab: %v", err)
		}
	})
	return l
}

// withKey is a lab with the key of a user, alice, stored for the profile work.
// With the seed stored too, nobody is asked for codes.
func withKey(t *testing.T, seed bool) (*lab.Lab, *ststest.User) {
	t.Helper()
	l := newLab(t)
	alice := l.AWS.AddUser("alice")
	if err := l.Add("work", alice, seed); err != nil {
		t.Fatal(err)
	}
	return l, alice
}

// credentials is what awsmint prints.
type credentials struct {
	Version                                              int
	AccessKeyID                                          string `json:"AccessKeyId"`
	SecretAccessKey, SessionToken, Expiration, AccountID string
}

func (c credentials) expires(t *testing.T) time.Time {
	t.Helper()
	at, err := time.Parse("2006-01-02T15:04:05Z", c.Expiration)
	if err != nil {
		t.Fatalf("expiration %q: %v", c.Expiration, err)
	}
	return at
}

// succeeded checks what the contract asks of a success: one object on stdout,
// nothing on stderr, status 0.
func succeeded(t *testing.T, r lab.Result) (c credentials) {
	t.Helper()
	if r.Err != nil || r.Stderr != "" {
		t.Fatalf("status %d, %v, stderr %q", r.Status, r.Err, r.Stderr)
	}
	decoder := json.NewDecoder(strings.NewReader(r.Stdout))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&c); err != nil || decoder.More() {
		t.Fatalf("stdout is not one object: %v", err)
	}
	if c.Version != 1 || !strings.HasPrefix(c.AccessKeyID, "ASIA") || c.SecretAccessKey == "" || c.SessionToken == "" || c.Expiration == "" {
		t.Fatalf("incomplete credentials: version %d, id %q, expiration %q", c.Version, c.AccessKeyID, c.Expiration)
	}
	return c
}

// failed checks what the contract asks of a failure: nothing on stdout, the
// status, a short message that holds each of the words.
func failed(t *testing.T, r lab.Result, status int, words ...string) {
	t.Helper()
	if r.Status != status || r.Stdout != "" {
		t.Errorf("status %d, stdout %q; want status %d and no stdout; stderr %q", r.Status, r.Stdout, status, r.Stderr)
	}
	if len(r.Stderr) == 0 || len(r.Stderr) > 1024 {
		t.Errorf("%d bytes on stderr, want 1 to 1024", len(r.Stderr))
	}
	for _, word := range words {
		if !strings.Contains(r.Stderr, word) {
			t.Errorf("stderr lacks %q:\n%s", word, r.Stderr)
		}
	}
}

// need looks for a program, in the system's own folders first, and skips the
// test without it; where everything is required it fails.
func need(t *testing.T, name, pkg string) string {
	t.Helper()
	for _, dir := range []string{"/usr/bin", "/bin", "/usr/sbin", "/sbin"} {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	skip(t, fmt.Sprintf("%s is not installed (Debian: %s)", name, pkg))
	return ""
}

// skip says why a part can't run here.
func skip(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("AWSMINT_TEST_REQUIRE") == "all" {
		t.Fatal(why)
	}
	t.Skip(why)
}

func wantCalls(t *testing.T, aws *ststest.Server, action string, want int) {
	t.Helper()
	if got := aws.Calls(action); got != want {
		t.Errorf("%d %s calls, want %d", got, action, want)
	}
}
