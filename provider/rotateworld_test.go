package provider_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
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

// serve is AWS behind a network that breaks.
func (r *rotator) serve(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	form, _ := url.ParseQuery(string(body))
	action := form.Get("Action")
	if !r.happen("before " + action) {
		refuse(w, r.present().refusal)
		return
	}
	hidden, unknown := r.pretends(action)
	if unknown {
		refuse(w, "InvalidClientTokenId")
		return
	}
	request.Body = io.NopCloser(strings.NewReader(string(body)))
	answer := httptest.NewRecorder()
	r.sts.Handler().ServeHTTP(answer, request)
	if !r.happen("after " + action) {
		refuse(w, "")
	}
	maps.Copy(w.Header(), answer.Header())
	w.WriteHeader(answer.Code)
	text := answer.Body.String()
	if hidden {
		keys := r.sts.AccessKeys("alice")
		before, after, _ := strings.Cut(text, keys[len(keys)-1].ID)
		_, after, _ = strings.Cut(after, "</member>")
		text = before[:strings.LastIndex(before, "<member>")] + after
	}
	if action == "ListAccessKeys" && r.present().doubled {
		youngest := text[strings.LastIndex(text, "<member>"):]
		youngest, _, _ = strings.Cut(youngest, "</member>")
		id := r.otherKey()
		text = strings.Replace(text, "<member>", strings.Replace(youngest, id, id[:16]+"TWIN", 1)+"</member><member>", 1)
	}
	_, _ = io.WriteString(w, text)
}

// pretence is how AWS behaves.
type pretence struct {
	refusal string // what it answers in place of silence
	hidden  int    // how many lists lag behind: they leave out the youngest key
	doubled bool   // lists have the youngest key twice, under another id
	flaps   string // how it knows the key for each call of action: "y" or "n"; then as it is
	action  string
}

// behave has AWS behave so from now on.
func (r *rotator) behave(p pretence) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pretence = p
}

func (r *rotator) present() pretence {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.pretence
}

// pretends is what an answer is to pretend.
func (r *rotator) pretends(action string) (hidden, unknown bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := &r.pretence
	switch {
	case action == "ListAccessKeys" && p.hidden > 0:
		p.hidden--
		return true, false
	case action == p.action && p.flaps != "":
		unknown = p.flaps[0] == 'n'
		p.flaps = p.flaps[1:]
	}
	return false, unknown
}

// refuse answers with an error of AWS's; without a code it does not answer.
func refuse(w http.ResponseWriter, code string) {
	if code == "" {
		panic(http.ErrAbortHandler)
	}
	status := http.StatusForbidden
	if code == "ServiceUnavailable" {
		status = http.StatusServiceUnavailable
	}
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>no</Message></Error><RequestId>r</RequestId></ErrorResponse>", code)
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

// wantWorking checks that the key in the keychain works.
func (r *rotator) wantWorking() {
	r.t.Helper()
	item := r.item("work")
	for _, key := range r.sts.AccessKeys("alice") {
		if key.ID == item.AccessKeyID && key.Secret == item.SecretAccessKey.Reveal() && key.Active {
			return
		}
	}
	r.t.Errorf("the key in the keychain does not work (%s)", item.AccessKeyID)
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

func name(events []string, i int) string { return fmt.Sprintf("%02d %s", i, events[i-1]) }
