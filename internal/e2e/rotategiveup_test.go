//go:build unix

package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/ststest"
)

// journal is how list shows the rotation of the only profile.
func journal(t *testing.T, l *lab.Lab) string {
	t.Helper()
	var rows []struct {
		Rotation string `json:"rotation"`
	}
	r := l.Run("", "list", "--json")
	if err := json.Unmarshal([]byte(r.Stdout), &rows); err != nil || len(rows) != 1 {
		t.Fatalf("list: %v: %q", err, r.Stdout)
	}
	return rows[0].Rotation
}

// Another key is not stored over the journal of a rotation, which may hold the
// only copy of a secret: who has nobody to ask is told before, not afterwards.
func TestNoKeyIsStoredOverAnUnfinishedRotation(t *testing.T) {
	t.Parallel()
	l, alice, pending := stopped(t)
	stands, bob := journal(t, l), l.AWS.AddUser("bob")
	csv := filepath.Join(l.Home, "keys.csv")
	if err := os.WriteFile(csv, []byte("Access key ID,Secret access key\n"+bob.AccessKeyID+","+bob.SecretAccessKey+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"add", "work", "--stdin", "--force"},
		{"add", "work", "--stdin", "--force", "--no-verify"},
		{"add", "work", "--stdin"},
		{"import", "work", "--csv", csv, "--force", "--yes"},
		{"import", "work", "--csv", csv, "--yes"},
		{"import", "work", "--csv", csv, "--force", "--dry-run"},
	} {
		asked := l.AWS.Calls("")
		failed(t, l.Run(lab.KeyJSON(bob, true), args...), 1, "the rotation of the key "+lastFour(alice.AccessKeyID)+` of profile "work" is not finished`,
			"the new key "+lastFour(pending.ID)+" is stored, "+lastFour(alice.AccessKeyID)+" is in use", "awsmint rotate work", "awsmint remove work")
		if got := journal(t, l); got != stands || got == "" {
			t.Errorf("%q: the rotation was %q and is %q", args, stands, got)
		}
		if l.AWS.Calls("") != asked {
			t.Errorf("%q: AWS was asked", args)
		}
	}
	keyWorks(t, l, "alice", "work")

	// The way out of a rotation that can't be finished.
	if r := l.Run("", "remove", "work", "--yes"); r.Err != nil {
		t.Fatal(r.Stderr)
	}
	clean(t, l.Run(lab.KeyJSON(bob, true), "add", "work", "--stdin"))
	oneKey(t, l, "bob", "", "work")
}

// Where a person types the key, the person is asked.
func TestWhoTypesAKeyMayGiveARotationUp(t *testing.T) {
	t.Parallel()
	l, alice, pending := stopped(t)
	stands, bob := journal(t, l), l.AWS.AddUser("bob")
	typed := func(answer string) lab.Result {
		c := capture(t, l, l.Binary, "add", "work", "--force", "--mfa-serial", bob.MFASerial)
		typeKey(c, bob)
		c.Expect("The rotation of the key " + lastFour(alice.AccessKeyID) + ` of profile "work" is not finished: the new key ` + lastFour(pending.ID) + " is stored")
		c.Expect("Give it up for the key " + lastFour(bob.AccessKeyID) + "? [y/N] ")
		c.Type(answer)
		return c.result(t)
	}
	failed(t, typed("\n"), 3, "nothing was changed", "awsmint rotate work")
	if got := journal(t, l); got != stands {
		t.Errorf("the rotation was %q and is %q", stands, got)
	}
	r := typed("y\n")
	if r.Err != nil || !strings.Contains(r.Stderr, "is given up, which stood so: the new key "+lastFour(pending.ID)+" is stored") {
		t.Errorf("status %d, stderr %q", r.Status, r.Stderr)
	}
	if got := journal(t, l); got != "" {
		t.Errorf("there is a rotation yet: %q", got)
	}
}

// typeKey answers the questions for a user's key.
func typeKey(c *captured, u *ststest.User) {
	c.Expect("Access key id: ")
	c.Type(u.AccessKeyID + "\n")
	c.Expect("Secret access key (hidden): ")
	c.Type(u.SecretAccessKey + "\n")
}

// A key that a rotation put into the keychain while somebody was being asked
// is there and nowhere else: nothing takes its place, or it out, unseen.
func TestAKeyThatCameDuringAQuestionStays(t *testing.T) {
	t.Parallel()
	const meanwhile = `another run changed the key of profile "work" in the keychain meanwhile`
	t.Run("remove", func(t *testing.T) {
		t.Parallel()
		l, alice := withoutMFA(t)
		c := capture(t, l, l.Binary, "remove", "work")
		c.Expect("Remove the key " + lastFour(alice.AccessKeyID))
		rotated(t, l.Run("", "rotate", "work"))
		c.Type("y\n")
		failed(t, c.result(t), 1, meanwhile, "awsmint list")
		oneKey(t, l, "alice", alice.AccessKeyID, "work")
	})
	t.Run("add", func(t *testing.T) {
		t.Parallel()
		l, alice := withoutMFA(t)
		bob := l.AWS.AddUser("bob")
		c := capture(t, l, l.Binary, "add", "work", "--force", "--mfa-serial", bob.MFASerial)
		c.Expect("Access key id: ")
		c.Type(bob.AccessKeyID + "\n")
		c.Expect("Secret access key (hidden): ")
		rotated(t, l.Run("", "rotate", "work"))
		c.Type(bob.SecretAccessKey + "\n")
		failed(t, c.result(t), 1, meanwhile, "awsmint list")
		oneKey(t, l, "alice", alice.AccessKeyID, "work")
	})
}
