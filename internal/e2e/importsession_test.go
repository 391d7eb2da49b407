//go:build unix

package e2e

import (
	"os"
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/lab"
)

// session is what a shell is given to set, with a session of alice's.
func session(t *testing.T, l *lab.Lab, profile string) string {
	t.Helper()
	r := l.Run("", "export", profile, "--format", "env")
	if r.Err != nil {
		t.Fatal(r.Stderr)
	}
	return r.Stdout
}

// A temporary key becomes the profile's session until it ends, as its text says;
// nothing is minted for it.
func TestPastedSession(t *testing.T) {
	t.Parallel()
	l, alice := withKey(t, true)
	text := session(t, l, "work")
	held := succeeded(t, l.Run("", "process", "work"))

	r := l.Run(text, "import", "pasted", "--paste", "--yes")
	if r.Err != nil || !strings.Contains(r.Stdout, "session: …"+held.AccessKeyID[16:]+" of "+alice.ARN+", until ") || !strings.Contains(r.Stderr, "awsmint import pasted --paste") {
		t.Fatalf("%d %s%s", r.Status, r.Stdout, r.Stderr)
	}
	for _, value := range []string{held.SecretAccessKey, held.SessionToken} {
		if strings.Contains(r.Stdout+r.Stderr, value) {
			t.Error("a secret shows")
		}
	}
	got := succeeded(t, l.Run("", "process", "pasted"))
	if got != held {
		t.Errorf("got %q until %s, want %q until %s", got.AccessKeyID, got.Expiration, held.AccessKeyID, held.Expiration)
	}
	wantCalls(t, l.AWS, "GetSessionToken", 1)
	if r := l.Run("", "list"); r.Err != nil || !strings.Contains(r.Stdout, "pasted   session given  none   11h59m left") {
		t.Errorf("list: %s", r.Stdout)
	}
	if r := l.Run("", "status", "pasted", "--json"); r.Err != nil || strings.Contains(r.Stdout, "problem") || strings.Contains(r.Stdout, "renewal") {
		t.Errorf("status: %s", r.Stdout)
	}

	// Where nothing says when it ends, it is an hour.
	short := withoutLine(text, "AWS_CREDENTIAL_EXPIRATION")
	r = l.Run(short, "import", "pasted", "--paste")
	if r.Err != nil || !strings.Contains(r.Stderr, "taken to live for 1h") || !strings.Contains(r.Stdout, "(59m left)") {
		t.Errorf("%d %s%s", r.Status, r.Stdout, r.Stderr)
	}
	r = l.Run(short, "import", "pasted", "--paste", "--expires", "2h")
	if r.Err != nil || strings.Contains(r.Stderr, "taken to live") || !strings.Contains(r.Stdout, "(1h59m left)") {
		t.Errorf("%d %s%s", r.Status, r.Stdout, r.Stderr)
	}
	failed(t, l.Run(text, "import", "pasted", "--paste", "--expires", "2h"), 2, "says itself when it ends")

	// It goes with a logout, and nothing can renew it.
	if r := l.Run("", "logout", "pasted"); r.Err != nil {
		t.Fatal(r.Stderr)
	}
	failed(t, l.Run("", "process", "pasted"), 4, `"pasted"`)
}

// Where a session that was pasted has ended, whoever comes upon it is told how to
// paste the next; while it lives, nothing is wrong with the profile.
func TestPastedSessionEnds(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	text := withoutLine(session(t, l, "work"), "AWS_CREDENTIAL_EXPIRATION")
	if r := l.Run(text, "import", "pasted", "--paste", "--yes"); r.Err != nil {
		t.Fatal(r.Stderr)
	}
	if r := l.Run("", "doctor", "pasted"); r.Err != nil || !strings.Contains(strings.Join(strings.Fields(r.Stdout), " "), "the session that was given lives for another ") {
		t.Errorf("doctor: %d %s%s", r.Status, r.Stdout, r.Stderr)
	}
	if r := l.Run(text, "import", "pasted", "--paste", "--yes", "--expires", "4s"); r.Err != nil {
		t.Fatal(r.Stderr)
	}
	for short := ""; short != "pasted expired\n"; short = l.Run("", "status", "--short", "pasted").Stdout {
		if t.Context().Err() != nil {
			t.Fatal("it does not end")
		}
	}
	const again = "awsmint import pasted --paste"
	failed(t, l.Run("", "process", "pasted"), 4, `no access key is stored for profile "pasted"`, again)
	failed(t, l.Run("", "exec", "pasted", "--", "true"), 4, again)
	failed(t, l.Run("", "login", "pasted"), 4, again)
	if r := l.Run("", "status", "pasted"); r.Err != nil || !strings.Contains(r.Stdout, "expired") || !strings.Contains(r.Stdout, again) {
		t.Errorf("status: %d %s%s", r.Status, r.Stdout, r.Stderr)
	}
	if r := l.Run("", "status", "pasted", "--json"); r.Err != nil || !strings.Contains(r.Stdout, again) {
		t.Errorf("status --json: %d %s%s", r.Status, r.Stdout, r.Stderr)
	}
	if r := l.Run("", "doctor", "pasted"); r.Status != 1 || !strings.Contains(r.Stdout, "key-missing") || !strings.Contains(r.Stdout, again) || strings.Contains(r.Stdout, "session-none") {
		t.Errorf("doctor: %d %s%s", r.Status, r.Stdout, r.Stderr)
	}
}

