package provider_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

func TestEnrollWithTypedCodes(t *testing.T) {
	e := newEnroller(t)
	e.wrong = 1
	enrolled, err := e.enroll()
	if err != nil {
		t.Fatalf("%v\n%s", err, fault.HintOf(err))
	}
	if want := (provider.Enrolled{Serial: phone, User: "alice"}); enrolled != want {
		t.Errorf("%+v, want %+v", enrolled, want)
	}
	if !slices.Equal(e.asked, []bool{false, true}) || e.shown != 1 {
		t.Errorf("asked %v, shown %d times", e.asked, e.shown)
	}
	if !e.keys.items[keychain.SeedAccount("work")].IsZero() {
		t.Error("the seed was kept, which nobody asked for")
	}
	e.wantEnrolled()
}

func TestEnrollAndStore(t *testing.T) {
	e := newEnroller(t)
	if _, err := e.enroll(stored); err != nil {
		t.Fatalf("%v\n%s", err, fault.HintOf(err))
	}
	if len(e.asked) != 0 {
		t.Error("a person was asked for codes")
	}
	// The codes that enabled the device are known to be spent: nobody sends
	// them again, and with time standing still there is no other.
	ctx, cancel := context.WithTimeout(within(t), time.Second)
	defer cancel()
	_, err := e.cached(e.lines).Retrieve(ctx)
	wantFault(t, err, fault.Person, "was used already")
	e.wantCalls(0)
	e.wantEnrolled()
}

func TestWrongCodesLeaveNoDevice(t *testing.T) {
	e := newEnroller(t)
	e.wrong = 99
	_, err := e.enroll()
	wantFault(t, err, fault.Refused, "AWS did not accept the codes of the new device "+phone)
	if len(e.asked) != 3 || len(e.sts.AllDevices()) != 1 {
		t.Errorf("asked %d times; devices %q", len(e.asked), e.sts.AllDevices())
	}
	e.wrong = 0
	if _, err := e.enroll(); err != nil {
		t.Fatal(err)
	}
	e.wantEnrolled()
}

func TestADeclinedPromptLeavesNoDevice(t *testing.T) {
	e := newEnroller(t)
	declined := fault.New(fault.Person, "cancelled", "")
	ctx, cancel := context.WithCancel(context.Background())
	_, err := e.enroll(func(n *provider.Enrollment) {
		n.Codes = func(context.Context, bool) (a, b secret.String, err error) { cancel(); return a, b, declined }
	})
	if !errors.Is(err, declined) || len(e.sts.AllDevices()) != 1 || ctx.Err() == nil {
		t.Errorf("%v; devices %q", err, e.sts.AllDevices())
	}
}

// Where the device can't be deleted either, the error says what is left, and
// the next run what to do.
func TestADeviceThatIsLeft(t *testing.T) {
	e := newEnroller(t)
	e.sts.SetSelfService("alice", ststest.SelfServiceWithMFA) // which allows to make, not to delete
	e.wrong = 99
	_, err := e.enroll()
	wantFault(t, err, fault.Refused, "the new device "+phone+" is left at AWS", "--replace", "aws iam delete-virtual-mfa-device --serial-number "+phone)
	_, err = e.enroll()
	wantFault(t, err, fault.Failure, "there is a device "+phone+" already, which the user \"alice\" has not enabled", "--replace", "--name NAME")
	_, err = e.enroll(func(n *provider.Enrollment) { n.Replace = true })
	wantFault(t, err, fault.Refused, "DeleteVirtualMFADevice")

	e.sts.SetSelfService("alice", ststest.SelfServiceAllowed)
	e.wrong = 0
	if _, err = e.enroll(func(n *provider.Enrollment) { n.Replace = true }); err != nil {
		t.Fatal(err)
	}
	e.wantEnrolled()
}

// --replace deletes no device that somebody has.
func TestReplaceLeavesDevicesInUse(t *testing.T) {
	e := newEnroller(t)
	_, err := e.enroll(func(n *provider.Enrollment) { n.Replace, n.Name = true, "alice" })
	if err == nil || !slices.Equal(e.sts.MFADevices("alice"), []string{e.user.MFASerial}) {
		t.Errorf("%v; devices %q", err, e.sts.MFADevices("alice"))
	}
}

// A session in the cache is used where there is one, and nobody is asked for a
// code to get one.
func TestIAMIsAskedWithTheCachedSession(t *testing.T) {
	e := newEnroller(t)
	e.storeSeed(e.user.Seed)
	e.lines = e.settings()
	e.mustMint(e.lines)
	delete(e.keys.items, keychain.SeedAccount("work"))
	e.sts.SetSelfService("alice", ststest.SelfServiceWithMFA)
	e.wrong = 99
	if _, err := e.enroll(); err == nil || len(e.sts.AllDevices()) != 1 {
		t.Errorf("%v; devices %q: without MFA the device could not have been deleted", err, e.sts.AllDevices())
	}
	e.wantCalls(1)
}

