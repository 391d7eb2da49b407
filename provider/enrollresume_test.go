package provider_test

import (
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

// The user's other device, enabled long ago, is not taken for the one that the
// stored seed belongs to.
func TestAStoredSeedIsResumedForItsOwnDevice(t *testing.T) {
	e := newEnroller(t)
	for _, action := range []string{"EnableMFADevice", "DeleteVirtualMFADevice"} {
		e.sts.Inject(ststest.Fault{Action: action, Code: "AccessDenied"})
	}
	_, err := e.enroll(stored)
	wantFault(t, err, fault.Refused, "the new device "+phone+" is left at AWS", "awsmint mfa enroll work --store --name phone")
	e.sts.Reset()
	e.clock.advance(step)

	_, err = e.enroll(stored, func(n *provider.Enrollment) { n.Name = "alice" })
	wantFault(t, err, fault.Failure, "that of the device "+phone, "not of "+e.user.MFASerial, "awsmint mfa enroll work --store --name phone", "awsmint mfa remove work")
	if e.lines != noMFA {
		t.Errorf("the profile was written: %s", e.lines)
	}
	enrolled, err := e.enroll(stored, func(n *provider.Enrollment) { n.Name = "" })
	if want := (provider.Enrolled{Serial: phone, User: "alice", Resumed: true}); err != nil || enrolled != want {
		t.Fatalf("%+v, want %+v: %v\n%s", enrolled, want, err, fault.HintOf(err))
	}
	e.wantEnrolled()
}

// That holds where the key has become another account's too.
func TestAStoredSeedOfAnotherAccountIsNotResumed(t *testing.T) {
	e := newEnroller(t)
	const other = "arn:aws:iam::999988887777:mfa/phone"
	e.keys.items[keychain.SeedAccount("work")] = keychain.EncodeSeed(keychain.Seed{Secret: secret.New(e.user.Seed), Serial: other})
	_, err := e.enroll(stored, func(n *provider.Enrollment) { n.Name = "" })
	wantFault(t, err, fault.Failure, "that of the device "+other, "awsmint mfa remove work")
	if strings.Contains(fault.HintOf(err), "mfa enroll") || e.lines != noMFA || e.sts.Calls("EnableMFADevice") != 0 {
		t.Errorf("resumed, or told to: %s", fault.HintOf(err))
	}
}

// Seeds that were stored without a serial number prove nothing of a device that
// is enabled.
func TestASeedWithoutADeviceIsNoProof(t *testing.T) {
	e := newEnroller(t)
	e.storeSeed(e.user.Seed)
	_, err := e.enroll(stored, func(n *provider.Enrollment) { n.Name = "" })
	wantFault(t, err, fault.Failure, "has the device "+e.user.MFASerial, "awsmint_mfa_serial = "+e.user.MFASerial, "awsmint mfa remove work")
	if e.lines != noMFA || e.keys.items[keychain.SeedAccount("work")].IsZero() {
		t.Error("the profile was written, or the seed lost")
	}
}

// A run that was killed before it wrote the profile is finished though the
// profile names the device before it; which that is to give way is for a person
// to say.
func TestAnEnrolmentBesideAnOlderDeviceIsResumed(t *testing.T) {
	e := newEnroller(t)
	e.lines = e.settings()
	e.crash = "save"
	if _, err := e.enroll(stored); err != errKilled {
		t.Fatal(err)
	}
	e.crash = ""
	e.clock.advance(step)
	for _, change := range []func(*provider.Enrollment){
		func(n *provider.Enrollment) { n.Name, n.Store = "", true },
		func(n *provider.Enrollment) { n.Store = false },
	} {
		_, err := e.enroll(change)
		wantFault(t, err, fault.Failure, "that of the device "+phone, "awsmint mfa enroll work --store --name phone", "awsmint mfa remove work")
	}
	if _, err := e.enroll(stored); err != nil {
		t.Fatalf("%v\n%s", err, fault.HintOf(err))
	}
	e.wantEnrolled()
}
