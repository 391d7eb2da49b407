package provider_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/provider"
)

// kept are temporary credentials that somebody else got.
func (w *world) kept(life time.Duration) aws.Credentials {
	return aws.Credentials{
		AccessKeyID: "ASIAKEPT", SecretAccessKey: "kept", SessionToken: "token", AccountID: "111122223333",
		CanExpire: true, Expires: w.clock.Now().Add(life).Truncate(time.Second), Source: "awsmint",
	}
}

func (w *world) options() provider.Options {
	return provider.Options{Keychain: w.keys, Cache: w.cache, Now: w.clock.Now}
}

// TestKeptCredentialsAreHandedOut until they end, over those minted before, and
// then give way to what is minted.
func TestKeptCredentialsAreHandedOut(t *testing.T) {
	w, m := numbered(t, 12*time.Hour)
	link := w.link(w.settings())
	wantID(t, w.from(m, w.settings()), "ASIA1")
	want := w.kept(time.Hour)
	if err := provider.Keep(within(t), link, want, w.options()); err != nil {
		t.Fatal(err)
	}
	if got := wantID(t, w.from(m, w.settings()), "ASIAKEPT"); got != want {
		t.Errorf("got %+v", got.Expires)
	}
	w.clock.advance(50 * time.Minute) // inside their window, and nothing can be minted
	m.err = fault.New(fault.Missing, "no key", "")
	wantID(t, w.from(m, w.settings()), "ASIAKEPT")
	m.err = nil
	wantID(t, w.from(m, w.settings()), "ASIA3")
}

func TestWhatIsNotKept(t *testing.T) {
	for name, spoil := range map[string]func(*aws.Credentials){
		"a permanent key":        func(c *aws.Credentials) { c.SessionToken = "" },
		"without an end":         func(c *aws.Credentials) { c.CanExpire = false },
		"what has ended already": func(c *aws.Credentials) { c.Expires = c.Expires.Add(-2 * time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			c := w.kept(time.Hour)
			spoil(&c)
			if err := provider.Keep(within(t), w.link(w.settings()), c, w.options()); err == nil {
				t.Error("kept")
			}
		})
	}
}

// TestKeptForARole: the entry is the one that the role's chain looks for.
func TestKeptForARole(t *testing.T) {
	w := newWorld(t)
	config := parsed(t, "[profile work]\n"+w.settings()+"[profile prod]\nawsmint_role_arn = arn:aws:iam::111122223333:role/Admin\nawsmint_source_profile = work\n")
	link, err := provider.Resolve(config, w.env.get, provider.Request{Profile: "prod"})
	if err != nil {
		t.Fatal(err)
	}
	if err := provider.Keep(within(t), link, w.kept(time.Hour), w.options()); err != nil {
		t.Fatal(err)
	}
	wantID(t, provider.New(link, w.options()), "ASIAKEPT")
}
