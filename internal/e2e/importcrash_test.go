//go:build unix

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/ststest"
)

// The files of a person with one plaintext key, and what is to stay of them.
const (
	mine      = "# mine\n[other]\naws_access_key_id = AKIAOTHEROTHEROTHER1 ; kept\nmade_up = yes\n"
	minesRest = "\n[work]\n; a comment\naws_access_key_id = "
)

func credentialsFile(l *lab.Lab) string {
	return filepath.Join(filepath.Dir(l.ConfigFile()), "credentials")
}

// plainText writes both files anew, with the user's key in the credentials file.
func plainText(t *testing.T, l *lab.Lab, u *ststest.User) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(l.ConfigFile()), 0o700); err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string]string{
		l.ConfigFile():     "[profile work]\nregion = eu-west-1 # home\nmade_up = yes\n",
		credentialsFile(l): mine + minesRest + u.AccessKeyID + "\naws_secret_access_key = " + u.SecretAccessKey + "\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// An import killed at any moment: the key is in the keychain or in the file, or
// in both; nothing else of the files is lost; and a run of the same command
// finishes.
func TestKilledImport(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	alice := l.AWS.AddUser("alice")
	// The first makes the vault, which takes the longest by far.
	if err := l.Add("first", l.AWS.AddUser("bob"), false); err != nil {
		t.Fatal(err)
	}
	var whole lab.Result // the first is slower
	for range 2 {
		plainText(t, l, alice)
		if whole = l.Run("", "import", "work", "--yes"); whole.Err != nil {
			t.Fatal(whole.Stderr)
		}
	}
	const rounds = 25
	killed, inBoth, inFile, inKeychain := 0, 0, 0, 0
	for _, delay := range delays(rounds, whole.Took*11/10) {
		if r := l.Run("", "remove", "work", "--yes"); r.Err != nil {
			t.Fatal(r.Stderr)
		}
		plainText(t, l, alice)
		if killAfter(t, l, "", delay, "import", "work", "--yes") {
			killed++
		}
		stored := storesKey(t, l, alice)
		plain := strings.Contains(textOf(t, credentialsFile(l)), alice.SecretAccessKey)
		switch {
		case stored && plain:
			inBoth++
		case stored:
			inKeychain++
		case plain:
			inFile++
		default:
			t.Fatalf("killed after %v: the key is lost\n%s%s", delay, textOf(t, l.ConfigFile()), textOf(t, credentialsFile(l)))
		}
		if r := l.Run("", "import", "work", "--yes"); r.Err != nil {
			t.Fatalf("killed after %v, and not finished by another run: %d %s", delay, r.Status, r.Stderr)
		}
		if !storesKey(t, l, alice) {
			t.Fatalf("killed after %v: the key is not in the keychain after another run", delay)
		}
		if got, want := textOf(t, credentialsFile(l)), mine+"\n[work]\n; a comment\n"; got != want {
			t.Fatalf("the credentials file is\n%s\nwant\n%s", got, want)
		}
		if got := textOf(t, l.ConfigFile()); !strings.HasPrefix(got, "[profile work]\nregion = eu-west-1 # home\nmade_up = yes\ncredential_process = ") {
			t.Fatalf("the config file lost something:\n%s", got)
		}
	}
	t.Logf("%d of %d runs were killed; the key was in the file %d times, in both %d, in the keychain %d", killed, rounds, inFile, inBoth, inKeychain)
	if killed == 0 || inFile == 0 {
		t.Error("no run was killed early: the test shows nothing")
	}
}

// The same for keys in both files and a temporary one beside: none of the
// permanent ones is ever nowhere.
func TestKilledImportOfAll(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	users := map[string]*ststest.User{"work": l.AWS.AddUser("alice"), "play": l.AWS.AddUser("bob")}
	lines := func(u *ststest.User) string {
		return "aws_access_key_id = " + u.AccessKeyID + "\naws_secret_access_key = " + u.SecretAccessKey + "\n"
	}
	begin := func() {
		plainText(t, l, users["work"])
		write(t, l.ConfigFile(), "[profile play]\n"+lines(users["play"])+"# mine\n", 0o600)
		write(t, credentialsFile(l), "[play]\naws_access_key_id = ASIAIOSFODNN7EXAMPLE\n[work]\n"+lines(users["work"]), 0o600)
	}
	args := []string{"import", "--all", "--yes"}
	var whole lab.Result // the first is slower
	for range 2 {
		begin()
		if whole = l.Run("", args...); whole.Err != nil {
			t.Fatal(whole.Stderr)
		}
	}
	const rounds = 12
	killed := 0
	for _, delay := range delays(rounds, whole.Took) {
		for profile := range users {
			if r := l.Run("", "remove", profile, "--yes"); r.Err != nil {
				t.Fatal(r.Stderr)
			}
		}
		begin()
		if killAfter(t, l, "", delay, args...) {
			killed++
		}
		plain := textOf(t, l.ConfigFile()) + textOf(t, credentialsFile(l))
		for profile, u := range users {
			if !strings.Contains(plain, u.SecretAccessKey) && !storesKeyFor(t, l, profile, u) {
				t.Fatalf("killed after %v: the key of %s is lost\n%s", delay, profile, plain)
			}
		}
		if r := l.Run("", args...); r.Err != nil && !strings.Contains(r.Stderr, "no profile has a permanent key") {
			t.Fatalf("killed after %v, and not finished by another run: %d %s", delay, r.Status, r.Stderr)
		}
		for profile, u := range users {
			if !storesKeyFor(t, l, profile, u) {
				t.Fatalf("killed after %v: the key of %s is not in the keychain after another run", delay, profile)
			}
		}
	}
	if killed == 0 {
		t.Error("no run was killed: the test shows nothing")
	}
}

// storesKey reports whether the keychain has the user's key for the profile
// work, whatever the config files say.
func storesKey(t *testing.T, l *lab.Lab, u *ststest.User) bool {
	t.Helper()
	return storesKeyFor(t, l, "work", u)
}

func storesKeyFor(t *testing.T, l *lab.Lab, profile string, u *ststest.User) bool {
	t.Helper()
	config := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(config, []byte("[profile "+profile+"]\ncredential_process = "+l.Binary+" process "+profile+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	l.Set("AWS_CONFIG_FILE", config)
	l.Set("AWS_SHARED_CREDENTIALS_FILE", os.DevNull)
	defer l.Set("AWS_CONFIG_FILE", "")
	defer l.Set("AWS_SHARED_CREDENTIALS_FILE", "")
	return strings.Contains(l.Run("", "process", profile, "--raw-key").Stdout, u.SecretAccessKey)
}

func textOf(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