// A profile that has a key takes sessions of the same user.
func TestPastedSessionBesideAKey(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	if err := l.Add("bob", l.AWS.AddUser("bob"), true); err != nil {
		t.Fatal(err)
	}
	text, held := session(t, l, "work"), succeeded(t, l.Run("", "process", "work"))
	if r := l.Run("", "logout", "work"); r.Err != nil {
		t.Fatal(r.Stderr)
	}
	// No file is changed, so nobody is asked.
	if r := l.Run(text, "import", "work", "--paste"); r.Err != nil || !strings.HasPrefix(r.Stdout, "session: ") {
		t.Fatalf("%d %s%s", r.Status, r.Stdout, r.Stderr)
	}
	if got := succeeded(t, l.Run("", "process", "work")); got != held {
		t.Errorf("got %q, want %q", got.AccessKeyID, held.AccessKeyID)
	}
	wantCalls(t, l.AWS, "GetSessionToken", 1)

	failed(t, l.Run(text, "import", "bob", "--paste", "--yes"), 1, "user/bob", "user/alice", "--force")
	if r := l.Run(text, "import", "bob", "--paste", "--yes", "--force"); r.Err != nil {
		t.Errorf("%d %s", r.Status, r.Stderr)
	}
}

// What AWS does not take is not kept, and an expired one is named.
func TestPastedSessionThatHasEnded(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	text := session(t, l, "work")
	wrong := strings.Replace(text, "AWS_SESSION_TOKEN=IQoJ", "AWS_SESSION_TOKEN=IQoK", 1)
	if wrong == text {
		t.Fatal("the token has another form than expected")
	}
	failed(t, l.Run(wrong, "import", "pasted", "--paste", "--yes"), 5, "does not take the temporary key", "copied whole")
	past := withoutLine(text, "AWS_CREDENTIAL_EXPIRATION") + "export AWS_CREDENTIAL_EXPIRATION=2020-01-02T03:04:05Z\n"
	failed(t, l.Run(past, "import", "pasted", "--paste", "--yes"), 2, "expired", "ago")
	if strings.Contains(textOf(t, l.ConfigFile()), "pasted") {
		t.Error("the profile was written")
	}
}

// A session that somebody once pasted into the credentials file shadows the
// profile. It goes when another one is imported.
func TestStaleSessionInTheCredentialsFile(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	text := session(t, l, "work")
	stale := "# mine\n[work]\naws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMIaK7MDENGabPxRfiCYEXAMPLEKEY\naws_session_token = old\n"
	if err := os.WriteFile(credentialsFile(l), []byte(stale), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := l.Run(text, "import", "work", "--paste", "--yes"); r.Err != nil || !strings.Contains(r.Stdout, "; the temporary key …MPLE (~/.aws/credentials:3) is taken out\n") {
		t.Fatalf("%d %s%s", r.Status, r.Stdout, r.Stderr)
	}
	if got := textOf(t, credentialsFile(l)); got != "# mine\n" {
		t.Errorf("the credentials file is %q", got)
	}
	succeeded(t, l.Run("", "process", "work"))
	wantCalls(t, l.AWS, "GetSessionToken", 1)
}

// A session that another program has put into the credentials file becomes the
// profile's own, until the time that stands beside it.
func TestSessionInTheCredentialsFile(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	held := succeeded(t, l.Run("", "process", "work"))
	file := func(expires string) {
		write(t, credentialsFile(l), "[saml]\naws_access_key_id = "+held.AccessKeyID+"\naws_secret_access_key = "+held.SecretAccessKey+
			"\naws_session_token = "+held.SessionToken+"\nx_security_token_expires = "+expires+"\n", 0o600)
	}
	file("2020-01-02T03:04:05+02:00")
	failed(t, l.Run("", "import", "saml", "--yes"), 2, "(~/.aws/credentials:5)", "expired", "ago")
	file(held.Expiration)
	if r := l.Run("", "import", "saml", "--yes"); r.Err != nil || !strings.Contains(r.Stdout, "(11h59m left)") {
		t.Errorf("%d %s%s", r.Status, r.Stdout, r.Stderr)
	}
	if got := succeeded(t, l.Run("", "process", "saml")); got != held {
		t.Errorf("got %q until %s", got.AccessKeyID, got.Expiration)
	}
	if got, want := textOf(t, credentialsFile(l)), "[saml]\nx_security_token_expires = "+held.Expiration+"\n"; got != want {
		t.Errorf("the credentials file is %q", got)
	}
	file("tomorrow")
	if r := l.Run("", "import", "saml", "--yes"); r.Err != nil || !strings.Contains(r.Stderr, "taken to live for 1h") {
		t.Errorf("%d %s%s", r.Status, r.Stdout, r.Stderr)
	}
}

// withoutLine is a text without the line that has word in it.
func withoutLine(text, word string) (rest string) {
	for line := range strings.Lines(text) {
		if !strings.Contains(line, word) {
			rest += line
		}
	}
	return rest
}

// A session is pasted on a terminal that marks what is pasted, with a line that
// is longer than a terminal passes on of one that is typed.
func TestPastedSessionOnTheTerminal(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	text, held := session(t, l, "work"), succeeded(t, l.Run("", "process", "work"))
	c := atTerminal(t, l, "import", "work", "--paste")
	c.Expect("Paste the key")
	c.Type("\x1b[200~export LONG=" + strings.Repeat("x", 6000) + "\n" + strings.TrimSuffix(text, "\n") + "\x1b[201~\n\n")
	if r := c.result(t); r.Err != nil || !strings.HasPrefix(r.Stdout, "session: ") {
		t.Fatalf("%d %s%s", r.Status, r.Stdout, r.Stderr)
	}
	if got := succeeded(t, l.Run("", "process", "work")); got != held {
		t.Errorf("got %q, want %q", got.AccessKeyID, held.AccessKeyID)
	}
	if strings.Contains(c.Screen(), held.SecretAccessKey) || !c.Echoes() {
		t.Error("the secret shows, or nothing does any more")
	}
}
