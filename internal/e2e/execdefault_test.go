//go:build unix

package e2e

import (
	"os"
	"path/filepath"
	"testing"
)

// A command that has no credentials in its environment must not find those of
// the profile "default", which may do more. An awsmint inside still finds every
// profile.
func TestExecHidesTheDefaultProfile(t *testing.T) {
	t.Parallel()
	l, _ := withRole(t)
	edit(t, l.ConfigFile(), "[profile work]", "[default]\naws_access_key_id = AKIADEFAULTDEFAULT00\naws_secret_access_key = full\n\n[profile work]")
	file := filepath.Join(t.TempDir(), ".env")
	for _, flags := range [][]string{{"--server"}, {"--env-file", file}, {"--read-only", "--env-file", file}} {
		got := environment(t, l, execs(flags, "work")...)
		if got["AWS_CONFIG_FILE"] != os.DevNull || got["AWS_SHARED_CREDENTIALS_FILE"] != os.DevNull {
			t.Errorf("%q: the command sees %q and %q", flags, got["AWS_CONFIG_FILE"], got["AWS_SHARED_CREDENTIALS_FILE"])
		}
		for _, inner := range [][]string{nil, {"--server"}} {
			nested := append([]string{"/bin/sh", "-c", `cd / && export "$0" && exec "$@"`, passphraseSetting(t), l.Binary}, execs(inner, "prod", "true")...)
			if r := l.Run("", execs(flags, "work", nested...)...); r.Err != nil {
				t.Errorf("%q inside %q: status %d, stderr %q", inner, flags, r.Status, r.Stderr)
			}
		}
	}
	if got := environment(t, l, execs(nil, "work")...); got["AWS_CONFIG_FILE"] != "" {
		t.Errorf("a command with credentials of its own sees %q", got["AWS_CONFIG_FILE"])
	}
}
