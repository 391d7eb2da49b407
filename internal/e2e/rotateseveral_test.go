//go:build unix

package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/ststest"
)

// Profiles that share a key are one rotation; one that fails stops no other; a
// key that is young enough stays, however long it has been here.
func TestRotateSeveral(t *testing.T) {
	t.Parallel()
	l, alice := aged(t, 100, ststest.SelfServiceAllowed)
	bob, carol := l.AWS.AddUser("bob"), l.AWS.AddUser("carol")
	l.AWS.SetSelfService("bob", ststest.SelfServiceDenied)
	l.AWS.SetKeyHistory(carol.AccessKeyID, time.Now().AddDate(0, 0, -30), time.Time{})
	for _, p := range []struct {
		profile string
		user    *ststest.User
	}{{"work", alice}, {"again", alice}, {"bobs", bob}, {"carols", carol}} {
		if err := l.Add(p.profile, p.user, true); err != nil {
			t.Fatal(err)
		}
		edit(t, l.ConfigFile(), "\nawsmint_mfa_serial = "+p.user.MFASerial, "\n# without "+p.profile)
	}
	succeeded(t, l.Run("", "process", "again"))

	r := l.Run("", "rotate", "--all", "--yes", "--older-than", "90d")
	if r.Status != 5 || !strings.Contains(r.Stderr, "AWS refused ListAccessKeys") {
		t.Errorf("status %d, stderr:\n%s", r.Status, r.Stderr)
	}
	for _, want := range []string{
		"work, again: key " + lastFour(alice.AccessKeyID) + " is replaced by " + lastFour(l.AWS.AccessKeys("alice")[0].ID) + " and deleted\n",
		"carols: key " + lastFour(carol.AccessKeyID) + " was made 30 days ago, and stays\n",
	} {
		if !strings.Contains(r.Stdout, want) {
			t.Errorf("stdout lacks %q:\n%s", want, r.Stdout)
		}
	}
	if strings.Count(r.Stdout, "\n") != 2 {
		t.Errorf("stdout:\n%s", r.Stdout)
	}
	oneKey(t, l, "alice", alice.AccessKeyID, "work", "again")
	keyWorks(t, l, "bob", "bobs")
	keyWorks(t, l, "carol", "carols")
	if r := l.Run("", "list", "--json"); strings.Contains(r.Stdout, "session_expires") {
		t.Error("a session of the shared key is in the cache")
	}
}

// A role over its profile's own key, and a profile without sessions: their keys
// are replaced like others.
func TestRotateOfOtherProfilesWithKeys(t *testing.T) {
	t.Parallel()
	l, alice := withoutMFA(t)
	edit(t, l.ConfigFile(), "[profile work]", "[profile work]\nawsmint_session = off")
	rotated(t, l.Run("", "rotate", "work"))
	oneKey(t, l, "alice", alice.AccessKeyID, "work")
	before := l.AWS.AccessKeys("alice")[0].ID
	l.AWS.AddRole(ststest.Role{ARN: admin})
	edit(t, l.ConfigFile(), "awsmint_session = off", "awsmint_role_arn = "+admin+"\nawsmint_source_profile = work")
	succeeded(t, l.Run("", "process", "work"))
	rotated(t, l.Run("", "rotate", "--all", "--yes"))
	if now := l.AWS.AccessKeys("alice"); len(now) != 1 || now[0].ID == before {
		t.Errorf("%d keys", len(now))
	}
	succeeded(t, l.Run("", "process", "work"))
}

// A key that also stands in plain text fails its profile, and stops no other.
func TestRotateAllPassesOverAKeyInPlainText(t *testing.T) {
	t.Parallel()
	l, alice := withoutMFA(t)
	bob := l.AWS.AddUser("bob")
	if err := l.Add("bobs", bob, true); err != nil {
		t.Fatal(err)
	}
	edit(t, l.ConfigFile(), "\nawsmint_mfa_serial = "+bob.MFASerial, "\n# without bobs")
	edit(t, l.ConfigFile(), "[profile work]", "[profile ci]\naws_access_key_id = "+alice.AccessKeyID+"\naws_secret_access_key = "+alice.SecretAccessKey+"\n\n[profile work]")
	r := l.Run("", "rotate", "--all", "--yes")
	if r.Status != 1 || !strings.Contains(r.Stderr, `(profile "ci")`) || !strings.Contains(r.Stderr, "awsmint import ci") {
		t.Errorf("status %d, stderr:\n%s", r.Status, r.Stderr)
	}
	if keys := l.AWS.AccessKeys("alice"); len(keys) != 1 || keys[0].ID != alice.AccessKeyID {
		t.Error("the key that stands in plain text was replaced")
	}
	oneKey(t, l, "bob", bob.AccessKeyID, "bobs")
}
