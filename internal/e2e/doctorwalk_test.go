//go:build unix

package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What a program can find in its environment, or in a .env file, that is wrong:
// each is named, and alone. Nobody is asked about it.
func TestDoctorWalksThroughVariables(t *testing.T) {
	t.Parallel()
	l, alice := withKey(t, true)
	const (
		id, key = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"
		token   = "AWS_SESSION_TOKEN"
		asia    = "ASIAIOSFODNN7EXAMPLE"
		akia    = "AKIAIOSFODNN7EXAMPLE"
	)
	whole, long := strings.Repeat("a", 40), strings.Repeat("aaaa", 60)
	dir := filepath.Join(l.Home, "app")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, want string
		vars       map[string]string
		notInFiles bool // a .env file has no such thing
	}{
		{"nothing wrong", "", map[string]string{id: akia, key: whole}, false},
		{"a temporary key without its token", "session-token-missing", map[string]string{id: asia, key: whole}, false},
		{"a permanent key with a token", "session-token-unexpected", map[string]string{id: akia, key: whole, token: long}, false},
		{"a space", "value-has-space", map[string]string{id: akia + " ", key: whole}, true},
		{"quotes", "value-quoted", map[string]string{id: akia, key: `"` + whole + `"`}, true},
		{"a line break", "value-has-line-break", map[string]string{id: akia, key: whole + "\n"}, true},
		{"a short id", "key-id-form", map[string]string{id: akia[:18], key: whole}, false},
		{"an id of small letters", "key-id-form", map[string]string{id: strings.ToLower(akia), key: whole}, false},
		{"a short secret", "secret-length", map[string]string{id: akia, key: whole[:39]}, false},
		{"a secret with other characters", "secret-alphabet", map[string]string{id: akia, key: whole[:39] + "*"}, false},
		{"a short token", "token-cut-short", map[string]string{id: asia, key: whole, token: long[:80]}, false},
		{"a token with other characters", "token-alphabet", map[string]string{id: asia, key: whole, token: long + "*"}, false},
		{"an expiration that is past", "expired", map[string]string{id: asia, key: whole, token: long, "AWS_CREDENTIAL_EXPIRATION": "2026-01-02T03:04:05Z"}, false},
		{"an expiration that is none", "expiration-form", map[string]string{id: asia, key: whole, token: long, "AWS_CREDENTIAL_EXPIRATION": "soon"}, false},
		{"an older token left over", "old-security-token", map[string]string{id: akia, key: whole, "AWS_SECURITY_TOKEN": long}, false},
		{"a secret without its id", "key-id-missing", map[string]string{key: whole}, false},
		{"an id without its secret", "secret-missing", map[string]string{id: akia}, false},
		{"a local endpoint that is down", "endpoint-silent", map[string]string{"DYNAMODB_ENDPOINT_URL": "http://127.0.0.1:1"}, false},
		{"a local endpoint of a service that is down", "endpoint-silent", map[string]string{"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1"}, false},
		{"AWS_PROFILE of no profile", "profile-variable-names-nothing", map[string]string{"AWS_PROFILE": "nosuch"}, true},
	} {
		want := strings.Fields(c.want)
		var file strings.Builder
		l.Set("AWS_REGION", "eu-west-1")
		file.WriteString("AWS_REGION=eu-west-1\n")
		for name, value := range c.vars {
			l.Set(name, value)
			file.WriteString(name + "=" + value + "\n")
		}
		if got := examined(t, l, alice, "work", "--offline"); !slices.Equal(got, want) {
			t.Errorf("%s, in the environment: %q, want %q", c.name, got, want)
		}
		for name := range c.vars {
			l.Set(name, "")
		}
		l.Set("AWS_REGION", "")
		if c.notInFiles {
			continue
		}
		path := filepath.Join(dir, ".env.local")
		write(t, path, file.String(), 0o600)
		if got := examined(t, l, alice, "work", "--offline", "--file", path); !slices.Equal(got, want) {
			t.Errorf("%s, in a file: %q, want %q", c.name, got, want)
		}
	}
}

// What is wrong with profiles that have nothing to do with awsmint, too.
func TestDoctorWalksThroughProfiles(t *testing.T) {
	t.Parallel()
	l, alice := withKey(t, true)
	config := textOf(t, l.ConfigFile())
	const (
		role      = "role_arn = arn:aws:iam::444455556666:role/Admin\n"
		temporary = "aws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
	)
	token := "aws_session_token = " + strings.Repeat("aaaa", 60) + "\n"
	for _, c := range []struct{ name, want, config, shared string }{
		{"a temporary key without its token", "session-token-missing", "", "[x]\n" + temporary},
		{"a session that is over", "expired", "", "[x]\n" + temporary + token + "x_security_token_expires = 2026-01-02T03:04:05+01:00\n"},
		{"a permanent key", "key-in-plain-text", "", "[x]\n" + strings.Replace(temporary, "ASIA", "AKIA", 1)},
		{"a permanent key of bad form", "secret-length", "", "[x]\n" + strings.Replace(strings.Replace(temporary, "ASIA", "AKIA", 1), "aaaaaa", "", 1)},
		{"a key that shadows another program", "static-key-shadows", "[profile x]\ncredential_process = /bin/echo {}\n", "[x]\n" + temporary + token},
		{"a circle", "source-circle", "[profile x]\n" + role + "source_profile = y\n[profile y]\n" + role + "source_profile = x\n", ""},
		{"a source that is not there", "source-missing", "[profile x]\n" + role + "source_profile = nosuch\n", ""},
		{"a misspelt setting", "setting-misspelt", "[profile x]\nregion = eu-west-1\ncredental_process = /bin/echo {}\n", ""},
		{"a serial with :user/", "mfa-serial-form", "[profile x]\n" + role + "source_profile = y\nmfa_serial = arn:aws:iam::111122223333:user/alice\n[profile y]\nregion = eu-west-1\n", ""},
	} {
		write(t, l.ConfigFile(), config+c.config, 0o600)
		write(t, credentialsFile(l), c.shared, 0o600)
		before := l.AWS.Calls("GetCallerIdentity")
		if got := examined(t, l, alice); !slices.Equal(got, []string{c.want}) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if n := l.AWS.Calls("GetCallerIdentity") - before; n != 2 { // two runs, of work alone
			t.Errorf("%s: AWS was asked %d times", c.name, n)
		}
	}
}