func TestASeedThatIsStoredIsNotLost(t *testing.T) {
	e := newEnroller(t)
	e.storeSeed(e.user.Seed)
	e.lines = e.settings()
	for _, store := range []bool{false, true} {
		_, err := e.enroll(func(n *provider.Enrollment) { n.Store = store })
		wantFault(t, err, fault.Failure, "has a stored seed already", e.user.MFASerial, "awsmint mfa remove work")
	}
	// Nor one of a device that nobody knows.
	e.lines = noMFA
	_, err := e.enroll()
	wantFault(t, err, fault.Failure, "names no device", "awsmint mfa enroll work --store", "awsmint mfa remove work")
	_, err = e.enroll(stored)
	wantFault(t, err, fault.Failure, "AWS has no device "+phone, "--name NAME", "awsmint mfa remove work")
	if e.sts.Calls("CreateVirtualMFADevice") != 0 || e.keys.items[keychain.SeedAccount("work")].IsZero() {
		t.Error("a device was made, or the seed lost")
	}
}

// All answers but the last are lost: that the device can't be deleted, since it
// is in use, tells that it is enabled.
func TestADeviceInUseIsEnabled(t *testing.T) {
	e := newEnroller(t)
	e.sts.Inject(ststest.Fault{Action: "EnableMFADevice", ResetConn: true, Late: true})
	e.sts.Inject(ststest.Fault{Action: "ListMFADevices", Code: "AccessDenied"})
	if _, err := e.enroll(); err != nil {
		t.Fatalf("%v\n%s", err, fault.HintOf(err))
	}
	e.wantEnrolled()
}

// The same where the user may delete no device without MFA: the list tells.
func TestAListedDeviceIsEnabled(t *testing.T) {
	e := newEnroller(t)
	e.sts.SetSelfService("alice", ststest.SelfServiceWithMFA)
	e.sts.Inject(ststest.Fault{Action: "EnableMFADevice", ResetConn: true, Late: true})
	if _, err := e.enroll(); err != nil {
		t.Fatalf("%v\n%s", err, fault.HintOf(err))
	}
	e.wantEnrolled()
}

// A run that is killed, or whose requests fail or lose their answers, leaves
// what the next run finishes, or names.
func TestEnrollmentIsResumed(t *testing.T) {
	faults := map[string]func(e *enroller){
		"killed while the seed is shown": func(e *enroller) { e.crash = "show" },
		"killed before the profile":      func(e *enroller) { e.crash = "save" },
		"the keychain takes no seed": func(e *enroller) {
			e.keys.fail = func(operation, account string) error {
				if operation == "set" && account == keychain.SeedAccount("work") {
					return fault.New(fault.Keychain, "locked", "")
				}
				return nil
			}
		},
	}
	for _, action := range []string{"CreateVirtualMFADevice", "EnableMFADevice", "GetCallerIdentity"} {
		faults[action+" is refused"] = func(e *enroller) {
			e.sts.Inject(ststest.Fault{Action: action, Code: "AccessDenied"})
		}
		for _, late := range []bool{false, true} {
			faults[fmt.Sprintf("%s breaks off, carried out: %v", action, late)] = func(e *enroller) {
				e.sts.Inject(ststest.Fault{Action: action, Times: 1, ResetConn: true, Late: late})
			}
			faults[fmt.Sprintf("%s and all that follows breaks off, carried out: %v", action, late)] = func(e *enroller) {
				e.sts.Inject(ststest.Fault{Action: action, Times: 1, ResetConn: true, Late: late})
				for _, next := range []string{"DeleteVirtualMFADevice", "ListMFADevices"} {
					e.sts.Inject(ststest.Fault{Action: next, Code: "ServiceUnavailable"})
				}
			}
		}
	}
	for name, inject := range faults {
		for _, store := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, store: %v", name, store), func(t *testing.T) {
				t.Parallel()
				e := newEnroller(t)
				inject(e)
				_, first := e.enroll(func(n *provider.Enrollment) {
					n.Store = store
					n.Options.Timeout = 2 * time.Second
				})
				e.crash, e.keys.fail = "", nil
				e.sts.Reset()
				if first == nil {
					e.wantEnrolled()
					return
				}
				if first != errKilled && e.seed != "" && strings.Contains(first.Error()+fault.HintOf(first), e.seed) {
					t.Error("the error holds the seed")
				}
				e.clock.advance(step)
				_, again := e.enroll(func(n *provider.Enrollment) { n.Store = store })
				if again != nil {
					// What is left is named, with what helps.
					hint := again.Error() + fault.HintOf(again)
					switch {
					case strings.Contains(hint, "--replace") && len(e.sts.MFADevices("alice")) == 1:
						_, again = e.enroll(func(n *provider.Enrollment) { n.Store, n.Replace = store, true })
					case strings.Contains(hint, "awsmint_mfa_serial = "+phone) && !store:
						again = e.save(phone)
					}
				}
				if again != nil {
					t.Fatalf("first: %v\n%s\nagain: %v\n%s", first, fault.HintOf(first), again, fault.HintOf(again))
				}
				e.wantEnrolled()
			})
		}
	}
}
