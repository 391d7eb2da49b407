package provider_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

// The user's name is the device's, since the usual policies want that.
func TestTheDeviceIsNamedAfterTheUser(t *testing.T) {
	e := newEnroller(t)
	_, err := e.enroll(func(n *provider.Enrollment) { n.Name = "" })
	wantFault(t, err, fault.Failure, e.user.MFASerial, "already", "awsmint_mfa_serial = "+e.user.MFASerial, "--name NAME")
	if e.sts.Calls("EnableMFADevice") != 0 || len(e.sts.AllDevices()) != 1 {
		t.Error("something was changed")
	}
}

func TestAnotherKindOfNameOrKey(t *testing.T) {
	e := newEnroller(t)
	for _, name := range []string{"my phone", "a/b", strings.Repeat("x", 227)} {
		_, err := e.enroll(func(n *provider.Enrollment) { n.Name = name })
		wantFault(t, err, fault.Usage, "is not a name for an MFA device")
	}
	e.lines = noMFA + "role_arn = arn:aws:iam::111122223333:role/A\nsource_profile = keys\n[profile keys]\n"
	_, err := e.enroll()
	wantFault(t, err, fault.Usage, `profile "work" has no key of its own`)
}

// A user's path is no part of the name, nor of the device's.
func TestEnrollAUserWithAPath(t *testing.T) {
	e := newEnroller(t)
	e.user = e.sts.AddUser("team/ops/bob+1=x,y.z@example-co_m")
	e.storeKey(e.user.SecretAccessKey)
	enrolled, err := e.enroll(stored)
	if want := (provider.Enrolled{Serial: phone, User: "bob+1=x,y.z@example-co_m"}); err != nil || enrolled != want {
		t.Fatalf("%+v, want %+v: %v\n%s", enrolled, want, err, fault.HintOf(err))
	}
	if got := e.sts.MFADevices(enrolled.User); !slices.Equal(got, []string{e.user.MFASerial, phone}) {
		t.Errorf("devices %q", got)
	}
	e.lines = noMFA
	delete(e.keys.items, keychain.SeedAccount("work"))
	_, err = e.enroll(func(n *provider.Enrollment) { n.Name = "" })
	wantFault(t, err, fault.Failure, `the user "`+enrolled.User+`" has the device `+e.user.MFASerial)
}

// The account's limit is met when a device is made, the user's when it is given
// to the user; in both cases nothing is left.
func TestTooManyDevices(t *testing.T) {
	e := newEnroller(t)
	e.sts.Inject(ststest.Fault{Action: "CreateVirtualMFADevice", Code: "LimitExceeded", Status: 409, Times: 1})
	_, err := e.enroll(stored)
	wantFault(t, err, fault.Refused, "the account 111122223333 has as many virtual MFA devices as AWS allows", "aws iam list-virtual-mfa-devices --assignment-status Unassigned")
	for i := range 7 {
		if _, err := e.enroll(func(n *provider.Enrollment) { n.Name = fmt.Sprintf("d%d", i); e.clock.advance(step) }); err != nil {
			t.Fatal(err)
		}
		e.lines = noMFA
	}
	_, err = e.enroll(stored)
	wantFault(t, err, fault.Refused, `the user "alice" has as many MFA devices as AWS allows`, "aws iam list-mfa-devices --user-name alice", "the new device "+phone+" is deleted again")
	if got := len(e.sts.AllDevices()); got != 8 {
		t.Errorf("%d devices", got)
	}
}
