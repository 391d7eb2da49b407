//go:build unix

package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/ststest"
)

// createdKey is what "aws iam create-access-key" prints.
func createdKey(key ststest.AccessKey, created time.Time) string {
	return fmt.Sprintf(`{"AccessKey": {"UserName": "alice", "AccessKeyId": %q, "Status": "Active", "SecretAccessKey": %q, "CreateDate": %q}}`,
		key.ID, key.Secret, created.Format("2006-01-02T15:04:05+00:00"))
}

// newbornKey is a key that AWS's services will know a while after its making.
func newbornKey(t *testing.T, l *lab.Lab, in time.Duration) ststest.AccessKey {
	t.Helper()
	key, err := l.AWS.AddAccessKey("alice")
	if err != nil {
		t.Fatal(err)
	}
	// Made inactive at once, it becomes active as slowly as a new key.
	l.AWS.DisableKey(key.ID)
	l.AWS.SetPropagation(in)
	l.AWS.EnableKey(key.ID)
	return key
}

// A key that was just made is given time, its device is found, and its day of
// birth is remembered; the secret that was piped in is not lost.
func TestAddOfANewbornKey(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	alice := l.AWS.AddUser("alice")
	key := newbornKey(t, l, 3*time.Second)
	r := l.Run(createdKey(key, time.Now().UTC()), "add", "work", "--stdin")
	if r.Err != nil || !strings.Contains(r.Stdout, "MFA:     "+alice.MFASerial+"\n") {
		t.Fatalf("status %d, stdout %q, stderr %q", r.Status, r.Stdout, r.Stderr)
	}
	if want := "awsmint: note: AWS does not know the new key " + lastFour(key.ID) + " yet; it is given 20s\n"; r.Stderr != want {
		t.Errorf("stderr %q, want %q", r.Stderr, want)
	}
	keyWorks(t, l, "alice", "work")

	clean(t, l.Run(createdKey(key, time.Now().UTC().AddDate(0, 0, -2)), "add", "again", "--stdin"))
	if list := l.Run("", "list", "--json"); strings.Count(list.Stdout, `"key_age_days": 2,`) != 1 {
		t.Errorf("list:\n%s", list.Stdout)
	}
}

// An old key that AWS does not know is told at once, and so is any other
// refusal of a new one.
func TestAddOfAKeyThatTimeDoesNotHelp(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.AWS.AddUser("alice")
	key := newbornKey(t, l, time.Hour)
	failed(t, l.Run(createdKey(key, time.Now().UTC().AddDate(0, 0, -2)), "add", "work", "--stdin"), 5, "does not know the access key "+lastFour(key.ID))
	failed(t, l.Run(fmt.Sprintf(`{"AccessKeyId": %q, "SecretAccessKey": %q}`, key.ID, key.Secret), "add", "work", "--stdin"), 5, "does not know the access key")
	wantCalls(t, l.AWS, "GetCallerIdentity", 2)
	r := l.Run(createdKey(key, time.Now().UTC()), "add", "work", "--stdin")
	if r.Status != 5 || !strings.Contains(r.Stderr, "AWS does not know the new access key "+lastFour(key.ID)+" after 20s") || !strings.Contains(r.Stderr, "--no-verify") {
		t.Errorf("status %d, stderr %q", r.Status, r.Stderr)
	}
	if r.Took < 10*time.Second || r.Took > 30*time.Second {
		t.Errorf("it took %v", r.Took)
	}
}

// stopped is a lab in which a rotation was stopped by a command that did not
// take the new key.
func stopped(t *testing.T) (l *lab.Lab, alice *ststest.User, pending ststest.AccessKey) {
	t.Helper()
	l, alice = withoutMFA(t)
	failed(t, l.Run("", "rotate", "work", "--publish", "false"), 1, "publish command 1 of 1")
	return l, alice, otherKey(t, l, alice)
}

