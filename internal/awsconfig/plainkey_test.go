package awsconfig

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

const (
	plainTestID     = "AKIAIOSFODNN7EXAMPLE"
	plainTestSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
	otherTestSecret = "Zz9lrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEZZZ"
)

var plainTestKey = PlainKey{plainTestID, secret.New(plainTestSecret)}

// fillKey puts the example's values in the place of their short names.
var fillKey = strings.NewReplacer("ID…", plainTestID, "SECRET…", plainTestSecret, "OTHER…", otherTestSecret)

func TestRemovePlainKey(t *testing.T) {
	for _, c := range []struct{ name, before, after string }{
		{"from a credentials file, with its section",
			"[default]\naws_access_key_id = X\n\n[work]\naws_access_key_id = ID…\naws_secret_access_key = SECRET…\naws_session_token = t\n\n[b]\nregion = x\n",
			"[default]\naws_access_key_id = X\n\n[b]\nregion = x\n"},
		{"from a config file, where settings are left",
			"[profile work]\nregion = x\naws_access_key_id=ID…\nAWS_SECRET_ACCESS_KEY=SECRET… # mine\noutput = json\n",
			"[profile work]\nregion = x\noutput = json\n"},
		{"from both forms of the name", "[work]\naws_access_key_id = ID…\n[profile work]\naws_secret_access_key = SECRET…\n", ""},
		{"comments stay, and so does their section",
			"# top\n[work]\n# aws_secret_access_key = SECRET…\naws_access_key_id = ID…\n; rotate me\naws_secret_access_key = SECRET…\n",
			"# top\n[work]\n# aws_secret_access_key = SECRET…\n; rotate me\n"},
		{"unknown settings stay", "[work]\nx = 1\naws_secret_access_key = SECRET…\n\ty = 2\n", "[work]\nx = 1\n\ty = 2\n"},
		{"with what continues it, and every copy of it",
			"[work]\naws_secret_access_key = SECRET…\naws_access_key_id = ID…\naws_session_token = IQoJ\n  abc\naws_security_token = t\naws_secret_access_key = \"SECRET…\"\naws_access_key_id =\n[a]\n",
			"[a]\n"},
		{"an indented setting below doesn't become another's", "[work]\ns3 =\n  x = 1\naws_access_key_id = ID…\n  region = x\n", "[work]\ns3 =\n  x = 1\nregion = x\n"},
		{"Windows line breaks and no last one", "\ufeff[a]\r\nk = 1\r\n\r\n[work]\r\naws_access_key_id = ID…\r\naws_secret_access_key = SECRET…", "\ufeff[a]\r\nk = 1\r\n"},
		{"broken lines where there is no key", "[work]\njunk\n[profile work]\naws_access_key_id = ID…\n", "[work]\njunk\n"},
		{"a profile without a key", "[work]\nregion = x\n[profile work]\n[b]\naws_access_key_id = ID…\n", "[work]\nregion = x\n[profile work]\n[b]\naws_access_key_id = ID…\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			before, after := fillKey.Replace(c.before), fillKey.Replace(c.after)
			d := NewDocument([]byte(before))
			removed, err := d.RemovePlainKey("work", plainTestKey)
			if err != nil || removed != (before != after) {
				t.Errorf("removed %v, %v", removed, err)
			}
			wantText(t, "RemovePlainKey", d, after)
			if removed, err := d.RemovePlainKey("work", plainTestKey); removed || err != nil {
				t.Errorf("once more: %v, %v", removed, err)
			}
		})
	}
}

func TestNoOtherKeyIsRemoved(t *testing.T) {
	for _, c := range []struct {
		name, text, want string
		other            bool
	}{
		{"another id", "[work]\naws_access_key_id = AKIAOTHER\naws_secret_access_key = SECRET…\n", "document:2: this aws_access_key_id belongs to another access key", true},
		{"another secret", "[work]\naws_access_key_id = ID…\naws_secret_access_key = OTHER…\n", "document:3: this aws_secret_access_key belongs", true},
		{"another one that the last one hides", "[work]\naws_secret_access_key = OTHER…\naws_secret_access_key = SECRET…\n", "document:2: ", true},
		{"another one in the other form of the name", "[profile work]\naws_access_key_id = ID…\n[work]\naws_access_key_id = AKIAOTHER\n", "document:4: ", true},
		{"a secret over two lines", "[work]\naws_secret_access_key = wJalrXUtnFEMI\n  K7MDENG\n", "document:2: ", true},
		{"a broken line", "[work]\naws_access_key_id = ID…\naws_secret_access_key = SECRET…\nSECRET…\n", "document:4: expected an '=' sign", false},
		{"a broken file", "[work\naws_access_key_id = ID…\n", "document:1: profile definition must end", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := fillKey.Replace(c.text)
			d := NewDocument([]byte(text))
			removed, err := d.RemovePlainKey("work", plainTestKey)
			if removed || errors.Is(err, ErrOtherKey) != c.other {
				t.Errorf("got %v, %v", removed, err)
			}
			wantFault(t, err, fault.Failure, c.want)
			if shown := err.Error() + fault.HintOf(err); strings.Contains(shown, plainTestSecret[:8]) || strings.Contains(shown, otherTestSecret[:8]) {
				t.Errorf("the error shows a secret: %s", shown)
			}
			wantText(t, "a refused RemovePlainKey", d, text)
		})
	}
}

