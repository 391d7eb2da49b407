//go:build unix

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// jsSDK installs the client and returns its program's path.
func jsSDK(t *testing.T) (node, program string) {
	t.Helper()
	node = needOnPath(t, "node", "nodejs")
	npm := needOnPath(t, "npm", "npm")
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "jssdk"))); err != nil {
		t.Fatal(err)
	}
	install := exec.Command(npm, "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		skip(t, "the JavaScript SDK is not to be had: "+string(out))
	}
	return node, filepath.Join(dir, "main.js")
}

// needOnPath is need for what is seldom the system's own.
func needOnPath(t *testing.T, name, pkg string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		skip(t, name+" is not installed (Debian: "+pkg+")")
	}
	return path
}

func TestJavaScriptSDK(t *testing.T) {
	t.Parallel()
	node, program := jsSDK(t)

	t.Run("a session", func(t *testing.T) {
		l, alice := withKey(t, true)
		for range 2 {
			r := l.RunProgram("", node, program, "work")
			if r.Err != nil || strings.TrimSpace(r.Stdout) != alice.ARN {
				t.Fatalf("status %d, stdout %q, stderr %q", r.Status, r.Stdout, r.Stderr)
			}
		}
		wantCalls(t, l.AWS, "GetSessionToken", 1)
	})

	// The SDK runs a credential_process again when it has failed. Whoever
	// declined once is not asked by the second run.
	t.Run("declined once", func(t *testing.T) {
		l, _ := withKey(t, false)
		c := capture(t, l, node, program, "work")
		c.Expect(`MFA code for profile "work"`)
		c.Type("\x04")
		r := c.result(t)
		if r.Status != 1 || r.Stdout != "" {
			t.Errorf("status %d, stdout %q, stderr %q", r.Status, r.Stdout, r.Stderr)
		}
		if asked := strings.Count(c.Screen(), "MFA code for"); asked != 1 {
			t.Errorf("asked %d times:\n%s", asked, c.Screen())
		}
	})
}
