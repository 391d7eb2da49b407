package provider_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/cache"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/provider"
)

func TestRotationTellsEachStep(t *testing.T) {
	for _, withMFA := range []bool{true, false} {
		r := newRotator(t, withMFA)
		r.sts.SetPropagation(5 * time.Second)
		old := r.item("work")
		old.Region, old.ARN = "eu-west-1", ""
		r.keys.items[keychain.KeyAccount("work")] = keychain.EncodeKey(old)
		rotated := r.mustRotate()
		r.wantOneKey(old.AccessKeyID)
		r.wantEvents("created", "works", "switched", "deactivated", "deleted")
		item := r.item("work")
		if rotated.Old != old.AccessKeyID || rotated.New != item.AccessKeyID || rotated.Resumed || len(rotated.Deleted) > 0 || rotated.Began.IsZero() {
			t.Errorf("%+v", rotated)
		}
		made := r.sts.AccessKeys("alice")[0]
		if item.Region != "eu-west-1" || item.ARN != r.user.ARN || !item.CreatedAt.Equal(made.Created) {
			t.Errorf("the item says %s, %s, %s", item.Region, item.ARN, item.CreatedAt)
		}
	}
}

// What the keychain holds at each step is enough to go on: both secrets.
func TestJournalHoldsBothKeys(t *testing.T) {
	r := newRotator(t, true)
	old := r.user.AccessKeyID
	for _, stage := range []struct {
		end  string
		step keychain.RotationStep
		says string
	}{
		{"after CreateAccessKey", keychain.RotationCreating, "may have made another"},
		{"publish", keychain.RotationPending, "is stored"},
		{"before UpdateAccessKey", keychain.RotationSwitched, "still valid"},
		{"before DeleteAccessKey", keychain.RotationDeactivated, "inactive"},
	} {
		r.endAt(stage.end)
		item := r.item("work")
		journal := item.Rotation
		if journal == nil || journal.Step != stage.step || journal.Began.IsZero() {
			t.Fatalf("%s: the journal says %+v", stage.end, journal)
		}
		if says := provider.Unfinished(item); !strings.Contains(says, stage.says) || strings.HasSuffix(says, ".") {
			t.Errorf("%s: %q", stage.end, says)
		}
		for _, pair := range []keychain.KeyPair{journal.Pending, journal.Retiring} {
			for _, key := range r.sts.AccessKeys("alice") {
				if pair.AccessKeyID == key.ID && pair.SecretAccessKey.Reveal() != key.Secret {
					t.Errorf("%s: not the secret of that key", stage.end)
				}
			}
		}
		if after := stage.step == keychain.RotationSwitched || stage.step == keychain.RotationDeactivated; after != (journal.Retiring.AccessKeyID == old) ||
			(stage.step == keychain.RotationPending) != (journal.Pending.AccessKeyID != "") {
			t.Errorf("%s: %q takes over from %q", stage.end, journal.Pending.AccessKeyID, journal.Retiring.AccessKeyID)
		}
	}
	if rotated := r.mustRotate(); !rotated.Resumed {
		t.Error("it was begun by an earlier run")
	}
	r.wantOneKey(old)
	if says := provider.Unfinished(r.item("work")); says != "" {
		t.Errorf("finished: %q", says)
	}
}

// The session that is cached is good for a rotation, and gone after it.
func TestRotationUsesTheCachedSessionAndForgetsIt(t *testing.T) {
	r := newRotator(t, true)
	first := r.mustMint(r.settings())
	r.mustRotate()
	r.wantCalls(1)
	r.clock.advance(step)
	if second := r.mustMint(r.settings()); second.AccessKeyID == first.AccessKeyID {
		t.Error("the session of the old key is still cached")
	}
	r.wantCalls(2)

	forgot := 0
	r.mustRotate(func(r *provider.Rotation) { r.Forget = func() error { forgot++; return nil } })
	if forgot != 1 {
		t.Errorf("forgot %d times", forgot)
	}
}

func TestProfilesWithTheSameKeyFollow(t *testing.T) {
	for _, gone := range []bool{false, true} {
		r := newRotator(t, false)
		same := r.item("work")
		same.Region = "eu-north-1"
		r.keys.items[keychain.KeyAccount("copy")] = keychain.EncodeKey(same)
		other := keychain.Key{AccessKeyID: "AKIAOTHER", SecretAccessKey: secret.New("s")}
		r.keys.items[keychain.KeyAccount("other")] = keychain.EncodeKey(other)
		shared := func(r *provider.Rotation) { r.Shared = []string{"copy", "other", "none", "work"}; impatient(r) }
		if gone {
			// It follows back, too.
			r.breakAt(0, false)
			r.mu.Lock()
			r.named = "before UpdateAccessKey"
			r.mu.Unlock()
			if _, err := r.rotate(shared, hasty); err == nil {
				t.Fatal("it was to end")
			}
			r.breakAt(0, false)
			r.sts.RemoveAccessKey(r.item("copy").AccessKeyID)
			r.breakAt(0, false)
			r.mu.Lock()
			r.named = "before CreateAccessKey"
			r.mu.Unlock()
			if _, err := r.rotate(shared, hasty); err == nil {
				t.Fatal("it was to end")
			}
			if r.item("copy").AccessKeyID != r.user.AccessKeyID {
				t.Error("the copy did not go back")
			}
			r.breakAt(0, false)
		}
		r.mustRotate(shared)
		copied, work := r.item("copy"), r.item("work")
		if copied.AccessKeyID != work.AccessKeyID || copied.SecretAccessKey != work.SecretAccessKey || copied.Region != "eu-north-1" || copied.Rotation != nil {
			t.Errorf("the copy has %s, work has %s", copied.AccessKeyID, work.AccessKeyID)
		}
		if r.item("other").AccessKeyID != "AKIAOTHER" {
			t.Error("another key was replaced")
		}
	}
}

