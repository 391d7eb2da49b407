package provider_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

var workAccount = keychain.KeyAccount("work")

// What another process does to the item in the middle of a rotation.
func removes(r *rotator) { delete(r.keys.items, workAccount) }

func storesAnother(r *rotator) {
	r.keys.items[workAccount] = keychain.EncodeKey(keychain.Key{AccessKeyID: "AKIAIOSFODNN7ANOTHER", SecretAccessKey: secret.New("s")})
}

func storesTheOldOne(r *rotator) {
	r.keys.items[workAccount] = keychain.EncodeKey(keychain.Key{AccessKeyID: r.user.AccessKeyID, SecretAccessKey: secret.New(r.user.SecretAccessKey)})
}

// when has something happen once, at the first wait, when commands publish the
// new key, or when the cache forgets the old one.
func when(moment string, r *rotator, do func(*rotator)) func(*provider.Rotation) {
	once := func() {
		if do != nil {
			do(r)
			do = nil
		}
	}
	return func(rotation *provider.Rotation) {
		switch moment {
		case "publishing":
			rotation.Publish = []string{"x"}
			rotation.Run = func(context.Context, string, secret.String) error { once(); return nil }
		case "forgetting":
			rotation.Forget = func() error { once(); return nil }
		case "waiting":
			rotation.Wait = func(_ context.Context, d time.Duration) error { r.clock.advance(d); once(); return nil }
		case "deleting":
			rotation.Progress = func(p provider.RotationProgress) {
				if p.Event == provider.KeyDeactivated {
					once()
				}
			}
		}
	}
}

// Whoever removes or replaces the key meanwhile has the last word, is told what
// there is now, and loses no key that is in the keychain.
func TestKeyThatIsReplacedOrRemovedMeanwhile(t *testing.T) {
	const removed, replaced = `the key of profile "work" in the keychain was removed meanwhile`, `the key of profile "work" in the keychain was replaced meanwhile`
	for _, test := range []struct {
		name, moment string
		do           func(*rotator)
		old, made    string // what becomes of the keys at AWS: "active", "inactive" or "" for deleted
		words        []string
	}{
		{"removed before anybody has the new key", "waiting", removes, "active", "",
			[]string{removed, `profile "work" has no key in the keychain any more`, "at AWS there is …OLD", "delete it in the IAM console if nobody uses it"}},
		{"replaced before anybody has the new key", "waiting", storesAnother, "active", "",
			[]string{replaced, "the key …THER, which was stored meanwhile, is in use", "at AWS there is …OLD"}},
		{"removed when the new key is published", "publishing", removes, "active", "active",
			[]string{removed, "at AWS there are …OLD and …NEW", "delete those in the IAM console that nobody uses"}},
		{"replaced when the new key is published", "publishing", storesAnother, "active", "active",
			[]string{replaced, "the key …THER, which was stored meanwhile, is in use", "at AWS there are …OLD and …NEW"}},
		{"removed when the new key is in use", "forgetting", removes, "active", "active",
			[]string{removed, "at AWS there are …NEW and …OLD"}},
		{"the old one stored again when the new one is in use", "forgetting", storesTheOldOne, "active", "active",
			[]string{replaced, "the key …OLD, which was stored meanwhile, is in use", "at AWS there is …NEW"}},
		{"the old one stored again when it is inactive", "deleting", storesTheOldOne, "inactive", "active",
			[]string{replaced, "the key …OLD, which was stored meanwhile, is in use", "at AWS it is inactive", "at AWS there is …NEW"}},
		{"removed when the old one is inactive", "deleting", removes, "inactive", "active",
			[]string{removed, "at AWS there are …NEW and …OLD, which is inactive"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRotator(t, false)
			var made string
			_, err := r.rotate(when(test.moment, r, func(r *rotator) { made = r.otherKey(); test.do(r) }))
			var words []string
			for _, word := range test.words {
				word = strings.ReplaceAll(word, "…OLD", provider.LastFour(r.user.AccessKeyID))
				words = append(words, strings.ReplaceAll(word, "…NEW", provider.LastFour(made)))
			}
			wantFault(t, err, fault.Failure, words...)
			if said := fault.HintOf(err); strings.Contains(said, "as before") || strings.Contains(said, "is stored") {
				t.Errorf("it says what is not so: %q", said)
			}
			state := map[string]string{}
			for _, key := range r.sts.AccessKeys("alice") {
				state[key.ID] = map[bool]string{true: "active", false: "inactive"}[key.Active]
			}
			if state[r.user.AccessKeyID] != test.old || state[made] != test.made {
				t.Errorf("at AWS the old key is %q and the new one %q, want %q and %q", state[r.user.AccessKeyID], state[made], test.old, test.made)
			}
		})
	}
}

