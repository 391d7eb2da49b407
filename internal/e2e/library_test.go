//go:build unix

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/ststest"
)

// A program of another module uses the provider package, and shares cache and
// sessions with the command.
func TestLibraryAndCommandShareTheCache(t *testing.T) {
	t.Parallel()
	program := buildLibrary(t)
	l, _ := withKey(t, true)
	l.AWS.AddRole(ststest.Role{ARN: admin, RequireMFA: true})
	if r := l.Run("", "add", "prod", "--role-arn", admin, "--source-profile", "work"); r.Err != nil {
		t.Fatal(r.Stderr)
	}
	for range 2 {
		r := l.RunProgram("", program, "prod")
		if want := "arn:aws:sts::444455556666:assumed-role/Admin/alice"; r.Err != nil || strings.TrimSpace(r.Stdout) != want {
			t.Fatalf("status %d, stdout %q, stderr %q; want %q", r.Status, r.Stdout, r.Stderr, want)
		}
		succeeded(t, l.Run("", "process", "prod"))
	}
	wantCalls(t, l.AWS, "GetSessionToken", 1)
	wantCalls(t, l.AWS, "AssumeRole", 1)
}

// buildLibrary builds testdata/library as a module of its own that requires
// this one.
func buildLibrary(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for from, to := range map[string]string{
		"testdata/library/main.go":    "main.go",
		filepath.Join(root, "go.mod"): "go.mod",
		filepath.Join(root, "go.sum"): "go.sum",
	} {
		data, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if to == "go.mod" {
			text := strings.Replace(string(data), "module github.com/awsmint/awsmint\n", "module example.test/library\n", 1)
			data = []byte(text + "\nrequire github.com/awsmint/awsmint v0.0.0\nreplace github.com/awsmint/awsmint => " + root + "\n")
		}
		if err := os.WriteFile(filepath.Join(dir, to), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	program := filepath.Join(dir, "library")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Dir = dir
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-mod=mod")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}
