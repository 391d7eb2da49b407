package provider_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

// A key that somebody makes by hand round a rotation that broke off is not
// taken for the one that this rotation may have made, and is never deleted.
func TestKeyMadeByHandIsNoStray(t *testing.T) {
	failing := func(f ststest.Fault) func(*rotator) {
		return func(r *rotator) {
			f.Action, f.Times = "CreateAccessKey", 1
			r.sts.Inject(f)
			if _, err := r.rotate(hasty); err == nil {
				r.t.Fatal("the run was to fail")
			}
		}
	}
	killed := func(event string) func(*rotator) { return func(r *rotator) { r.endAt(event) } }
	for _, test := range []struct {
		name   string
		begins func(*rotator)
		after  time.Duration // the making of the key, after the end of the run
	}{
		{"killed before the call", killed("before CreateAccessKey"), 40 * time.Second},
		{"killed before the call, a day ago", func(r *rotator) {
			r.endAt("before CreateAccessKey")
			item := r.item("work")
			for i := range item.Rotation.Attempts {
				a := &item.Rotation.Attempts[i]
				a.From, a.Until = a.From.Add(-day), a.Until.Add(-day)
			}
			r.keys.items[keychain.KeyAccount("work")] = keychain.EncodeKey(item)
		}, time.Second},
		{"refused", failing(ststest.Fault{Code: "AccessDenied", Message: "no"}), time.Second},
		{"throttled to the end", failing(ststest.Fault{Code: "Throttling"}), time.Second},
		{"failed inside, made nothing", failing(ststest.Fault{Code: "ServiceUnavailable"}), time.Second},
		{"reset, made nothing", failing(ststest.Fault{ResetConn: true}), time.Second},
		{"failed inside, made a key", failing(ststest.Fault{Code: "ServiceUnavailable", Late: true}), time.Second},
		{"reset, made a key", failing(ststest.Fault{ResetConn: true, Late: true}), time.Second},
		{"no answer, made a key", failing(ststest.Fault{Hang: true, Late: true}), time.Second},
		{"not stored", func(r *rotator) {
			sets := 0
			r.keys.fail = func(operation, _ string) error {
				if operation != "set" {
					return nil
				}
				if sets++; sets != 2 { // after the intent
					return nil
				}
				return fault.New(fault.Keychain, "no answer from the keychain", "")
			}
			if _, err := r.rotate(hasty); err == nil {
				r.t.Fatal("the run was to fail")
			}
		}, time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRotator(t, false)
			test.begins(r)
			if keys := r.sts.AccessKeys("alice"); len(keys) != 1 {
				t.Fatalf("the run left %d keys", len(keys))
			}
			r.clock.advance(test.after)
			mine := r.secondKey(r.clock.Now(), time.Time{})
			_, err := r.rotate()
			wantFault(t, err, fault.Failure, "the user has 2 access keys", provider.LastFour(mine.ID)+" (made today, never used)")
			r.wantKeys(r.user.AccessKeyID, mine.ID)
			r.wantWorking()
			if journal := r.item("work").Rotation; journal != nil && strings.Contains(test.name, "a day ago") {
				t.Error("the journal is open after a day")
			}

			// Once it is gone, the rotation goes on.
			r.sts.RemoveAccessKey(mine.ID)
			r.mustRotate()
			r.wantOneKey(r.user.AccessKeyID)
		})
	}
}

// One that is made by hand while the run looks whether AWS has made one: AWS
// had answered by then.
func TestKeyMadeByHandWhileALostOneIsLookedFor(t *testing.T) {
	r := newRotator(t, false)
	r.sts.Inject(ststest.Fault{Action: "CreateAccessKey", Code: "ServiceUnavailable", Times: 1})
	var mine ststest.AccessKey
	_, err := r.rotate(hasty, func(rotation *provider.Rotation) {
		rotation.Wait = func(_ context.Context, d time.Duration) error {
			if r.clock.advance(d); mine.ID == "" && r.sts.Calls("ListAccessKeys") == 3 { // 3 s later
				mine = r.secondKey(r.clock.Now(), time.Time{})
			}
			return nil
		}
	})
	wantFault(t, err, fault.Network, "could not answer CreateAccessKey")
	r.wantKeys(r.user.AccessKeyID, mine.ID)
}

// One that was made by hand a moment before, so that IAM's list lags behind it,
// stands in the way of the new key: AWS says so, and that it has made none.
func TestKeyMadeByHandThatIsNotListedYet(t *testing.T) {
	r := newRotator(t, false)
	mine := r.secondKey(r.clock.Now(), time.Time{})
	r.behave(pretence{hidden: 3})
	_, err := r.rotate(impatient)
	wantFault(t, err, fault.Failure, "the user has 2 access keys")
	r.wantKeys(r.user.AccessKeyID, mine.ID)
	if r.item("work").Rotation != nil {
		t.Error("the journal is open although AWS refused")
	}
}
