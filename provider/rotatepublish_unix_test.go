//go:build unix

package provider_test

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/fault"
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
		{"fails", "echo no such project >&2; exit 3", []string{"exit status 3", "try it in a terminal"}},
		{"shows the secret", "cat >&2; exit 1", []string{"exit status 1"}},
		{"shows it in another form", "base64 >&2; exit 1", []string{"exit status 1"}},
		{"is killed", "kill -9 $$", []string{"signal: killed"}},
		{"is missing", "no-such-command-at-all", []string{"exit status 127"}},
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
				said := err.Error() + fault.HintOf(err)
				if encoded := base64.StdEncoding.EncodeToString([]byte(key.Secret)); strings.Contains(said, key.Secret) || strings.Contains(said, encoded[2:12]) || len(said) > 400 {
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