func TestOneRotationAtATime(t *testing.T) {
	r := newRotator(t, false)
	unlock, err := r.cache.Lock(within(t), cache.Name{Scope: "rotations"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.rotate()
	wantFault(t, err, fault.Failure, "rotating a key", "let it finish")
	if len(r.events) > 0 {
		t.Errorf("events %q", r.events)
	}
	unlock()
	r.mustRotate()
}

// Whoever stored another key meanwhile keeps it.
func TestKeyThatWasReplacedMeanwhileIsKept(t *testing.T) {
	r := newRotator(t, false)
	mine := keychain.EncodeKey(keychain.Key{AccessKeyID: "AKIAMINE", SecretAccessKey: secret.New("s")})
	_, err := r.rotate(func(rotation *provider.Rotation) {
		rotation.Publish = []string{"x"}
		rotation.Run = func(context.Context, string, secret.String) error {
			r.keys.items[keychain.KeyAccount("work")] = mine
			return nil
		}
	})
	wantFault(t, err, fault.Failure, "was replaced meanwhile")
	if r.keys.items[keychain.KeyAccount("work")] != mine {
		t.Error("the other key is gone")
	}
}

func TestRotationIsCancelled(t *testing.T) {
	r := newRotator(t, false)
	r.sts.SetPropagation(time.Hour)
	ctx, cancel := context.WithCancel(within(t))
	rotation := r.rotation(func(rotation *provider.Rotation) {
		rotation.Wait = func(ctx context.Context, _ time.Duration) error { cancel(); return ctx.Err() }
	})
	_, err := provider.Rotate(ctx, rotation)
	wantFault(t, err, fault.Person, "cancelled", "both are valid", "run: awsmint rotate work")
	if r.item("work").Rotation.Step != keychain.RotationPending {
		t.Error("the new key is not stored")
	}
	if !errors.Is(err, context.Canceled) {
		t.Error("it does not say that it was cancelled")
	}
}

func TestJournalOfANewerVersionIsLeftAlone(t *testing.T) {
	r := newRotator(t, false)
	item := r.item("work")
	item.Rotation = &keychain.Rotation{Step: "teleporting"}
	r.keys.items[keychain.KeyAccount("work")] = keychain.EncodeKey(item)
	_, err := r.rotate()
	wantFault(t, err, fault.Keychain, `"teleporting"`, "newer awsmint")
	if r.sts.Calls("") != 0 {
		t.Error("AWS was asked")
	}
}

func TestProfilesWithoutAKeyToRotate(t *testing.T) {
	const key = "[profile work]\n" + noMFA
	for _, test := range []struct {
		name, config, profile string
		words                 []string
	}{
		{"a role", key + "[profile prod]\nrole_arn = " + roleA + "\nsource_profile = work\n", "prod", []string{"role prod ← session work ← key work", "run: awsmint rotate work"}},
		{"an alias", key + "[profile alias]\n" + own + "work\n", "alias", []string{"run: awsmint rotate work"}},
		{"a plaintext key", "[profile plain]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\n", "plain", []string{"awsmint import plain"}},
		{"a program", "[profile other]\ncredential_process = /bin/other\n", "other", []string{"where these credentials come from"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := provider.NewRotation(parsed(t, test.config), environment{}.get, test.profile, provider.Options{})
			wantFault(t, err, fault.Usage, append(test.words, "has no key of its own in the keychain")...)
		})
	}
	_, err := provider.NewRotation(parsed(t, key), environment{}.get, "none", provider.Options{})
	wantFault(t, err, fault.Missing, "none")

	r := newRotator(t, false)
	clear(r.keys.items)
	_, err = r.rotate()
	wantFault(t, err, fault.Missing, "run: awsmint add work")
}

// With awsmint_session = off the key makes no sessions for others; IAM is asked
// with one all the same, since it may want MFA.
func TestRotationOfAKeyWithoutSessions(t *testing.T) {
	r := newRotator(t, true)
	r.config += "awsmint_session = off\nawsmint_publish = vercel env add\n"
	if got := r.rotation().Publish; !slices.Equal(got, []string{"vercel env add"}) {
		t.Errorf("to publish: %q", got)
	}
	r.mustRotate(func(r *provider.Rotation) { r.Publish = nil })
	r.wantOneKey(r.user.AccessKeyID)
	r.wantCalls(1)
}
