package provider_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/provider"
)

// mint is a source of credentials that live for a time and are numbered.
type mint struct {
	now   func() time.Time
	life  time.Duration
	err   error
	then  func() // called with the credentials made, before they are handed over
	calls int
}

func (m *mint) Retrieve(context.Context) (aws.Credentials, error) {
	m.calls++
	if m.err != nil {
		return aws.Credentials{}, m.err
	}
	if m.then != nil {
		m.then()
	}
	return aws.Credentials{
		AccessKeyID: fmt.Sprintf("ASIA%d", m.calls), SecretAccessKey: "hidden", SessionToken: "token", AccountID: "111122223333",
		CanExpire: true, Expires: m.now().Add(m.life).Truncate(time.Second), Source: "awsmint",
	}, nil
}

// numbered is a world whose sessions come from a mint.
func numbered(t *testing.T, life time.Duration) (*world, *mint) {
	w := newWorld(t)
	return w, &mint{now: w.clock.Now, life: life}
}

// from is a provider of its own over m.
func (w *world) from(m aws.CredentialsProvider, lines string) *provider.Cached {
	w.t.Helper()
	c := w.cached(lines)
	c.Source = m
	return c
}

// wantID checks what c gives.
func wantID(t *testing.T, c *provider.Cached, id string) aws.Credentials {
	t.Helper()
	credentials, err := c.Retrieve(within(t))
	if err != nil {
		t.Fatal(err)
	}
	if credentials.AccessKeyID != id {
		t.Errorf("got %s, want %s", credentials.AccessKeyID, id)
	}
	return credentials
}

func TestMissMintsAndHitDoesNot(t *testing.T) {
	w := newWorld(t)
	first := w.mustMint(w.settings())
	w.wantCalls(1)
	if want := w.clock.Now().Add(12 * time.Hour); !first.Expires.Equal(want) || !first.CanExpire {
		t.Errorf("expires %s, want %s", first.Expires, want)
	}
	if err := w.sts.Close(); err != nil { // a hit needs no network
		t.Fatal(err)
	}
	if again := w.mustMint(w.settings()); again != first {
		t.Errorf("the second run got other credentials, or others' fields: %s and %s", again.AccessKeyID, first.AccessKeyID)
	}
	w.wantCalls(1)
}

func TestHitNeedsNeitherKeyNorSeed(t *testing.T) {
	w := newWorld(t)
	w.mustMint(w.settings())
	var asked []string
	w.keys.fail = func(operation, account string) error { asked = append(asked, operation+" "+account); return nil }
	w.mustMint(w.settings())
	if len(asked) != 1 || asked[0] != "get cache-key" {
		t.Errorf("the keychain was asked to %q", asked)
	}
}

func TestExpiryWindow(t *testing.T) {
	const m = time.Minute
	for _, test := range []struct {
		name       string
		life, left time.Duration
		setting    string
		renewed    bool
	}{
		{name: "21 minutes left of 12 h", life: 12 * time.Hour, left: 21 * m},
		{name: "19 minutes left of 12 h", life: 12 * time.Hour, left: 19 * m, renewed: true},
		{name: "just over 20 minutes left", life: 12 * time.Hour, left: 20*m + time.Second},
		{name: "20 minutes left", life: 12 * time.Hour, left: 20 * m, renewed: true},
		{name: "over a third of 30 minutes", life: 30 * m, left: 10*m + time.Second},
		{name: "a third of 30 minutes", life: 30 * m, left: 10 * m, renewed: true},
		{name: "over a third of an hour", life: time.Hour, left: 20*m + time.Second},
		{name: "window set, over it", life: 12 * time.Hour, left: 61 * m, setting: "awsmint_expiry_window = 1h\n"},
		{name: "window set, under it", life: 12 * time.Hour, left: 59 * m, setting: "awsmint_expiry_window = 1h\n", renewed: true},
		{name: "shorter window set", life: 12 * time.Hour, left: 2 * m, setting: "awsmint_expiry_window = 60\n"},
		{name: "one second left", life: 12 * time.Hour, left: time.Second, renewed: true},
		{name: "just expired", life: 12 * time.Hour, left: 0, renewed: true},
		{name: "long expired", life: 12 * time.Hour, left: -time.Hour, renewed: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			w, source := numbered(t, test.life)
			lines := noMFA + test.setting
			wantID(t, w.from(source, lines), "ASIA1")
			w.clock.advance(test.life - test.left)
			want := "ASIA1"
			if test.renewed {
				want = "ASIA2"
			}
			wantID(t, w.from(source, lines), want)
			wantID(t, w.from(source, lines), want)
		})
	}
}

