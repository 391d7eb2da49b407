package provider_test

import (
	"testing"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/secret"
)

const laptop = "arn:aws:iam::111122223333:mfa/laptop"

// storeSeedOf stores alice's seed as that of a device.
func (w *world) storeSeedOf(serial string) {
	w.keys.items[keychain.SeedAccount("work")] = keychain.EncodeSeed(keychain.Seed{Secret: secret.New(w.user.Seed), Serial: serial})
}

// A profile whose device was changed gets no codes of the old one's seed: AWS
// would count them as wrong.
func TestCodesOfAnotherDeviceAreNotSent(t *testing.T) {
	w := newWorld(t)
	w.storeSeedOf(laptop)
	_, err := w.mint(w.settings())
	wantFault(t, err, fault.Person, w.user.MFASerial,
		`totp: the seed stored for profile "work" is that of another device, `+laptop, "awsmint mfa add work --force")
	w.wantCalls(0)

	w.storeSeedOf(w.user.MFASerial)
	w.mustMint(w.settings())
	w.wantCalls(1)
}

// The same for a role that is assumed with a device of its own.
func TestARoleWithADeviceOfItsOwn(t *testing.T) {
	w := newWorld(t)
	w.storeSeedOf(w.user.MFASerial)
	const straight = "[profile work]\nregion = eu-west-1\nawsmint_mfa = totp\nawsmint_session = off\n[profile prod]\nregion = eu-west-1\nsource_profile = work\nrole_arn = " + admin + "\nmfa_serial = "
	_, err := w.as(straight+laptop+"\n", "prod")
	wantFault(t, err, fault.Person, laptop, `the seed stored for profile "work" is that of another device, `+w.user.MFASerial)
	w.wantAsked("AssumeRole", 0)
}

func TestThePresentCodeIsTheDevicesOwn(t *testing.T) {
	w := newWorld(t)
	w.storeSeedOf(laptop)
	d, err := w.device("[profile work]\n" + w.settings())
	if err != nil {
		t.Fatal(err)
	}
	if _, err = d.Codes().Present(within(t), d.Request()); err == nil {
		t.Fatal("a code of the other device was shown")
	}
	wantFault(t, err, fault.Person, laptop)
	if _, err = d.Try(within(t), secret.New(w.user.Seed)); err != nil {
		t.Errorf("a seed that is given is not the stored one: %v", err)
	}
}