// add --force of the same key changes what is noted beside it, and nothing of
// the rotation, which goes on and keeps that.
func TestSameKeyStoredAgainMeanwhile(t *testing.T) {
	for _, moment := range []string{"publishing", "forgetting", "waiting", "deleting"} {
		t.Run(moment, func(t *testing.T) {
			r := newRotator(t, false)
			r.mustRotate(when(moment, r, func(r *rotator) {
				item := r.item("work")
				item.Region, item.CreatedAt = "eu-north-1", r.clock.Now().Add(time.Minute)
				r.keys.items[workAccount] = keychain.EncodeKey(item)
			}))
			r.wantOneKey(r.user.AccessKeyID)
			if got := r.item("work").Region; got != "eu-north-1" {
				t.Errorf("the region is %q", got)
			}
		})
	}
}

// A failure of another kind tells what the keychain holds by then, too.
func TestStandingIsThatOfTheKeychain(t *testing.T) {
	r := newRotator(t, false)
	_, err := r.rotate(func(rotation *provider.Rotation) {
		rotation.Publish = []string{"x"}
		rotation.Run = func(context.Context, string, secret.String) error { removes(r); return errors.New("no") }
	})
	wantFault(t, err, fault.Failure, "publish command 1 of 1", "has no key in the keychain any more")

	r = newRotator(t, false)
	_, err = r.rotate(func(rotation *provider.Rotation) {
		rotation.Publish = []string{"x"}
		rotation.Run = func(context.Context, string, secret.String) error {
			r.keys.fail = func(string, string) error { return fault.New(fault.Keychain, "the keychain is locked", "") }
			return errors.New("no")
		}
	})
	wantFault(t, err, fault.Failure, "publish command 1 of 1", "when the keychain could last be read, the new key", "both are valid", "run: awsmint rotate work")
}

// A new key that can be neither stored nor deleted is named: nobody knows its
// secret.
func TestNewKeyThatCanBeNeitherStoredNorDeleted(t *testing.T) {
	r := newRotator(t, false)
	r.sts.Inject(ststest.Fault{Action: "DeleteAccessKey", Code: "AccessDenied", Message: "no", Times: 1})
	var made string
	_, err := r.rotate(func(rotation *provider.Rotation) {
		rotation.Progress = func(p provider.RotationProgress) {
			if p.Event == provider.KeyCreated {
				made = p.KeyID
				removes(r)
			}
		}
	})
	wantFault(t, err, fault.Failure, "was removed meanwhile", "has no key in the keychain any more",
		"at AWS there are "+provider.LastFour(r.user.AccessKeyID)+" and "+provider.LastFour(made)+", whose secret nobody knows")
	r.wantKeys(r.user.AccessKeyID, made)
}

// The old key is the last that can be activated again where somebody has
// deactivated the new one: it stays, although the session could delete it.
func TestTheOldKeyStaysWhereTheNewOneStopsWorking(t *testing.T) {
	r := newRotator(t, true)
	var made string
	_, err := r.rotate(when("deleting", r, func(r *rotator) { made = r.otherKey(); r.sts.DisableKey(made) }))
	wantFault(t, err, fault.StatusOf(err), "AWS did not accept the key "+provider.LastFour(made), "it may have been deactivated or deleted", "awsmint rotate work")
	r.wantKeys(r.user.AccessKeyID, made)
}
