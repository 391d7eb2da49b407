package doctor_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/cache"
	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/doctor"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

// world is a home in which all is well: the profile work has alice's key, her
// device and its seed.
type world struct {
	*testing.T
	home    string
	config  string // ~/.aws/config
	shared  string // ~/.aws/credentials
	env     map[string]string
	keys    *fakeKeychain
	aws     *ststest.Server
	alice   *ststest.User
	shift   time.Duration // of the clocks, this machine's and AWS's: the SDK signs by the real one, which AWS allows to be 15 minutes off
	cache   string
	profile string
	file    string
	offline bool
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, home: t.TempDir()}
	server, err := ststest.Start(ststest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	w.aws, w.alice = server, server.AddUser("alice")
	w.env = map[string]string{"AWS_ENDPOINT_URL_STS": server.URL(), "AWS_ENDPOINT_URL_IAM": server.URL(), "AWS_EC2_METADATA_DISABLED": "true", "PATH": os.Getenv("PATH"), "HOME": w.home}
	w.cache = filepath.Join(w.home, ".cache", "awsmint")
	w.profile = "work"
	w.write(".aws/credentials", "")
	w.link("bin/awsmint")
	w.shared = filepath.Join(w.home, ".aws", "credentials")
	w.config = filepath.Join(w.home, ".aws", "config")
	w.configure("")
	w.keys = &fakeKeychain{world: w, items: map[string]secret.String{}}
	w.store(w.key())
	w.keys.items[keychain.SeedAccount("work")] = keychain.EncodeSeed(keychain.Seed{Secret: secret.New(w.alice.Seed)})
	return w
}

// link makes a link to the program that runs: it is awsmint by that.
func (w *world) link(path string) string {
	w.Helper()
	path = filepath.Join(w.home, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		w.Fatal(err)
	}
	executable, err := os.Executable()
	if err != nil {
		w.Fatal(err)
	}
	if err := os.Symlink(executable, path); err != nil {
		w.Skip("no links here: ", err)
	}
	return path
}

func (w *world) write(path, text string) string {
	w.Helper()
	path = filepath.Join(w.home, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		w.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		w.Fatal(err)
	}
	return path
}

func (w *world) read(path string) string {
	w.Helper()
	text, err := os.ReadFile(filepath.Join(w.home, path))
	if err != nil {
		w.Fatal(err)
	}
	return string(text)
}

// line is the credential_process line of a profile.
func (w *world) line(profile string) string {
	return filepath.Join(w.home, "bin", "awsmint") + " process " + profile
}

// configure writes the sound config, with more at its end and some lines of
// another content.
func (w *world) configure(more string, replace ...string) {
	w.Helper()
	text := "[profile work]\nregion = eu-west-1\ncredential_process = " + w.line("work") + "\nawsmint_mfa_serial = " + w.alice.MFASerial + "\nawsmint_mfa = totp\n"
	w.write(".aws/config", strings.NewReplacer(replace...).Replace(text)+more)
}

func (w *world) key() keychain.Key {
	return keychain.Key{AccessKeyID: w.alice.AccessKeyID, SecretAccessKey: secret.New(w.alice.SecretAccessKey), CreatedAt: w.clock(), ARN: w.alice.ARN}
}

func (w *world) store(key keychain.Key) {
	w.keys.items[keychain.KeyAccount("work")] = keychain.EncodeKey(key)
}

func (w *world) getenv(name string) string { return w.env[name] }

func (w *world) environ() (environ []string) {
	for name, value := range w.env {
		environ = append(environ, name+"="+value)
	}
	return environ
}

func (w *world) paths() awsconfig.Paths {
	return awsconfig.Paths{Config: w.config, Credentials: w.shared}
}

func (w *world) clock() time.Time { return time.Now().Add(w.shift) }

// pass lets time go by.
func (w *world) pass(d time.Duration) {
	w.shift += d
	w.aws.SetSkew(w.shift)
}

func (w *world) examine() []doctor.Finding {
	w.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	d := &doctor.Doctor{
		Profile: w.profile, File: w.file, Offline: w.offline,
		Surroundings: provider.Surroundings{Home: w.home, Paths: w.paths(), ConfigDir: filepath.Join(w.home, ".config"), CacheDir: w.cache},
		Getenv:       w.getenv, Environ: w.environ(), Keychain: w.keys, Cache: &cache.Cache{Dir: w.cache, Now: w.clock}, Now: w.clock, Timeout: 2 * time.Second,
		Line:        func(profile string) (string, error) { return w.line(profile), nil },
		ProcessSize: func(c aws.Credentials) int { return len(c.SessionToken) + 200 },
	}
	findings := d.Examine(ctx)
	for _, f := range findings {
		if text := fmt.Sprintf("%+v", f); strings.Contains(text, w.alice.SecretAccessKey) || strings.Contains(text, w.alice.Seed) {
			w.Errorf("a secret is shown: %s", text)
		}
	}
	return findings
}

// bad are the identifiers of what is not well, each once, sorted.
func bad(findings []doctor.Finding) string {
	var ids []string
	for _, f := range findings {
		if f.Severity != doctor.OK {
			ids = append(ids, f.ID)
		}
	}
	slices.Sort(ids)
	return strings.Join(slices.Compact(ids), " ")
}

func (w *world) provider() *provider.Cached {
	w.Helper()
	config, err := awsconfig.Load(w.paths())
	if err != nil {
		w.Fatal(err)
	}
	link, err := provider.Resolve(config, w.getenv, provider.Request{Profile: "work"})
	if err != nil {
		w.Fatal(err)
	}
	return provider.New(link, provider.Options{Keychain: w.keys, Cache: &cache.Cache{Dir: w.cache, Now: w.clock}, Now: w.clock, Getenv: w.getenv, Environ: w.environ(), NoInput: true})
}

// login mints a session, as `awsmint login` does.
func (w *world) login() aws.Credentials {
	w.Helper()
	w.pass(time.Minute) // another code
	p := w.provider()
	p.Force, p.Strict = true, true
	credentials, err := p.Retrieve(context.Background())
	if err != nil {
		w.Fatal(err)
	}
	return credentials
}

// variables puts credentials into the environment.
func (w *world) variables(c aws.Credentials) {
	w.env["AWS_ACCESS_KEY_ID"], w.env["AWS_SECRET_ACCESS_KEY"], w.env["AWS_SESSION_TOKEN"] = c.AccessKeyID, c.SecretAccessKey, c.SessionToken
	w.env["AWS_REGION"] = "eu-west-1"
}

func (w *world) unset(names ...string) {
	for _, name := range names {
		delete(w.env, name)
	}
}

func (w *world) unsetCredentials() {
	w.unset("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
}

// fakeKeychain is one that can fail, and be slow.
type fakeKeychain struct {
	world *world
	items map[string]secret.String
	err   error
	slow  time.Duration
}

func (k *fakeKeychain) Get(_ context.Context, account string) (secret.String, error) {
	k.world.shift += k.slow
	if k.err != nil {
		return secret.String{}, k.err
	}
	value, ok := k.items[account]
	if !ok {
		return value, keychain.ErrNotFound
	}
	return value, nil
}

func (k *fakeKeychain) Set(_ context.Context, account string, value secret.String) error {
	k.items[account] = value
	return nil
}

func (k *fakeKeychain) Delete(_ context.Context, account string) error {
	delete(k.items, account)
	return nil
}
