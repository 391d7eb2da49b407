package provider_test

import (
	"context"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

// TestStrayKeys: the run before ended when AWS had made a key that it never
// learnt of. That goes only where it can be nobody else's.
func TestStrayKeys(t *testing.T) {
	type made struct {
		r       *rotator
		id      string
		attempt keychain.Attempt
	}
	dated := func(m made, at time.Time) { m.r.sts.SetKeyHistory(m.id, at, time.Time{}) }
	const doubt = "can't be told from what somebody else did, and nothing is deleted"
	for _, test := range []struct {
		name   string
		change func(made)
		words  []string // empty: it is deleted
	}{
		{"as it was made", func(made) {}, nil},
		{"by a clock that is behind", func(m made) { dated(m, m.attempt.From.Add(-2*time.Second)) }, nil},
		{"by one that is further behind", func(m made) { dated(m, m.attempt.From.Add(-3*time.Second)) }, []string{"the user has 2 access keys"}},
		{"at the end of the attempt", func(m made) { dated(m, m.attempt.Until) }, nil},
		{"after the attempt", func(m made) { dated(m, m.attempt.Until.Add(time.Second)) }, []string{"the user has 2 access keys"}},
		{"in use", func(m made) { m.r.sts.SetKeyHistory(m.id, m.attempt.From, m.attempt.From.Add(time.Hour)) },
			[]string{"the user has 2 access keys", "last used today"}},
		{"of unknown use", func(m made) {
			m.r.sts.Inject(ststest.Fault{Action: "GetAccessKeyLastUsed", Code: "AccessDenied", Message: "no"})
		}, []string{doubt, "(made today, last use not known)", "delete it in the IAM console"}},
		{"deactivated by somebody", func(m made) { m.r.sts.DisableKey(m.id) }, []string{doubt, "(inactive, made today, never used)"}},
		{"one of two", func(m made) { m.r.behave(pretence{doubled: true}) }, []string{doubt}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRotator(t, true)
			r.endAt("after CreateAccessKey")
			stray := r.otherKey()
			test.change(made{r, stray, r.item("work").Rotation.Attempts[0]})
			rotated, err := r.rotate()
			if test.words == nil {
				if err != nil {
					t.Fatal(err)
				}
				r.wantOneKey(r.user.AccessKeyID)
				if len(rotated.Deleted) != 1 || rotated.Deleted[0] != stray {
					t.Errorf("deleted %q", rotated.Deleted)
				}
				return
			}
			wantFault(t, err, fault.Failure, append(test.words, provider.LastFour(stray), "run: awsmint rotate work")...)
			r.wantKeys(r.user.AccessKeyID, stray)
		})
	}
}

// A key that another profile or a file holds is somebody's, whenever it was
// made and though it was never used.
func TestKeyThatSomebodyHoldsIsLeftAlone(t *testing.T) {
	for _, test := range []struct {
		name string
		left func(r *rotator) // what makes it look like a key that may go
	}{
		{"as a stray", func(r *rotator) { r.endAt("after CreateAccessKey") }},
		{"as unused", func(r *rotator) { r.secondKey(r.clock.Now().Add(-400*day), time.Time{}) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRotator(t, true)
			test.left(r)
			other := r.otherKey()
			_, err := r.rotate(func(rotation *provider.Rotation) {
				rotation.UnusedFor = 90 * day
				rotation.HeldBy = func(_ context.Context, id string) (string, error) {
					if id != other {
						t.Errorf("asked who holds %s", id)
					}
					return `profile "ci"`, nil
				}
			})
			wantFault(t, err, fault.Failure, provider.LastFour(other)+" (", `never used), which profile "ci" has`,
				"take "+provider.LastFour(other)+` out of profile "ci"`, "run: awsmint rotate work")
			r.wantKeys(r.user.AccessKeyID, other)
		})
	}
}

// Each attempt that was interrupted is remembered, until its key must have been
// listed.
func TestAttemptsAreRemembered(t *testing.T) {
	r := newRotator(t, false)
	r.endAt("before CreateAccessKey")
	r.clock.advance(2 * time.Minute)
	r.endAt("before CreateAccessKey")
	attempts := r.item("work").Rotation.Attempts
	if len(attempts) != 2 || attempts[1].From.Sub(attempts[0].From) < 2*time.Minute || len(attempts[1].Known) != 1 {
		t.Fatalf("attempts %+v", attempts)
	}
	item := r.item("work")
	for i := range attempts {
		item.Rotation.Attempts[i].From, item.Rotation.Attempts[i].Until = attempts[i].From.Add(-58*time.Minute), attempts[i].Until.Add(-58*time.Minute)
	}
	r.keys.items[keychain.KeyAccount("work")] = keychain.EncodeKey(item)
	r.endAt("before CreateAccessKey")
	if got := r.item("work").Rotation.Attempts; len(got) != 2 || !got[0].From.Equal(item.Rotation.Attempts[1].From) {
		t.Errorf("attempts %+v", got)
	}
}

// The time of an attempt is short, although the keychain may have been slow to
// note it: somebody was asked to unlock it.
func TestAttemptIsNotedAgainWhereTheKeychainWasSlow(t *testing.T) {
	r := newRotator(t, false)
	sets := 0
	r.keys.fail = func(operation, _ string) error {
		if operation == "set" {
			if sets++; sets == 1 {
				r.clock.advance(time.Minute)
			}
		}
		return nil
	}
	began := r.clock.Now().Add(step) // which the run waits for
	r.mu.Lock()
	r.named = "before CreateAccessKey"
	r.mu.Unlock()
	if _, err := r.rotate(hasty); err == nil {
		t.Fatal("the run was to end")
	}
	if got := r.item("work").Rotation.Attempts; len(got) != 1 || got[0].From.Sub(began) < 55*time.Second || got[0].Until.Sub(got[0].From) > 20*time.Second {
		t.Errorf("attempts %+v, after %v", got, began)
	}
}
