//go:build unix

package provider_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/provider"
)

func TestPublishingRunsTheShell(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	for _, test := range []struct {
		name, command string
		words         []string // empty: it takes the key
	}{
		{"takes it", "cat > " + path + "; echo done", nil},
		{"does not look at it", "true", nil},
		{"fails", "echo no such project >&2; exit 3", []string{"exit status 3", "no such project"}},
		{"shows the secret", "cat >&2; exit 1", []string{"exit status 1", secret.Redacted}},
		{"is killed", "kill -9 $$", []string{"signal: killed"}},
		{"is missing", "no-such-command-at-all", []string{"exit status 127", "no-such-command-at-all"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRotator(t, false)
			_, err := r.rotate(func(rotation *provider.Rotation) {
				rotation.Publish = []string{test.command}
				rotation.Options.Environ = []string{"PATH=/usr/bin:/bin", "AWSMINT_PASSPHRASE=p"}
			})
			if test.words == nil {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			wantFault(t, err, fault.Failure, append(test.words, "publish command 1 of 1")...)
			for _, key := range r.sts.AccessKeys("alice") {
				if strings.Contains(err.Error()+fault.HintOf(err), key.Secret) {
					t.Error("the error holds a secret")
				}
			}
		})
	}
	text, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(text), `"SecretAccessKey":"`) {
		t.Errorf("the command got %q, %v", text, err)
	}
}
