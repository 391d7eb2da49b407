//go:build unix

package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/lab"
)

// The commands get the new key as JSON once it works, and may use the profile
// themselves. One that fails leaves both keys valid, and the next run goes on
// with it and not with those that have taken the key.
func TestRotatePublishes(t *testing.T) {
	t.Parallel()
	l, alice := withoutMFA(t)
	first, second, flag := filepath.Join(l.Dir, "first"), filepath.Join(l.Dir, "second"), filepath.Join(l.Dir, "ready")
	edit(t, l.ConfigFile(), "[profile work]", "[profile work]\nawsmint_publish = cat >> "+first)
	use := "export '" + passphraseSetting(t) + "'; awsmint process work >" + second + ".session || exit 4; "
	command := use + "test -e " + flag + " || { cat >&2; echo not yet >&2; exit 3; }; cat > " + second

	r := l.Run("", "rotate", "work", "--publish", command)
	pending := otherKey(t, l, alice)
	if strings.Contains(r.Stderr, pending.Secret) {
		t.Error("the secret is shown")
	}
	if r.Status != 1 || r.Stdout != "" {
		t.Errorf("status %d, stdout %q", r.Status, r.Stdout)
	}
	for _, words := range []string{
		"publish command 1 has taken the new key " + lastFour(pending.ID), "publish command 2 of 2 did not take the new key: exit status 3",
		"the new key " + lastFour(pending.ID) + " is stored, " + lastFour(alice.AccessKeyID) + " is in use as before, and both are valid", "awsmint rotate work, with the same --publish if one was given",
	} {
		if !strings.Contains(r.Stderr, words) {
			t.Errorf("stderr lacks %q:\n%s", words, r.Stderr)
		}
	}
	for _, key := range l.AWS.AccessKeys("alice") {
		if !key.Active {
			t.Errorf("key %s is inactive", key.ID)
		}
	}
	if list := l.Run("", "list"); !strings.Contains(list.Stdout, "the rotation of its key is not finished: the new key "+lastFour(pending.ID)) {
		t.Errorf("list:\n%s", list.Stdout)
	}

	write(t, flag, "", 0o600)
	rotated(t, l.Run("", "rotate", "work", "--publish", command, "--older-than", "90d"))
	oneKey(t, l, "alice", alice.AccessKeyID, "work")
	for _, path := range []string{first, second} {
		var got struct {
			Version                                                                     int
			Profile, AccessKeyID, SecretAccessKey, PreviousAccessKeyID, Arn, CreateDate string
		}
		text := content(t, path)
		if err := json.Unmarshal([]byte(text), &got); err != nil || strings.Count(text, "\n") != 1 {
			t.Fatalf("%s: %v", path, err)
		}
		if got.Version != 1 || got.Profile != "work" || got.AccessKeyID != pending.ID || got.SecretAccessKey != pending.Secret || got.PreviousAccessKeyID != alice.AccessKeyID || got.Arn != alice.ARN {
			t.Errorf("%s: it got another key", path)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(second + ".session"); err != nil {
		t.Fatal(err)
	}
	sweep(t, l, map[string]string{"the old secret": alice.SecretAccessKey, "the new secret": pending.Secret, "the passphrase": lab.Passphrase}, 4)
}