func TestPlainKeyGoesOutOfBothFiles(t *testing.T) {
	dir := t.TempDir()
	paths := Paths{filepath.Join(dir, "config"), filepath.Join(dir, "credentials")}
	writeFile(t, paths.Config, "[profile work]\nregion = x\n")
	writeFile(t, paths.Credentials, fillKey.Replace("[work]\naws_access_key_id = ID…\naws_secret_access_key = SECRET…\n# old\n"))
	for _, path := range []string{paths.Config, paths.Credentials} {
		if err := Update(context.Background(), path, func(d *Document) error {
			_, err := d.RemovePlainKey("work", plainTestKey)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	wantContent(t, paths.Config, "[profile work]\nregion = x\n")
	wantContent(t, paths.Credentials, "[work]\n# old\n")
}

func TestLinesWith(t *testing.T) {
	d := NewDocument([]byte(fillKey.Replace("# SECRET…\n[a]\nx = 1\n;k=SECRET…\n[services b]\nz = SECRET…")))
	if got := d.LinesWith(plainTestKey.SecretAccessKey); !slices.Equal(got, []int{1, 4, 6}) {
		t.Errorf("got %v", got)
	}
	if got := d.LinesWith(secret.String{}); got != nil {
		t.Errorf("nothing stands in lines %v", got)
	}
}

// AWS's own suite: whatever the file, a key that is put into a profile and
// taken out again leaves all profiles as every SDK read them.
func TestConformanceWithoutAPlainKey(t *testing.T) {
	tried := 0
	for _, c := range conformanceCases(t) {
		before, err := Parse([]byte(c.Input.ConfigFile), []byte(c.Input.CredentialsFile))
		if err != nil || before.Check() != nil {
			continue
		}
		for _, name := range append(before.Profiles(), "new") {
			tried++
			config, credentials := NewDocument([]byte(c.Input.ConfigFile)), NewDocument([]byte(c.Input.CredentialsFile))
			for d, h := range map[*Document]Header{config: ConfigProfile(name), credentials: CredentialsProfile(name)} {
				own := string(d.Bytes())
				for key, value := range map[string]string{plainID: plainTestID, plainSecret: plainTestSecret} {
					if err := d.Set(h, key, value); err != nil {
						t.Fatal(err)
					}
				}
				if removed, err := d.RemovePlainKey(name, plainTestKey); err != nil || !removed {
					t.Fatalf("%s: %q: %v, %v", c.Name, name, removed, err)
				}
				emptied := NewDocument([]byte(own)).RemoveIfEmpty(h) // it goes with the key
				if !emptied && strings.HasSuffix(own, "\n") && own != string(d.Bytes()) {
					t.Errorf("%s: %q: got %q of %q", c.Name, name, d.Bytes(), own)
				}
			}
			after, err := Parse(config.Bytes(), credentials.Bytes())
			if err != nil {
				t.Fatalf("%s: %v", c.Name, err)
			}
			was, is := view(t, before), view(t, after)
			if len(was.profiles[name]) == 0 { // an empty section went
				delete(was.profiles, name)
				delete(is.profiles, name)
			}
			if diff := cmp.Diff(was.profiles, is.profiles); diff != "" {
				t.Errorf("%s: %q (-before +after):\n%s", c.Name, name, diff)
			}
			if diff := cmp.Diff(was.sessions, is.sessions); diff != "" {
				t.Errorf("%s: %q (-before +after):\n%s", c.Name, name, diff)
			}
		}
	}
	if tried < 40 {
		t.Errorf("%d profiles were tried", tried)
	}
}
