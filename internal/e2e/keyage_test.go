//go:build unix

package e2e

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/ststest"
)

// aged is a lab with a user, alice, whose key AWS made so many days ago.
func aged(t *testing.T, days int, allowed ststest.SelfService) (*lab.Lab, *ststest.User) {
	t.Helper()
	l := newLab(t)
	alice := l.AWS.AddUser("alice")
	l.AWS.SetKeyHistory(alice.AccessKeyID, time.Now().AddDate(0, 0, -days), time.Time{})
	l.AWS.SetSelfService("alice", allowed)
	return l, alice
}

// ageOf is what list says of the age of the only key: "120", "≥0" where it may
// be older, with a "!" where it is to be replaced.
func ageOf(t *testing.T, l *lab.Lab) string {
	t.Helper()
	var rows []struct {
		Days    json.Number `json:"key_age_days"`
		AtLeast bool        `json:"key_age_at_least"`
		TooOld  bool        `json:"key_too_old"`
	}
	r := l.Run("", "list", "--json")
	if err := json.Unmarshal([]byte(r.Stdout), &rows); err != nil || len(rows) != 1 {
		t.Fatalf("list: %v: %s%s", err, r.Stdout, r.Stderr)
	}
	age := rows[0].Days.String()
	if rows[0].AtLeast {
		age = "≥" + age
	}
	if rows[0].TooOld {
		age += "!"
	}
	return age
}

// The age of a key is AWS's to tell. Where it does not, what is shown is that
// the key is at least as old as its stay in the keychain.
func TestKeyIsAsOldAsAWSSays(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		allowed ststest.SelfService
		args    []string
		want    string
		column  string
	}{
		{"add", ststest.SelfServiceAllowed, []string{"add", "work", "--stdin"}, "120!", " 120d! "},
		{"add, where the user may not know", ststest.SelfServiceDenied, []string{"add", "work", "--stdin"}, "≥0", " ≥0d "},
		{"add without asking", ststest.SelfServiceAllowed, []string{"add", "work", "--stdin", "--no-verify"}, "≥0", " ≥0d "},
		{"import", ststest.SelfServiceAllowed, []string{"import", "work", "--csv", "keys.csv", "--yes"}, "120!", " 120d! "},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l, alice := aged(t, 120, test.allowed)
			csv := "Access key ID,Secret access key\n" + alice.AccessKeyID + "," + alice.SecretAccessKey + "\n"
			if err := os.WriteFile(filepath.Join(l.Home, "keys.csv"), []byte(csv), 0o600); err != nil {
				t.Fatal(err)
			}
			if r := l.Run(lab.KeyJSON(alice, true), test.args...); r.Err != nil || strings.Contains(r.Stderr, "ListAccessKeys") {
				t.Fatalf("status %d, stderr %q", r.Status, r.Stderr)
			}
			if got := ageOf(t, l); got != test.want {
				t.Errorf("the age is %q, want %q", got, test.want)
			}
			if r := l.Run("", "status"); !strings.Contains(r.Stdout, test.column) {
				t.Errorf("no %q in the table:\n%s", test.column, r.Stdout)
			}
		})
	}
}

// What AWS once told stays known when the same key is stored again.
func TestKnownAgeOutlivesTheSameKeyStoredAgain(t *testing.T) {
	t.Parallel()
	l, alice := aged(t, 60, ststest.SelfServiceAllowed)
	if err := l.Add("work", alice, true); err != nil {
		t.Fatal(err)
	}
	asked := l.AWS.Calls("ListAccessKeys")
	clean(t, l.Run(lab.KeyJSON(alice, true), "add", "work", "--stdin", "--force"))
	if got := ageOf(t, l); got != "60" {
		t.Errorf("the age is %q", got)
	}
	wantCalls(t, l.AWS, "ListAccessKeys", asked)
}

// A rotation by age has to ask, with MFA where that is wanted; the answer is
// kept.
func TestRotationByAgeLearnsTheAge(t *testing.T) {
	t.Parallel()
	l, alice := aged(t, 120, ststest.SelfServiceWithMFA)
	if err := l.Add("work", alice, true); err != nil {
		t.Fatal(err)
	}
	if got := ageOf(t, l); got != "≥0" {
		t.Errorf("after add the age is %q", got)
	}
	r := l.Run("", "rotate", "work", "--older-than", "365d")
	if r.Err != nil || !strings.Contains(r.Stdout, "was made 120 days ago, and stays") {
		t.Errorf("status %d, stdout %q, stderr %q", r.Status, r.Stdout, r.Stderr)
	}
	if got := ageOf(t, l); got != "120!" {
		t.Errorf("after rotate the age is %q", got)
	}
	keyWorks(t, l, "alice", "work")
}

// The date is worth no long wait: IAM may be out of reach where STS is not.
func TestAddDoesNotWaitForTheAge(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	l, alice := aged(t, 120, ststest.SelfServiceAllowed)
	l.Set("AWS_ENDPOINT_URL_IAM", "http://"+silent.Addr().String())
	r := l.Run(lab.KeyJSON(alice, true), "add", "work", "--stdin")
	if r.Err != nil || r.Stderr != "" {
		t.Errorf("status %d, stderr %q", r.Status, r.Stderr)
	}
	if r.Took > 10*time.Second {
		t.Errorf("it took %s", r.Took)
	}
	if got := ageOf(t, l); got != "≥0" {
		t.Errorf("the age is %q", got)
	}
}
