//go:build unix

package provider_test

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/awsmint/awsmint/internal/fault"
)

// TestPipesAreNotWaitedFor: nobody may ever write into one.
func TestPipesAreNotWaitedFor(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		mint func(t *testing.T) error
	}{
		{"a web identity's token", func(t *testing.T) error {
			w, _, _ := webRole(t)
			_, err := w.as(webConfig("web_identity_token_file = "+pipe), "ci")
			return err
		}},
		{"a container's token", func(t *testing.T) error {
			w, config := sourced(t, "EcsContainer", []string{machineRole})
			w.env[fullVariable], w.env["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = w.sts.URL()+"/x", pipe
			_, err := w.as(config, "prod")
			return err
		}},
		{"a CA bundle", func(t *testing.T) error {
			_, err := newWorld(t).mint(noMFA + "ca_bundle = " + pipe + "\n")
			return err
		}},
		{"a session policy", func(t *testing.T) error {
			_, err := roleLink(t, "role_arn = "+roleA+"\nawsmint_policy = "+pipe)
			return err
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.mint(t)
			wantFault(t, err, fault.StatusOf(err), "a pipe or a device")
		})
	}
}
