//go:build unix

package e2e

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/ststest"
)

// permanent is the key that the keychain holds for a profile.
func permanent(t *testing.T, l *lab.Lab, profile string) (c credentials) {
	t.Helper()
	r := l.Run("", "process", profile, "--raw-key")
	if r.Err != nil {
		t.Errorf("the key of %q can't be read: status %d, %s", profile, r.Status, r.Stderr)
		return c
	}
	if err := json.Unmarshal([]byte(r.Stdout), &c); err != nil {
		t.Error(err)
	}
	return c
}

// keyWorks checks that the key in the keychain is one that AWS takes.
func keyWorks(t *testing.T, l *lab.Lab, user, profile string) {
	t.Helper()
	stored := permanent(t, l, profile)
	for _, key := range l.AWS.AccessKeys(user) {
		if key.Active && key.ID == stored.AccessKeyID && key.Secret == stored.SecretAccessKey {
			return
		}
	}
	t.Errorf("%s: the key in the keychain does not work", profile)
}

// oneKey checks that a user has one key, not the one of before, which works and
// is that of the profiles, and that nothing is left to be finished.
func oneKey(t *testing.T, l *lab.Lab, user, before string, profiles ...string) {
	t.Helper()
	if keys := l.AWS.AccessKeys(user); len(keys) != 1 || keys[0].ID == before {
		t.Errorf("%s has %d keys, the first of which is %s; it was %s", user, len(keys), keys[0].ID, before)
	}
	for _, profile := range profiles {
		keyWorks(t, l, user, profile)
	}
	if r := l.Run("", "list", "--json"); r.Err != nil || strings.Contains(r.Stdout, `"rotation"`) {
		t.Errorf("list: status %d, %s%s", r.Status, r.Stdout, r.Stderr)
	}
}

// rotated checks that a run went well.
func rotated(t *testing.T, r lab.Result) lab.Result {
	t.Helper()
	if r.Err != nil {
		t.Fatalf("status %d, stdout %q, stderr:\n%s", r.Status, r.Stdout, r.Stderr)
	}
	return r
}

// otherKey is a user's second key: both may have been made in the same second,
// so that their order tells nothing.
func otherKey(t *testing.T, l *lab.Lab, user *ststest.User) ststest.AccessKey {
	t.Helper()
	for _, key := range l.AWS.AccessKeys(user.Name) {
		if key.ID != user.AccessKeyID {
			return key
		}
	}
	t.Fatal("there is no second key")
	return ststest.AccessKey{}
}

func lastFour(id string) string { return "…" + id[len(id)-4:] }

// withPolicy is a lab whose user may do nothing of this without MFA, as the
// policy says that AWS recommends, and whose AWS takes its time.
func withPolicy(t *testing.T, seed bool) (*lab.Lab, *ststest.User) {
	t.Helper()
	l, alice := withKey(t, seed)
	l.AWS.SetSelfService("alice", ststest.SelfServiceWithMFA)
	l.AWS.SetPropagation(1500 * time.Millisecond)
	return l, alice
}

// One code, one key, and nothing of the old one in cache or keychain.
func TestRotateTakesOneCode(t *testing.T) {
	t.Parallel()
	l, alice := withPolicy(t, false)
	c := capture(t, l, l.Binary, "rotate", "work")
	c.Expect(`MFA code for profile "work"`)
	c.Type(code(alice) + "\n")
	r := rotated(t, c.result(t))
	now := l.AWS.AccessKeys("alice")[0].ID
	if want := "work: key " + lastFour(alice.AccessKeyID) + " is replaced by " + lastFour(now) + " and deleted\n"; r.Stdout != want {
		t.Errorf("stdout %q, want %q", r.Stdout, want)
	}
	if asked := strings.Count(c.Screen(), "MFA code for"); asked != 1 {
		t.Errorf("asked %d times:\n%s", asked, c.Screen())
	}
	if !strings.Contains(r.Stderr, "work: waiting for AWS to know the key "+lastFour(now)+" everywhere, ") {
		t.Errorf("stderr:\n%s", r.Stderr)
	}
	wantCalls(t, l.AWS, "GetSessionToken", 1)
	wantCalls(t, l.AWS, "CreateAccessKey", 1)
	oneKey(t, l, "alice", alice.AccessKeyID, "work")
	if r := l.Run("", "list", "--json"); strings.Contains(r.Stdout, "session_expires") {
		t.Error("a session of the old key is in the cache")
	}
}

