package provider_test

import (
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/provider"
)

func (w *world) device(config string) (*provider.MFADevice, error) {
	o := provider.Options{Keychain: w.keys, Cache: w.cache, Now: w.clock.Now, Timeout: 5 * time.Second}
	return provider.NewMFADevice(parsed(w.t, config), w.env.get, "work", o)
}

// A seed is tried at AWS although a session is cached, and the session that it
// gives is the profile's own. Nothing is stored.
func TestASeedIsTried(t *testing.T) {
	w := newWorld(t)
	w.mustMint(w.settings())
	delete(w.keys.items, keychain.SeedAccount("work"))
	d, err := w.device("[profile work]\n" + w.settings())
	if err != nil {
		t.Fatal(err)
	}
	w.clock.advance(step)
	_, err = d.Try(within(t), secret.New(w.sts.AddUser("bob").Seed))
	wantFault(t, err, fault.Refused, "AWS did not accept the MFA code", "belongs to another device than "+w.user.MFASerial)

	w.clock.advance(step)
	minted, err := d.Try(within(t), secret.New(w.user.Seed))
	if err != nil {
		t.Fatalf("%v\n%s", err, fault.HintOf(err))
	}
	w.wantCalls(3)
	if !w.keys.items[keychain.SeedAccount("work")].IsZero() {
		t.Error("the seed was stored")
	}
	if again := w.mustMint(w.settings()); again.AccessKeyID != minted.AccessKeyID {
		t.Error("the session is not the one that the profile gets")
	}
	w.wantCalls(3)
}

// The ways that need a person are none of these, and a stored seed is used
// whatever the profile's order says.
func TestCodesThatNeedNobody(t *testing.T) {
	w := newWorld(t)
	d, err := w.device("[profile work]\nregion = eu-west-1\nawsmint_mfa = terminal\nmfa_serial = " + w.user.MFASerial + "\n")
	if err != nil {
		t.Fatal(err)
	}
	if d.UsesSeed() {
		t.Error("the profile's own order does not name it")
	}
	shown, err := d.Codes().Present(within(t), d.Request())
	if err != nil || shown.Digits.Reveal() != w.user.Code(w.clock.Now()) || shown.Left != 20*time.Second {
		t.Errorf("%v, left %v", err, shown.Left)
	}
	for _, way := range d.Codes().Ways {
		if way.Interactive() {
			t.Errorf("%s asks a person", way.Name())
		}
	}
	if d, err = w.device("[profile work]\n" + noMFA); err != nil || d.Codes() != nil {
		t.Errorf("%v: codes without a device", err)
	}
}

func TestProfilesWithoutADevice(t *testing.T) {
	w := newWorld(t)
	const role = "role_arn = arn:aws:iam::111122223333:role/A\nsource_profile = "
	for config, words := range map[string][]string{
		"[profile work]\n" + role + "keys\n[profile keys]\n":                           {`run the same command for "keys"`},
		"[profile work]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = x\n": {"no key of its own in the keychain", "the key of an IAM user"},
		"[profile other]\n": {`no profile "work"`},
	} {
		_, err := w.device(config)
		if err == nil {
			t.Errorf("%q has a device", config)
			continue
		}
		wantFault(t, err, fault.StatusOf(err), words...)
	}
}

// A profile's key has its device although the profile is a role over it, or
// has its roles assumed without a session.
func TestTheDeviceOfAProfilesOwnKey(t *testing.T) {
	w := newWorld(t)
	for name, lines := range map[string]string{
		"no session":          "awsmint_session = off\n",
		"a role over the key": "role_arn = arn:aws:iam::111122223333:role/A\nsource_profile = work\n",
	} {
		d, err := w.device("[profile work]\n" + lines + w.settings())
		if err != nil || d.Session.Serial != w.user.MFASerial {
			t.Errorf("%s: %v", name, err)
		}
	}
}
