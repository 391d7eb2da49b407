package provider_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

// errDead is what everything says that a run asks after its end.
var errDead = errors.New("the run has ended")

// rotator is a world whose keychain and network can break at any event: before
// and after each call.
type rotator struct {
	*world
	config string
	shared []string // other profiles with the same key
	said   []string // the events of the progress of all runs

	mu     sync.Mutex
	events []string // of the present run
	at     int      // the event that breaks, from 1 on; 0: none
	named  string   // the same by its name
	once   bool     // only that one breaks; else everything from then on
	broken bool
	pretence
}

// newRotator is a world in which IAM wants MFA, or in which there is none.
func newRotator(t *testing.T, withMFA bool) *rotator {
	t.Helper()
	r := &rotator{world: newWorld(t)}
	server := httptest.NewServer(http.HandlerFunc(r.serve))
	t.Cleanup(server.Close)
	r.env = environment{"AWS_ENDPOINT_URL": server.URL}
	r.config = "[profile work]\n" + noMFA
	if withMFA {
		r.config = "[profile work]\n" + r.settings()
		r.sts.SetSelfService("alice", ststest.SelfServiceWithMFA)
	}
	return r
}

// happen reports whether the run may go on.
func (r *rotator) happen(event string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, event)
	if r.once {
		return len(r.events) != r.at
	}
	r.broken = r.broken || len(r.events) == r.at || event == r.named
	return !r.broken
}

// breakAt has a run end at an event, or fail once there.
func (r *rotator) breakAt(event int, once bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events, r.at, r.named, r.once, r.broken = nil, event, "", once, false
}

// Get, Set and Delete make the rotator a keychain that breaks.
func (r *rotator) Get(ctx context.Context, account string) (value secret.String, err error) {
	err = r.around("get "+account, func() (err error) { value, err = r.keys.Get(ctx, account); return err })
	return value, err
}

func (r *rotator) Set(ctx context.Context, account string, value secret.String) error {
	return r.around("set "+account, func() error { return r.keys.Set(ctx, account, value) })
}

func (r *rotator) Delete(ctx context.Context, account string) error {
	return r.around("delete "+account, func() error { return r.keys.Delete(ctx, account) })
}

func (r *rotator) around(what string, do func() error) error {
	dead := fault.Wrap(errDead, fault.Keychain, "the keychain is gone", "")
	if !r.happen("before " + what) {
		return dead
	}
	err := do()
	if !r.happen("after " + what) {
		return dead
	}
	return err
}

// rotation is that of the profile "work". Waiting moves the clock.
func (r *rotator) rotation(change ...func(*provider.Rotation)) provider.Rotation {
	r.t.Helper()
	o := provider.Options{Keychain: r, Cache: r.cache, Now: r.clock.Now, Timeout: 20 * time.Second, NoInput: true}
	rotation, err := provider.NewRotation(parsed(r.t, r.config), r.env.get, "work", o)
	if err != nil {
		r.t.Fatalf("%v\n%s", err, fault.HintOf(err))
	}
	rotation.Wait = func(ctx context.Context, d time.Duration) error { r.clock.advance(d); return ctx.Err() }
	rotation.Shared = r.shared
	rotation.Progress = func(p provider.RotationProgress) { r.said = append(r.said, string(p.Event)) }
	for _, f := range change {
		f(rotation)
	}
	return *rotation
}

// rotate is a run of its own, which has a code of its own.
func (r *rotator) rotate(change ...func(*provider.Rotation)) (provider.Rotated, error) {
	r.t.Helper()
	r.clock.advance(step)
	before := r.sts.Calls("GetSessionToken")
	rotated, err := provider.Rotate(within(r.t), r.rotation(change...))
	if asked := r.sts.Calls("GetSessionToken") - before; asked > 1 {
		r.t.Errorf("%d codes were asked for in one run", asked)
	}
	return rotated, err
}

func (r *rotator) mustRotate(change ...func(*provider.Rotation)) provider.Rotated {
	r.t.Helper()
	rotated, err := r.rotate(change...)
	if err != nil {
		r.t.Fatalf("%v\n%s", err, fault.HintOf(err))
	}
	return rotated
}

// hasty leaves a call no time for another try.
func hasty(r *provider.Rotation) { r.Options.Timeout = 900 * time.Millisecond }

// item is what the keychain holds for a profile.
func (r *rotator) item(profile string) keychain.Key {
	r.t.Helper()
	r.keys.mu.Lock()
	defer r.keys.mu.Unlock()
	key, err := keychain.DecodeKey(r.keys.items[keychain.KeyAccount(profile)])
	if err != nil {
		r.t.Fatal(err)
	}
	return key
}

// share gives another profile the same key.
func (r *rotator) share(profile string) {
	r.keys.items[keychain.KeyAccount(profile)] = r.keys.items[keychain.KeyAccount("work")]
	r.shared = append(r.shared, profile)
}

// wantWorking checks that the keys in the keychain work.
func (r *rotator) wantWorking() {
	r.t.Helper()
	works := map[string]bool{}
	for _, key := range r.sts.AccessKeys("alice") {
		works[key.ID+key.Secret] = key.Active
	}
	for _, profile := range append(r.shared, "work") {
		if item := r.item(profile); !works[item.AccessKeyID+item.SecretAccessKey.Reveal()] {
			r.t.Errorf("the key of %q in the keychain does not work (%s)", profile, item.AccessKeyID)
		}
	}
}

// wantOneKey checks that the user has one key, another than before, that it
// works and is in the keychain, and that the journal is closed.
func (r *rotator) wantOneKey(before string) {
	r.t.Helper()
	r.wantWorking()
	if keys := r.sts.AccessKeys("alice"); len(keys) != 1 || keys[0].ID == before {
		r.t.Errorf("the user has %d keys, the first of which is %s; it was %s", len(keys), keys[0].ID, before)
	}
	if journal := r.item("work").Rotation; journal != nil {
		r.t.Errorf("the journal says %q", journal.Step)
	}
}

// wantEvents checks the events of the progress, but for waiting.
func (r *rotator) wantEvents(want ...string) {
	r.t.Helper()
	got := slices.DeleteFunc(slices.Clone(r.said), func(event string) bool { return event == string(provider.KeyAwaited) })
	if !slices.Equal(got, want) {
		r.t.Errorf("events %q, want %q", got, want)
	}
}

// secondKey makes another key for the user, as somebody else would.
func (r *rotator) secondKey(created, lastUsed time.Time) ststest.AccessKey {
	r.t.Helper()
	key, err := r.sts.AddAccessKey("alice")
	if err != nil {
		r.t.Fatal(err)
	}
	r.sts.SetKeyHistory(key.ID, created, lastUsed)
	return key
}

// otherKey is the id of the user's key that is not the one of the beginning.
func (r *rotator) otherKey() string {
	r.t.Helper()
	for _, key := range r.sts.AccessKeys("alice") {
		if key.ID != r.user.AccessKeyID {
			return key.ID
		}
	}
	r.t.Fatal("there is no other key")
	return ""
}

// wantKeys checks which keys the user has.
func (r *rotator) wantKeys(ids ...string) {
	r.t.Helper()
	got := map[string]bool{}
	for _, key := range r.sts.AccessKeys("alice") {
		got[key.ID] = true
	}
	for _, id := range ids {
		if !got[id] {
			r.t.Errorf("the key %s was deleted", id)
		}
		delete(got, id)
	}
	for id := range got {
		r.t.Errorf("there is another key, %s", id)
	}
}

func name(events []string, i int) string { return fmt.Sprintf("%02d %s", i, events[i-1]) }
