//go:build unix

package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/ststest"
)

// diagnosis is what `awsmint doctor --json` prints.
type diagnosis struct {
	Findings []struct{ ID, Severity, Area, Profile, Where, Fact, Advice string }
	Errors   int
	Warnings int
}

// examined are the identifiers of what is wrong, each once, after a run of
// doctor whose status tells the same.
func examined(t *testing.T, l *lab.Lab, alice *ststest.User, args ...string) (ids []string) {
	t.Helper()
	r := l.Run("", append([]string{"doctor", "--json"}, args...)...)
	var d diagnosis
	if err := json.Unmarshal([]byte(r.Stdout), &d); err != nil {
		t.Fatalf("%v: %q, %s", err, r.Stdout, r.Stderr)
	}
	for _, f := range d.Findings {
		if f.Severity != "ok" {
			ids = append(ids, f.ID)
		}
		if f.Severity == "error" && f.Advice == "" {
			t.Errorf("%q says not what to do", f.Fact)
		}
	}
	if want := map[bool]int{true: 1}[len(ids) > 0]; r.Status != want || r.Stderr != "" {
		t.Errorf("status %d, want %d: %s", r.Status, want, r.Stderr)
	}
	text := l.Run("", append([]string{"doctor"}, args...)...)
	if strings.Contains(r.Stdout+text.Stdout+text.Stderr, alice.SecretAccessKey) || strings.Contains(r.Stdout+text.Stdout+text.Stderr, alice.Seed) {
		t.Error("a secret is shown")
	}
	if strings.Contains(text.Stdout, "\x1b") {
		t.Error("colours where there is no terminal")
	}
	for _, id := range ids {
		if !strings.Contains(text.Stdout, "["+id+"]") {
			t.Errorf("%q is not in the text:\n%s", id, text.Stdout)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// pasted are the variables of a session of the profile's.
func pasted(t *testing.T, l *lab.Lab) (id, key, token string) {
	t.Helper()
	r := l.Run("", "process", "work")
	var c struct {
		AccessKeyID     string `json:"AccessKeyId"`
		SecretAccessKey string
		SessionToken    string
	}
	if err := json.Unmarshal([]byte(r.Stdout), &c); err != nil {
		t.Fatal(err, r.Stderr)
	}
	return c.AccessKeyID, c.SecretAccessKey, c.SessionToken
}

// The seeds of trouble that people meet: each is named by its own identifier,
// and gone when it is put right.
func TestDoctorNamesTheSeedsOfTrouble(t *testing.T) {
	t.Parallel()
	l, alice := withKey(t, true)
	l.AWS.SetSessionLifetime(time.Hour)
	id, key, token := pasted(t, l)
	variables := func(id, key, token string) {
		for name, value := range map[string]string{"AWS_ACCESS_KEY_ID": id, "AWS_SECRET_ACCESS_KEY": key, "AWS_SESSION_TOKEN": token} {
			l.Set(name, value)
		}
	}
	config, err := os.ReadFile(l.ConfigFile())
	if err != nil {
		t.Fatal(err)
	}
	credentials := filepath.Join(filepath.Dir(l.ConfigFile()), "credentials")
	write := func(path, text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	none := func() { variables("", "", "") }
	for _, c := range []struct {
		name, id     string
		breaks, cure func()
		fix          string
	}{
		{"a pasted temporary key without its token", "session-token-missing", func() { variables(id, key, "") }, func() { variables(id, key, token) }, "set AWS_SESSION_TOKEN to the third value"},
		{"a token cut short", "token-cut-short", func() { variables(id, key, token[:99]) }, func() { variables(id, key, token) }, "copy it again, whole"},
		{"a value with a trailing space", "value-has-space", func() { variables(id, key+" ", token) }, func() { variables(id, key, token) }, "set it again without any"},
		{"an expired session, by its date", "expired",
			func() { variables(id, key, token); l.Set("AWS_CREDENTIAL_EXPIRATION", "2026-01-01T00:00:00Z") },
			func() { none(); l.Set("AWS_CREDENTIAL_EXPIRATION", "") }, "run: awsmint exec PROFILE -- COMMAND"},
		{"a stale key that shadows the profile", "static-key-shadows",
			func() {
				write(credentials, "[work]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = "+strings.Repeat("a", 40)+"\n")
			},
			func() { write(credentials, "") }, "else delete aws_access_key_id"},
		{"a clock 20 minutes off", "clock-off", func() { l.AWS.SetSkew(20 * time.Minute) }, func() { l.AWS.SetSkew(0) }, "set the clock right: timedatectl set-ntp true"},
		{"a serial with :user/", "mfa-serial-form",
			func() { write(l.ConfigFile(), strings.Replace(string(config), ":mfa/", ":user/", 1)) },
			func() { write(l.ConfigFile(), string(config)) }, "it has the form arn:aws:iam::ACCOUNT:mfa/NAME"},
	} {
		none()
		if got := examined(t, l, alice, "work"); len(got) > 0 {
			t.Fatalf("before %s: %q", c.name, got)
		}
		l.Set("AWS_REGION", "eu-west-1")
		c.breaks()
		if got := examined(t, l, alice, "work"); !slices.Equal(got, []string{c.id}) {
			t.Errorf("%s: %q, want %q", c.name, got, c.id)
		}
		if got := adviceFor(t, l, c.id, "work"); !strings.Contains(got, c.fix) {
			t.Errorf("%s: the fix is %q", c.name, got)
		}
		c.cure()
		if got := examined(t, l, alice, "work"); len(got) > 0 {
			t.Errorf("%s, put right: %q", c.name, got)
		}
		l.Set("AWS_REGION", "")
	}
}

// A session in the environment that is over, and has no date with it.
func TestDoctorAsksAWSWhetherASessionIsOver(t *testing.T) {
	t.Parallel()
	l, alice := withKey(t, true)
	l.AWS.SetSessionLifetime(2 * time.Minute)
	id, key, token := pasted(t, l)
	l.Set("AWS_ACCESS_KEY_ID", id)
	l.Set("AWS_SECRET_ACCESS_KEY", key)
	l.Set("AWS_SESSION_TOKEN", token)
	l.Set("AWS_REGION", "eu-west-1")
	if got := examined(t, l, alice); len(got) > 0 {
		t.Errorf("%q", got)
	}
	l.AWS.SetSkew(5 * time.Minute)
	if got := examined(t, l, alice); !slices.Contains(got, "expired") || !slices.Contains(got, "clock-off") {
		t.Errorf("%q", got)
	}
}

// An examination asks AWS for no session, and nobody for a code.
func TestDoctorMintsNothing(t *testing.T) {
	t.Parallel()
	l, alice := withKey(t, true)
	if got := examined(t, l, alice); len(got) > 0 {
		t.Errorf("%q", got)
	}
	wantCalls(t, l.AWS, "GetSessionToken", 0)
	before := l.AWS.Calls("")
	l.Set("AWS_ENDPOINT_URL_STS", "http://localhost:1")
	if got := examined(t, l, alice, "--offline"); !slices.Equal(got, []string{"endpoint-silent"}) {
		t.Errorf("offline: %q", got)
	}
	wantCalls(t, l.AWS, "", before)
}

// A .env file with an endpoint that is not there: the text is laid out.
func TestDoctorLooksAtAFile(t *testing.T) {
	t.Parallel()
	l, alice := withKey(t, true)
	file := filepath.Join(l.Home, ".env.local")
	text := "AWS_ACCESS_KEY_ID=local\nAWS_SECRET_ACCESS_KEY=local\nAWS_REGION=eu-west-1\nDYNAMODB_ENDPOINT_URL=http://127.0.0.1:1\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := examined(t, l, alice, "--file", file); !slices.Equal(got, []string{"endpoint-silent"}) {
		t.Errorf("%q", got)
	}
	r := l.Run("", "doctor", "--file", file)
	for line := range strings.Lines(r.Stdout) {
		if utf8.RuneCountInString(line) > 81 && len(strings.Fields(line)) > 2 {
			t.Errorf("a long line: %q", line)
		}
	}
}

// A file keychain that nobody unlocks is said to be locked, and nobody is asked.
func TestDoctorMeetsALockedKeychain(t *testing.T) {
	t.Parallel()
	l, alice := withKey(t, true)
	l.Set("AWSMINT_KERNEL_KEYRING", "off")
	l.Set("AWSMINT_PASSPHRASE", "")
	if got := examined(t, l, alice); !slices.Contains(got, "keychain-locked") {
		t.Errorf("%q", got)
	}
	// Opened by a run before, it is not called slow on a busy machine.
	l.Set("AWSMINT_KERNEL_KEYRING", "")
	l.Set("AWSMINT_PASSPHRASE", lab.Passphrase)
	clean(t, l.Run("", "login", "work", "--force"))
	if got := examined(t, l, alice); len(got) > 0 {
		t.Errorf("%q", got)
	}
}