// The session that is there is used: nobody is asked.
func TestRotateWithTheSessionThatIsThere(t *testing.T) {
	t.Parallel()
	l, alice := withPolicy(t, true)
	succeeded(t, l.Run("", "process", "work"))
	rotated(t, l.Run("", "rotate", "work", "--no-input"))
	wantCalls(t, l.AWS, "GetSessionToken", 1)
	oneKey(t, l, "alice", alice.AccessKeyID, "work")
}

// Where a person is needed and can't be asked, nothing is changed.
func TestRotateWithoutAPerson(t *testing.T) {
	t.Parallel()
	l, alice := withPolicy(t, false)
	failed(t, l.Run("", "rotate", "work"), 3, lastFour(alice.AccessKeyID)+" is in use as before", "awsmint rotate work")
	failed(t, l.Run("", "rotate", "work", "--no-input"), 3)
	wantCalls(t, l.AWS, "CreateAccessKey", 0)
	keyWorks(t, l, "alice", "work")
}

// A cancelled prompt changes nothing, and names one command that asks again.
func TestRotateWithACancelledPrompt(t *testing.T) {
	t.Parallel()
	l, alice := withPolicy(t, false)
	c := capture(t, l, l.Binary, "rotate", "work")
	c.Expect(`MFA code for profile "work"`)
	c.Type("\x03")
	r := c.result(t)
	failed(t, r, 3, "cancelled", "run: awsmint rotate work", lastFour(alice.AccessKeyID)+" is in use as before")
	if strings.Count(r.Stderr, "run: ") != 1 || strings.Contains(r.Stderr, "awsmint login") {
		t.Errorf("more than one next step:\n%s", r.Stderr)
	}
	wantCalls(t, l.AWS, "CreateAccessKey", 0)
}

// On a terminal one line changes, and nothing of it stays.
func TestRotateOnATerminal(t *testing.T) {
	t.Parallel()
	l, _ := withoutMFA(t)
	l.AWS.SetPropagation(1500 * time.Millisecond)
	shown := onTerminal(t, l, 60, "rotate", "work")
	for _, words := range []string{"\r\x1b[Kwork: made the new key …", "\r\x1b[Kwork: waiting for AWS to know the key …", "\r\x1b[Kwork: deleted the old key …"} {
		if !strings.Contains(shown, words) {
			t.Errorf("it lacks %q:\n%q", words, shown)
		}
	}
	if strings.Count(shown, "\n") != 1 || !strings.Contains(shown, "\r\x1b[Kwork: key …") || !strings.HasSuffix(strings.TrimSpace(shown), " and deleted") {
		t.Errorf("it shows\n%q", shown)
	}
	for _, line := range strings.Split(shown, "\r\x1b[K") {
		if len([]rune(line)) > 57 && !strings.Contains(line, "is replaced by") {
			t.Errorf("a line of %d columns: %q", len([]rune(line)), line)
		}
	}
	l.Set("TERM", "dumb")
	l.AWS.SetPropagation(0)
	if shown := onTerminal(t, l, 60, "rotate", "work"); strings.Contains(shown, "\x1b") || !strings.Contains(shown, "work: made the new key …") {
		t.Errorf("a dumb terminal shows\n%q", shown)
	}
}

