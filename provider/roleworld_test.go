package provider_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

const admin = "arn:aws:iam::444455556666:role/Admin"

// roles is a world with a role, and the config of a profile "prod" for it over
// the key of "work".
func roles(t *testing.T, role ststest.Role, lines ...string) (*world, string) {
	t.Helper()
	w := newWorld(t)
	role.ARN = admin
	w.sts.AddRole(role)
	return w, "[profile work]\n" + w.settings() + "[profile prod]\nregion = eu-west-1\nrole_arn = " + admin + "\nsource_profile = work\n" + strings.Join(lines, "\n") + "\n"
}

// as retrieves for a profile of a config, as a process of its own would.
func (w *world) as(config, profile string, change ...func(*provider.Options)) (aws.Credentials, error) {
	w.t.Helper()
	return w.of(config, provider.Request{Profile: profile}, change...).Retrieve(within(w.t))
}

func (w *world) of(config string, request provider.Request, change ...func(*provider.Options)) *provider.Cached {
	w.t.Helper()
	link, err := provider.Resolve(parsed(w.t, config), w.env.get, request)
	if err != nil {
		w.t.Fatalf("%v\n%s", err, fault.HintOf(err))
	}
	o := provider.Options{Keychain: w.keys, Cache: w.cache, Now: w.clock.Now, Timeout: 10 * time.Second, NoInput: true}
	for _, f := range change {
		f(&o)
	}
	return provider.New(link, o)
}

// mustAs is as where nothing goes wrong.
func (w *world) mustAs(config, profile string) aws.Credentials {
	w.t.Helper()
	c, err := w.as(config, profile)
	if err != nil {
		w.t.Fatalf("%v\n%s", err, fault.HintOf(err))
	}
	return c
}

// madeWith is how AWS made credentials.
func (w *world) madeWith(c aws.Credentials) ststest.Session {
	w.t.Helper()
	s, ok := w.sts.Session(c.AccessKeyID)
	if !ok {
		w.t.Fatalf("AWS knows nothing of %q", c.AccessKeyID)
	}
	return s
}

func (w *world) wantAsked(action string, n int) {
	w.t.Helper()
	if got := w.sts.Calls(action); got != n {
		w.t.Errorf("%s was asked %d times, want %d", action, got, n)
	}
}

// sealed is the number of entries in the cache.
func (w *world) sealed() int {
	w.t.Helper()
	entries, err := filepath.Glob(filepath.Join(w.cache.Dir, "*.sealed"))
	if err != nil {
		w.t.Fatal(err)
	}
	return len(entries)
}
