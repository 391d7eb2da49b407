package provider_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

func TestRotationThatTheUserMayNotMake(t *testing.T) {
	for _, test := range []struct {
		name    string
		withMFA bool
		policy  ststest.SelfService
		words   []string
		not     string
	}{
		{"no permission", true, ststest.SelfServiceDenied, []string{"AWS refused ListAccessKeys", "CreateAccessKey, UpdateAccessKey, DeleteAccessKey"}, "awsmint_mfa_serial"},
		{"no device set", false, ststest.SelfServiceWithMFA, []string{"explicit deny", `set awsmint_mfa_serial in profile "work"`}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRotator(t, test.withMFA)
			r.sts.SetSelfService("alice", test.policy)
			_, err := r.rotate()
			wantFault(t, err, fault.Refused, append(test.words, "is in use as before", "run: awsmint rotate work")...)
			if test.not != "" && strings.Contains(fault.HintOf(err), test.not) {
				t.Errorf("hint %q", fault.HintOf(err))
			}
			if r.item("work").Rotation != nil {
				t.Error("the journal is open although nothing was begun")
			}
		})
	}
}

// A refusal of CreateAccessKey alone closes the journal: nothing was made.
func TestRefusedKeyLeavesNoJournal(t *testing.T) {
	r := newRotator(t, true)
	r.sts.Inject(ststest.Fault{Action: "CreateAccessKey", Code: "AccessDenied", Message: "no"})
	_, err := r.rotate()
	wantFault(t, err, fault.Refused, "AWS refused CreateAccessKey", "is in use as before")
	if r.item("work").Rotation != nil {
		t.Error("the journal is open")
	}
}

// Throttling is no answer, and AWS has made nothing: it is asked again. An
// inner failure may have made a key: it is not.
func TestKeyIsAskedForAgainOnlyWhereNoneWasMade(t *testing.T) {
	r := newRotator(t, false)
	r.sts.Inject(ststest.Fault{Action: "CreateAccessKey", Code: "Throttling", Times: 1})
	r.mustRotate()
	if got := r.sts.Calls("CreateAccessKey"); got != 2 {
		t.Errorf("asked %d times", got)
	}
	r.sts.Inject(ststest.Fault{Action: "CreateAccessKey", Code: "ServiceUnavailable", Times: 1, Late: true})
	before := r.item("work").AccessKeyID
	_, err := r.rotate()
	wantFault(t, err, fault.Network, "could not answer CreateAccessKey", "is in use as before; to try again, run: awsmint rotate work")
	if got := r.sts.Calls("CreateAccessKey"); got != 3 {
		t.Errorf("asked %d times", got)
	}
	r.wantKeys(before)
	if r.item("work").Rotation != nil {
		t.Error("the journal is open although the key was found")
	}
	r.mustRotate()
	r.wantOneKey(before)
}

// A run that is being cancelled waits for the answer that holds the secret.
func TestKeyIsStoredThoughTheRunIsCancelled(t *testing.T) {
	r := newRotator(t, false)
	ctx, cancel := context.WithCancel(within(t))
	r.sts.Inject(ststest.Fault{Action: "CreateAccessKey", Delay: 50 * time.Millisecond, Times: 1})
	asked := make(chan error, 1)
	go func() {
		asked <- r.sts.WaitFor(ctx, "CreateAccessKey", 1)
		cancel()
	}()
	_, err := provider.Rotate(ctx, r.rotation())
	wantFault(t, err, fault.Person, "cancelled", "is stored", "both are valid", "run: awsmint rotate work")
	if err := <-asked; err != nil {
		t.Error(err)
	}
	made := r.mustRotate()
	if len(made.Deleted) != 0 || r.sts.Calls("CreateAccessKey") != 1 {
		t.Error("the key that was made was not used")
	}
	r.wantOneKey(r.user.AccessKeyID)
}

// A key that can't be stored does not stay at AWS, where it would stand in the
// way of the next one. A keychain that stored it and said otherwise has it.
func TestKeyThatIsNotStoredGoes(t *testing.T) {
	for _, stored := range []bool{false, true} {
		r := newRotator(t, true)
		sets := 0
		r.keys.fail = func(operation, account string) error {
			if operation != "set" || account != keychain.KeyAccount("work") {
				return nil
			}
			if sets++; sets != 2 { // the first is the intent
				return nil
			}
			if stored {
				made := r.sts.AccessKeys("alice")[1]
				item, _ := keychain.DecodeKey(r.keys.items[account])
				item.Rotation = &keychain.Rotation{Step: keychain.RotationPending, Began: item.Rotation.Began, Pending: keychain.KeyPair{
					AccessKeyID: made.ID, SecretAccessKey: secret.New(made.Secret), CreatedAt: made.Created}}
				r.keys.items[account] = keychain.EncodeKey(item)
			}
			return fault.New(fault.Keychain, "no answer from the keychain", "")
		}
		_, err := r.rotate()
		if stored {
			if err != nil {
				t.Error(err)
			}
			r.wantOneKey(r.user.AccessKeyID)
			continue
		}
		wantFault(t, err, fault.Keychain, "no answer from the keychain", "run: awsmint rotate work")
		if got := len(r.sts.AccessKeys("alice")); got != 1 {
			t.Errorf("the user has %d keys", got)
		}
		r.mustRotate()
		r.wantOneKey(r.user.AccessKeyID)
	}
}
