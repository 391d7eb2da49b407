package cli

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/provider"
)

// spoiltKeychain is one in memory that fails as it is told.
type spoiltKeychain struct {
	values        map[string]secret.String
	noSet         bool
	noGet         bool // once there is something
	givesOtherKey bool
}

var errLocked = fault.New(fault.Keychain, "the keychain is locked", "unlock it")

func (k *spoiltKeychain) Get(_ context.Context, account string) (secret.String, error) {
	value, ok := k.values[account]
	switch {
	case !ok:
		return secret.String{}, keychain.ErrNotFound
	case k.noGet:
		return secret.String{}, errLocked
	case k.givesOtherKey:
		return keychain.EncodeKey(keychain.Key{AccessKeyID: otherID, SecretAccessKey: secret.New(stepSecret)}), nil
	}
	return value, nil
}

func (k *spoiltKeychain) Set(_ context.Context, account string, value secret.String) error {
	if k.noSet {
		return errLocked
	}
	k.values[account] = value
	return nil
}

func (k *spoiltKeychain) Delete(_ context.Context, account string) error {
	delete(k.values, account)
	return nil
}

const (
	stepID     = "AKIAIOSFODNN7EXAMPLE"
	otherID    = "AKIAIOSFODNN7OTHER12"
	stepSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
)

// appIn is an App whose files are in dir, and which says everything to said.
func appIn(dir string, said *bytes.Buffer) *App {
	return &App{Stdout: said, Stderr: said, Getenv: func(string) string { return "" }, Now: time.Now, Log: slog.New(slog.DiscardHandler), Surroundings: provider.Surroundings{
		Paths:    awsconfig.Paths{Config: filepath.Join(dir, "config"), Credentials: filepath.Join(dir, "credentials")},
		CacheDir: filepath.Join(dir, "cache"),
	}}
}

// What an error says is so, whichever step of an import fails.
func TestWhatAFailedImportSaysIsSo(t *testing.T) {
	const region = "[profile work]\nregion = eu-west-1\n"
	plain := func(header, id string) string {
		return header + "\naws_access_key_id = " + id + "\naws_secret_access_key = " + stepSecret + "\n"
	}
	for _, c := range []struct {
		name                string
		keychain            spoiltKeychain
		config, credentials string
		want, hint          string
		stored, written     bool // the key, and the profile
	}{
		{"the keychain takes nothing", spoiltKeychain{noSet: true}, region, plain("[work]", stepID),
			"the keychain is locked", "unlock it", false, false},
		{"the keychain can't be read", spoiltKeychain{noGet: true}, region, plain("[work]", stepID),
			"the keychain took the key of profile \"work\" and can't be read: the keychain is locked; the config files are as they were", "unlock it", true, false},
		{"the keychain gives another key", spoiltKeychain{givesOtherKey: true}, region, plain("[work]", stepID),
			"the keychain took the key of profile \"work\" and does not give it back", "the config files are as they were", true, false},
		{"another key has come into the config file", spoiltKeychain{}, plain("[profile work]", otherID), plain("[work]", stepID),
			"the key of profile \"work\" is stored, and the config files are as they were: ", "run it again", true, false},
		{"another key has come into the credentials file", spoiltKeychain{}, region, plain("[work]", otherID),
			"the key of profile \"work\" is stored, and its profile is written, but the credentials file is as it was: ", "run it again", true, true},
		{"all goes well", spoiltKeychain{}, region, plain("[work]", stepID), "", "", true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			var said bytes.Buffer
			app := appIn(dir, &said)
			for path, text := range map[string]string{app.Paths.Config: c.config, app.Paths.Credentials: c.credentials} {
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			config, err := awsconfig.Load(app.Paths)
			if err != nil {
				t.Fatal(err)
			}
			c.keychain.values = map[string]secret.String{}
			step := &importStep{
				addition: &addition{
					Add: &Add{Profile: "work"}, app: app, config: config, section: awsconfig.Empty("work"), keychain: &c.keychain, line: "/opt/awsmint process work",
					newKey: newKey{key: keychain.Key{AccessKeyID: stepID, SecretAccessKey: secret.New(stepSecret)}},
				},
				run:   &imports{Import: &Import{}, app: app},
				found: foundKey{inFiles: true},
			}
			step.found.AccessKeyID, step.found.SecretAccessKey = secret.New(stepID), secret.New(stepSecret)

			err = step.do(t.Context())
			if (err == nil) != (c.want == "") || err != nil && (!strings.HasPrefix(err.Error(), c.want) || !strings.Contains(fault.HintOf(err), c.hint)) {
				t.Errorf("got %v; %s", err, fault.HintOf(err))
			}
			if err != nil && strings.Contains(err.Error()+fault.HintOf(err), "nothing was changed") {
				t.Errorf("it may be that something was: %v; %s", err, fault.HintOf(err))
			}
			_, stored := c.keychain.values[keychain.KeyAccount("work")]
			now, _ := os.ReadFile(app.Paths.Config)
			left, _ := os.ReadFile(app.Paths.Credentials)
			if written := string(now) != c.config; stored != c.stored || written != c.written {
				t.Errorf("the key is stored: %v, the profile written: %v", stored, written)
			}
			if (string(left) == c.credentials) != (c.want != "") {
				t.Errorf("the credentials file is\n%s", left)
			}
		})
	}
}

// A .env file that has got another key since it was read keeps it.
func TestAnotherKeyInTheEnvFileStays(t *testing.T) {
	path := filepath.Join(t.TempDir(), ".env")
	const text = "A=1\nAWS_ACCESS_KEY_ID=" + otherID + "\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	step := &importStep{
		addition: &addition{Add: &Add{Profile: "work"}, app: &App{Surroundings: provider.Surroundings{CacheDir: t.TempDir()}}},
		run:      &imports{Import: &Import{EnvFile: path}},
	}
	step.found.AccessKeyID = secret.New(stepID)
	err := step.clearEnvFile(t.Context())
	if err == nil || err.Error() != path+":2: there is another key by now" {
		t.Errorf("got %v", err)
	}
	if left, err := os.ReadFile(path); err != nil || string(left) != text {
		t.Errorf("the file is %q, %v", left, err)
	}
}