// Two keys: both are named with what is known of them, and nothing is deleted
// that nobody said may go.
func TestRotateWithTwoKeys(t *testing.T) {
	t.Parallel()
	l, alice := withoutMFA(t)
	other, err := l.AWS.AddAccessKey("alice")
	if err != nil {
		t.Fatal(err)
	}
	const day = 24 * time.Hour
	now := time.Now()
	l.AWS.SetKeyHistory(other.ID, now.Add(-400*day), now.Add(-10*day))
	failed(t, l.Run("", "rotate", "work"), 1, "2 access keys", lastFour(other.ID)+" (made 400 days ago, last used 10 days ago)",
		"find out who uses the other one", "is in use as before")
	failed(t, l.Run("", "rotate", "work", "--delete-oldest-unused"), 1, "find out who uses the other one")
	if len(l.AWS.AccessKeys("alice")) != 2 {
		t.Fatal("a key that somebody uses was deleted")
	}

	l.AWS.SetKeyHistory(other.ID, now.Add(-400*day), now.Add(-100*day))
	failed(t, l.Run("", "rotate", "work", "--delete-oldest-unused"), 1, "deactivate "+lastFour(other.ID), "then run: awsmint rotate work --delete-oldest-unused")
	l.AWS.DisableKey(other.ID)
	l.AWS.SetKeyHistory(other.ID, now.Add(-400*day), now)
	failed(t, l.Run("", "rotate", "work", "--delete-oldest-unused"), 1, lastFour(other.ID)+" (inactive, made 400 days ago, last used today)", "then run: awsmint rotate work")
	l.AWS.SetKeyHistory(other.ID, now.Add(-400*day), now.Add(-100*day))
	failed(t, l.Run("", "rotate", "work"), 1, "awsmint rotate work --delete-oldest-unused, which deletes "+lastFour(other.ID))
	r := rotated(t, l.Run("", "rotate", "work", "--delete-oldest-unused"))
	if !strings.Contains(r.Stderr, "work: deleted the unused key "+lastFour(other.ID)+"\n") {
		t.Errorf("stderr:\n%s", r.Stderr)
	}
	oneKey(t, l, "alice", alice.AccessKeyID, "work")
}

// The key of another profile, or in a file, is never the unused one.
func TestRotateLeavesTheKeysOfOthers(t *testing.T) {
	t.Parallel()
	l, alice := withoutMFA(t)
	other, err := l.AWS.AddAccessKey("alice")
	if err != nil {
		t.Fatal(err)
	}
	second := *alice
	second.AccessKeyID, second.SecretAccessKey = other.ID, other.Secret
	old := time.Now().AddDate(-1, 0, 0)
	clean(t, l.Run(lab.KeyJSON(&second, true), "add", "ci", "--stdin", "--no-verify"))
	l.AWS.SetKeyHistory(other.ID, old, time.Time{})
	failed(t, l.Run("", "rotate", "work", "--delete-oldest-unused"), 1, lastFour(other.ID)+" (made 365 days ago, never used), which profile \"ci\" has",
		lastFour(alice.AccessKeyID)+" (made today, ", "take "+lastFour(other.ID)+` out of profile "ci"`, "then run: awsmint rotate work")
	if r := l.Run("", "remove", "ci", "--yes"); r.Err != nil {
		t.Fatal(r.Stderr)
	}
	edit(t, l.ConfigFile(), "[profile work]", "[profile ci]\naws_access_key_id = "+other.ID+"\naws_secret_access_key = "+other.Secret+"\n\n[profile work]")
	failed(t, l.Run("", "rotate", "work", "--delete-oldest-unused"), 1, `never used), which ~/.aws/config:`, `(profile "ci") has`)
	if len(l.AWS.AccessKeys("alice")) != 2 {
		t.Error("a key was deleted")
	}
	edit(t, l.ConfigFile(), other.ID, "AKIAIOSFODNN7EXAMPLE")
	rotated(t, l.Run("", "rotate", "work", "--delete-oldest-unused"))
	oneKey(t, l, "alice", alice.AccessKeyID, "work")
}

// Once the new key is in use a file that has the old one stops nothing: it is
// told what stops.
func TestRotationUnderWayTellsOfPlainText(t *testing.T) {
	t.Parallel()
	l, alice := withoutMFA(t)
	l.AWS.Inject(ststest.Fault{Action: "UpdateAccessKey", Code: "AccessDenied", Message: "no", Times: 1})
	failed(t, l.Run("", "rotate", "work"), 5, "and the old one "+lastFour(alice.AccessKeyID)+" still valid")
	edit(t, l.ConfigFile(), "[profile work]", "[profile ci]\naws_access_key_id = "+alice.AccessKeyID+"\naws_secret_access_key = "+alice.SecretAccessKey+"\n\n[profile work]")
	r := rotated(t, l.Run("", "rotate", "work"))
	if want := "warning: the key " + lastFour(alice.AccessKeyID) + ` of profile "work", whose rotation is under way, is also in plain text at ~/.aws/config:`; !strings.Contains(r.Stderr, want) {
		t.Errorf("stderr:\n%s", r.Stderr)
	}
	oneKey(t, l, "alice", alice.AccessKeyID, "work")
}