func TestStaleCredentialsServeWhenRenewalFails(t *testing.T) {
	refusal := fault.New(fault.Person, "nobody answered", "")
	for _, test := range []struct {
		name   string
		left   time.Duration
		change func(*provider.Cached)
		served bool
	}{
		{name: "a minute left", left: time.Minute, served: true},
		{name: "a second left", left: time.Second, served: true},
		{name: "none left", left: 0},
		{name: "a minute left, and strict", left: time.Minute, change: func(c *provider.Cached) { c.Strict = true }},
		{name: "all left, by force", left: time.Hour, change: func(c *provider.Cached) { c.Force = true }, served: true},
		{name: "all left, by force and strict", left: time.Hour, change: func(c *provider.Cached) { c.Force, c.Strict = true, true }},
	} {
		t.Run(test.name, func(t *testing.T) {
			w, source := numbered(t, time.Hour)
			first := wantID(t, w.from(source, noMFA), "ASIA1")
			w.clock.advance(time.Hour - test.left)
			source.err = refusal
			c := w.from(source, noMFA)
			if test.change != nil {
				test.change(c)
			}
			got, err := c.Retrieve(within(t))
			if source.calls != 2 {
				t.Errorf("%d mints, want a second try", source.calls)
			}
			if test.served && (err != nil || got != first) {
				t.Errorf("got %s until %s, %v; want the first with their true expiration", got.AccessKeyID, got.Expires, err)
			}
			if !test.served && (!errors.Is(err, refusal) || got != aws.Credentials{}) {
				t.Errorf("got %q, %v; want the renewal's error", got.AccessKeyID, err)
			}
		})
	}
}

func TestForceMintsAnewAndReplacesEntry(t *testing.T) {
	w, source := numbered(t, time.Hour)
	wantID(t, w.from(source, noMFA), "ASIA1")
	forced := w.from(source, noMFA)
	forced.Force = true
	wantID(t, forced, "ASIA2")
	wantID(t, w.from(source, noMFA), "ASIA2")
}

func TestFailedMintLeavesOldEntry(t *testing.T) {
	w, source := numbered(t, time.Hour)
	wantID(t, w.from(source, noMFA), "ASIA1")
	source.err = errors.New("no network")
	forced := w.from(source, noMFA)
	forced.Force, forced.Strict = true, true
	if _, err := forced.Retrieve(within(t)); err == nil {
		t.Fatal("no error")
	}
	source.err = nil
	wantID(t, w.from(source, noMFA), "ASIA1")
}

func TestSettingsThatDifferGetSessionsOfTheirOwn(t *testing.T) {
	w, source := numbered(t, time.Hour)
	wantID(t, w.from(source, noMFA), "ASIA1")
	wantID(t, w.from(source, noMFA+"awsmint_duration = 8h\n"), "ASIA2")
	wantID(t, w.from(source, noMFA), "ASIA1")
}

// TestMintedCredentialsAreStoredFirst: whoever gets them may find them in the
// cache, though the reader has gone and ctx has ended meanwhile.
func TestMintedCredentialsAreStoredFirst(t *testing.T) {
	w, source := numbered(t, time.Hour)
	ctx, cancel := context.WithCancel(within(t))
	source.then = cancel
	got, err := w.from(source, noMFA).Retrieve(ctx)
	if err != nil || got.AccessKeyID != "ASIA1" {
		t.Fatalf("%q, %v", got.AccessKeyID, err)
	}
	wantID(t, w.from(source, noMFA), "ASIA1")
}

func TestCachedTellsTimesWithoutKeychain(t *testing.T) {
	w, source := numbered(t, time.Hour)
	c := w.from(source, noMFA)
	if _, ok := c.Cached(); ok {
		t.Error("an empty cache has something")
	}
	issued := w.clock.Now()
	wantID(t, c, "ASIA1")
	w.keys.fail = func(string, string) error { t.Error("the keychain was asked"); return nil }
	times, ok := w.from(source, noMFA).Cached()
	if !ok || !times.Issued.Equal(issued) || !times.Expires.Equal(issued.Add(time.Hour)) {
		t.Errorf("%v from %s to %s", ok, times.Issued, times.Expires)
	}
	w.clock.advance(time.Hour)
	if ended, ok := w.from(source, noMFA).Cached(); ok || ended != times {
		t.Errorf("expired credentials: %v, from %s to %s", ok, ended.Issued, ended.Expires)
	}
}

// What is told as the time of the next renewal is when it is done.
func TestRenewalIsWhenTheWindowBegins(t *testing.T) {
	for window, want := range map[string]time.Duration{"": 40 * time.Minute, "awsmint_expiry_window = 10m\n": 50 * time.Minute} {
		w, source := numbered(t, time.Hour)
		c := w.from(source, noMFA+window)
		wantID(t, c, "ASIA1")
		times, _ := c.Cached()
		renewal := c.Renewal(times)
		if got := renewal.Sub(times.Issued); got != want {
			t.Errorf("%q: after %s, want %s", window, got, want)
		}
		w.clock.advance(renewal.Sub(w.clock.Now()) - time.Second)
		wantID(t, c, "ASIA1")
		w.clock.advance(time.Second)
		wantID(t, c, "ASIA2")
	}
}

// A window that leaves nothing of what AWS gave would make each run a mint.
func TestWindowLongerThanTheGrantedLife(t *testing.T) {
	const lines = noMFA + "awsmint_expiry_window = 2h\n"
	for life, first := range map[time.Duration]time.Duration{ // how long the credentials serve
		3 * time.Hour: time.Hour, 2 * time.Hour: 100 * time.Minute, 90 * time.Minute: 70 * time.Minute, 30 * time.Minute: 20 * time.Minute,
		2*time.Hour + 30*time.Second: 100*time.Minute + 30*time.Second,
	} {
		w, m := numbered(t, life)
		wantID(t, w.from(m, lines), "ASIA1")
		w.clock.advance(first - 5*time.Second)
		wantID(t, w.from(m, lines), "ASIA1")
		w.clock.advance(10 * time.Second)
		wantID(t, w.from(m, lines), "ASIA2")
	}
}
