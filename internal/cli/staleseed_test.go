package cli

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/secret"
)

const (
	phone  = "arn:aws:iam::111122223333:mfa/phone"
	tablet = "arn:aws:iam::111122223333:mfa/tablet"
)

// endingKeychain fails from some change on, as one that is killed would: the
// items that stand in it then are what stays.
type endingKeychain struct {
	spoiltKeychain
	left int // how many changes are taken yet
}

func (k *endingKeychain) ends() bool { k.left--; return k.left < 0 }

func (k *endingKeychain) Set(ctx context.Context, account string, value secret.String) error {
	if k.ends() {
		return errLocked
	}
	return k.spoiltKeychain.Set(ctx, account, value)
}

func (k *endingKeychain) Delete(ctx context.Context, account string) error {
	if k.ends() {
		return errLocked
	}
	return k.spoiltKeychain.Delete(ctx, account)
}

// A seed stays as long as the key that it came with, and longer where the new
// key has the same device: it may be the only copy.
func TestTheSeedBesideAnotherKey(t *testing.T) {
	for _, c := range []struct {
		name           string
		device, seedOf string // of the new key, and of the stored seed
		changes        int    // that the keychain takes
		newKey, seed   bool   // are there then
		fails          string // the hint
		says           string
	}{
		{"the key is not taken", tablet, phone, 0, false, true, "unlock it", ""},
		{"the seed is not deleted", tablet, phone, 1, true, true, "the key is stored; so is still the seed that came with the one before", ""},
		{"all goes well", tablet, phone, 2, true, false, "", "the seed that came with the key before, of the device " + phone + ", is deleted too"},
		{"of which device the seed is was not kept", tablet, "", 2, true, false, "", "the seed that came with the key before is deleted too"},
		{"the new key has no device", "", phone, 2, true, false, "", "is deleted too"},
		{"both have the same device", phone, phone, 2, true, true, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var said bytes.Buffer
			app := appIn(t.TempDir(), &said)
			config, err := awsconfig.Load(app.Paths)
			if err != nil {
				t.Fatal(err)
			}
			k := &endingKeychain{left: c.changes}
			stored := keychain.Key{AccessKeyID: otherID, SecretAccessKey: secret.New(stepSecret)}
			k.values = map[string]secret.String{
				keychain.KeyAccount("work"):  keychain.EncodeKey(stored),
				keychain.SeedAccount("work"): keychain.EncodeSeed(keychain.Seed{Secret: secret.New("JBSWY3DPEHPK3PXP"), Serial: c.seedOf}),
			}
			s := &addition{
				Add: &Add{Profile: "work", Force: true}, app: app, config: config, section: awsconfig.Empty("work"), keychain: k, stored: stored,
				newKey: newKey{key: keychain.Key{AccessKeyID: stepID, SecretAccessKey: secret.New(stepSecret)}, serial: c.device},
			}
			err = s.store(t.Context())
			if (err == nil) != (c.fails == "") || !strings.Contains(fault.HintOf(err), c.fails) {
				t.Errorf("got %v; %s", err, fault.HintOf(err))
			}
			if err == nil {
				s.warnOfChanges()
			}
			if !strings.Contains(said.String(), c.says) || c.says == "" && said.Len() > 0 {
				t.Errorf("it says %q, not %q", said.String(), c.says)
			}
			there, err := storedKey(t.Context(), k, "work")
			if err != nil || (there.AccessKeyID == stepID) != c.newKey {
				t.Errorf("the key is %s, %v", there.AccessKeyID, err)
			}
			if _, seed := k.values[keychain.SeedAccount("work")]; seed != c.seed {
				t.Errorf("the seed is there: %v", seed)
			}
		})
	}
}