// add --force of the key in use leaves its rotation where it stands; remove says
// what is given up, before and afterwards.
func TestWhatBecomesOfAnUnfinishedRotation(t *testing.T) {
	t.Parallel()
	t.Run("the same key", func(t *testing.T) {
		t.Parallel()
		l, alice, pending := stopped(t)
		key := lab.KeyJSON(alice, true)
		clean(t, l.Run(key, "add", "work", "--stdin", "--force"))
		if r := l.Run("", "list", "--json"); !strings.Contains(r.Stdout, `"rotation": "the new key `+lastFour(pending.ID)+" is stored") {
			t.Errorf("list: %s", r.Stdout)
		}
		edit(t, l.ConfigFile(), "\nawsmint_mfa_serial", "\n# awsmint_mfa_serial")
		rotated(t, l.Run("", "rotate", "work", "--no-publish"))
		if keys := l.AWS.AccessKeys("alice"); len(keys) != 1 || keys[0].ID != pending.ID {
			t.Errorf("%d keys, the first of which is %s", len(keys), keys[0].ID)
		}
	})
	t.Run("remove", func(t *testing.T) {
		t.Parallel()
		l, _, pending := stopped(t)
		c := capture(t, l, l.Binary, "remove", "work")
		c.Expect("Its rotation is not finished: the new key " + lastFour(pending.ID) + " is stored")
		c.Type("n\n")
		failed(t, c.result(t), 3, "nothing was removed")
		r := l.Run("", "remove", "work", "--yes")
		if r.Err != nil || !strings.Contains(r.Stderr, "was not finished, and stood so: the new key "+lastFour(pending.ID)) {
			t.Errorf("status %d, stderr %q", r.Status, r.Stderr)
		}
	})
	// Another profile that has the same key is led to the one that is to be
	// finished.
	t.Run("the key of two profiles", func(t *testing.T) {
		t.Parallel()
		l, alice, _ := stopped(t)
		if err := l.Add("again", alice, true); err != nil {
			t.Fatal(err)
		}
		failed(t, l.Run("", "rotate", "again"), 1, `profile "again" has the same key as "work", whose rotation is unfinished`, "awsmint rotate work")
		r := rotated(t, l.Run("", "rotate", "--all", "--yes", "--no-publish"))
		if strings.Count(r.Stdout, "\n") != 1 || !strings.HasPrefix(r.Stdout, "work, again: key ") {
			t.Errorf("stdout %q", r.Stdout)
		}
		oneKey(t, l, "alice", alice.AccessKeyID, "work", "again")
	})
}

// In the middle of a rotation another process removes the profile, or stores the
// same key again: what is said is so, and no key is lost that anybody has.
func TestRotationAndAnotherProcess(t *testing.T) {
	t.Parallel()
	t.Run("removes the key", func(t *testing.T) {
		t.Parallel()
		l, alice := withoutMFA(t)
		r := l.Run("", "rotate", "work", "--publish", "export '"+passphraseSetting(t)+"'; awsmint remove work --yes >/dev/null")
		made := otherKey(t, l, alice)
		failed(t, r, 1, `the key of profile "work" in the keychain was removed meanwhile`, `profile "work" has no key in the keychain any more`,
			"at AWS there are "+lastFour(alice.AccessKeyID)+" and "+lastFour(made.ID)+": delete those in the IAM console that nobody uses")
		if strings.Contains(r.Stderr, "as before") || strings.Contains(r.Stderr, "is stored") {
			t.Errorf("it says what is not so:\n%s", r.Stderr)
		}
		for _, key := range l.AWS.AccessKeys("alice") {
			if !key.Active {
				t.Errorf("%s is inactive", key.ID)
			}
		}
	})
	t.Run("stores the same key", func(t *testing.T) {
		t.Parallel()
		l, alice := withoutMFA(t)
		key := filepath.Join(l.Home, "key.json")
		write(t, key, lab.KeyJSON(alice, true), 0o600)
		rotated(t, l.Run("", "rotate", "work", "--publish", "export '"+passphraseSetting(t)+"'; awsmint add work --stdin --force <"+key+" >/dev/null"))
		oneKey(t, l, "alice", alice.AccessKeyID, "work")
	})
}

// --all asks, and shows which keys it means.
func TestRotateAllAsks(t *testing.T) {
	t.Parallel()
	l, alice := withoutMFA(t)
	c := capture(t, l, l.Binary, "rotate", "--all", "--older-than", "90d")
	c.Expect("Replace the keys of work (" + lastFour(alice.AccessKeyID) + "), as far as they are older than 90d?")
	c.Type("\n")
	failed(t, c.result(t), 3, "cancelled: no key was replaced")
	c = capture(t, l, l.Binary, "rotate", "--all")
	c.Expect("Replace the keys of work (" + lastFour(alice.AccessKeyID) + ")?")
	c.Type("y\n")
	rotated(t, c.result(t))
	oneKey(t, l, "alice", alice.AccessKeyID, "work")
}
