package provider_test

import (
	"context"
	"errors"
	"io"
	"log"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/cache"
	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

// clock stands still until it is moved. It starts in the middle of a 30 s
// step, near the real time, by which the SDK signs.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

// step is how long a code is the present one.
const step = 30 * time.Second

func newClock() *clock {
	return &clock{t: time.Now().UTC().Truncate(step).Add(10 * time.Second)}
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// chain is a keychain in memory. fail, where set, may refuse a call ("get",
// "set" or "delete") with an error.
type chain struct {
	mu    sync.Mutex
	items map[string]secret.String
	fail  func(operation, account string) error
}

func (k *chain) do(operation, account string, then func() error) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.fail != nil {
		if err := k.fail(operation, account); err != nil {
			return err
		}
	}
	return then()
}

func (k *chain) Get(_ context.Context, account string) (value secret.String, err error) {
	err = k.do("get", account, func() error {
		var ok bool
		if value, ok = k.items[account]; !ok {
			return fault.Wrap(keychain.ErrNotFound, fault.Missing, "nothing is stored", "")
		}
		return nil
	})
	return value, err
}

func (k *chain) Set(_ context.Context, account string, value secret.String) error {
	return k.do("set", account, func() error { k.items[account] = value; return nil })
}

func (k *chain) Delete(_ context.Context, account string) error {
	return k.do("delete", account, func() error {
		if _, ok := k.items[account]; !ok {
			return fault.Wrap(keychain.ErrNotFound, fault.Missing, "nothing is stored", "")
		}
		delete(k.items, account)
		return nil
	})
}

// world is an STS, a user with a key and a seed in a keychain, an empty cache
// and a clock that all of them share. The user's profile is "work".
type world struct {
	t     *testing.T
	clock *clock
	sts   *ststest.Server
	user  *ststest.User
	keys  *chain
	cache *cache.Cache
	env   environment
}

func newWorld(t *testing.T) *world {
	t.Helper()
	c := newClock()
	s, err := ststest.Start(ststest.Options{Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &world{
		t: t, clock: c, sts: s, user: s.AddUser("alice"),
		keys:  &chain{items: map[string]secret.String{}},
		cache: &cache.Cache{Dir: t.TempDir(), Now: c.Now},
		env:   environment{"AWS_ENDPOINT_URL_STS": s.URL()},
	}
	w.storeKey(w.user.SecretAccessKey)
	w.storeSeed(w.user.Seed)
	return w
}

func (w *world) storeKey(secretKey string) {
	w.keys.items[keychain.KeyAccount("work")] = keychain.EncodeKey(keychain.Key{
		AccessKeyID: w.user.AccessKeyID, SecretAccessKey: secret.New(secretKey),
	})
}

func (w *world) storeSeed(seed string) {
	w.keys.items[keychain.SeedAccount("work")] = keychain.EncodeSeed(keychain.Seed{Secret: secret.New(seed)})
}

// settings are the lines of the profile with MFA by the stored seed alone.
func (w *world) settings() string {
	return "region = eu-west-1\nawsmint_mfa = totp\nmfa_serial = " + w.user.MFASerial + "\n"
}

const noMFA = "region = eu-west-1\n"

// link resolves the profile "work" with these lines.
func (w *world) link(lines string) *provider.Session {
	w.t.Helper()
	return session(w.t, lines, w.env)
}

// cached is a provider of its own, as every process has.
func (w *world) cached(lines string, change ...func(*provider.Options)) *provider.Cached {
	w.t.Helper()
	o := provider.Options{Keychain: w.keys, Cache: w.cache, Now: w.clock.Now, Timeout: 10 * time.Second, NoInput: true}
	for _, f := range change {
		f(&o)
	}
	return provider.New(w.link(lines), o)
}

// mint retrieves with a new provider.
func (w *world) mint(lines string, change ...func(*provider.Options)) (aws.Credentials, error) {
	w.t.Helper()
	return w.cached(lines, change...).Retrieve(within(w.t))
}

// brief leaves time for one try, and for no pause before another.
func brief(o *provider.Options) { o.Timeout = once }

const once = 150 * time.Millisecond

// mustMint is mint where nothing goes wrong.
func (w *world) mustMint(lines string) aws.Credentials {
	w.t.Helper()
	credentials, err := w.mint(lines)
	if err != nil {
		w.t.Fatalf("%v\n%s", err, fault.HintOf(err))
	}
	return credentials
}

// wantCalls checks how many requests for a session have arrived.
func (w *world) wantCalls(n int) {
	w.t.Helper()
	if got := w.sts.Calls("GetSessionToken"); got != n {
		w.t.Errorf("STS was asked %d times, want %d", got, n)
	}
}

// environment is a getenv over a map.
type environment map[string]string

func (e environment) get(name string) string { return e[name] }

// session resolves the profile "work" of a config with these lines.
func session(t *testing.T, lines string, env environment) *provider.Session {
	t.Helper()
	link, err := resolve(t, "[profile work]\n"+lines, env)
	if err != nil {
		t.Fatalf("%v\n%s", err, fault.HintOf(err))
	}
	return link.(*provider.Session)
}

func resolve(t *testing.T, config string, env environment) (provider.Link, error) {
	t.Helper()
	link, err := provider.Resolve(parsed(t, config), env.get, provider.Request{Profile: "work"})
	if err != nil {
		return nil, err
	}
	return link, link.(*provider.Session).Client.Check()
}

func parsed(t *testing.T, config string) *awsconfig.Config {
	t.Helper()
	c, err := awsconfig.Parse([]byte(config), nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// wantFault checks that err is a fault of this status, short, and that fact
// and hint together hold all the words.
func wantFault(t *testing.T, err error, status fault.Status, words ...string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) {
		t.Fatalf("%v is not a fault", err)
	}
	text := f.Fact + "\n" + fault.HintOf(err)
	if f.Status != status {
		t.Errorf("status %d, want %d: %s", f.Status, status, text)
	}
	if len(text) >= 1000 || strings.Contains(f.Fact, "\n") || f.Fact == "" || strings.HasSuffix(f.Fact, ".") {
		t.Errorf("not a fact and a hint of under 1,000 bytes but %d: %.1000q", len(text), text)
	}
	// Quoting doubles the backslashes of a path on Windows.
	unquoted := strings.ReplaceAll(text, `\\`, `\`)
	for _, word := range words {
		if !strings.Contains(unquoted, word) {
			t.Errorf("%q is not in:\n%s", word, text)
		}
	}
}

// discard is the log of servers whose clients break off on purpose.
var discard = log.New(io.Discard, "", 0)
