package provider_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

// What is said of a device that could not be enabled is what became of it, and
// of its seed, wherever the enrolment broke off.
func TestWhatIsSaidOfADeviceThatIsNotEnabled(t *testing.T) {
	refuse := func(actions ...string) func(*enroller, *provider.Enrollment) {
		return func(e *enroller, _ *provider.Enrollment) {
			for _, action := range actions {
				e.sts.Inject(ststest.Fault{Action: action, Code: "AccessDenied"})
			}
		}
	}
	breakOff := func(late bool, action string, refused ...string) func(*enroller, *provider.Enrollment) {
		return func(e *enroller, n *provider.Enrollment) {
			e.sts.Inject(ststest.Fault{Action: action, Times: 1, ResetConn: true, Late: late})
			refuse(refused...)(e, n)
		}
	}
	noKeychain := func(operation string) func(*enroller, *provider.Enrollment) {
		return func(e *enroller, _ *provider.Enrollment) {
			e.keys.fail = func(did, account string) error {
				if did == operation && account == keychain.SeedAccount("work") {
					return fault.New(fault.Keychain, "locked", "")
				}
				return nil
			}
		}
	}
	notShown := func(_ *enroller, n *provider.Enrollment) {
		n.Show = func(provider.NewDevice) error { return errors.New("the disk is full") }
	}
	all := func(changes ...func(*enroller, *provider.Enrollment)) func(*enroller, *provider.Enrollment) {
		return func(e *enroller, n *provider.Enrollment) {
			for _, change := range changes {
				change(e, n)
			}
		}
	}
	const (
		deleted = "the new device " + phone + " is deleted again"
		left    = "the new device " + phone + " is left at AWS, not enabled, since it could not be deleted"
		unknown = "the new device " + phone + " is left at AWS, enabled or not: that is not known"
		goOn    = "to go on with it, run the same command again"
		replace = "awsmint mfa enroll work --replace --name phone"
		perhaps = "whether AWS made the device " + phone + " is not known"
		seed    = "its seed could not be deleted"
	)
	sentences := []string{deleted, left, unknown, goOn, replace, perhaps, seed}
	const remove = "DeleteVirtualMFADevice"
	for name, c := range map[string]struct {
		store   bool
		change  func(*enroller, *provider.Enrollment)
		devices int // besides alice's
		want    []string
	}{
		"its making broke off":                        {true, breakOff(true, "CreateVirtualMFADevice"), 0, []string{deleted}},
		"its making broke off, not carried out":       {true, breakOff(false, "CreateVirtualMFADevice"), 0, nil},
		"its making broke off, and nothing more goes": {true, breakOff(true, "CreateVirtualMFADevice", remove), 1, []string{perhaps}},
		"it was never made, and nothing more goes":    {true, breakOff(false, "CreateVirtualMFADevice", remove), 0, []string{perhaps}},
		"the code is not shown":                       {true, notShown, 0, []string{deleted}},
		"the code is not shown, nor the device gone":  {true, all(notShown, refuse(remove)), 1, []string{left, replace}},
		"the code is not shown, and it is in use": {true, func(e *enroller, n *provider.Enrollment) {
			notShown(e, n)
			e.sts.Inject(ststest.Fault{Action: remove, Code: "DeleteConflict"})
		}, 1, []string{left, replace}},
		"the keychain takes no seed":                         {true, noKeychain("set"), 0, []string{deleted}},
		"the keychain takes no seed, nor is the device gone": {true, all(noKeychain("set"), refuse(remove)), 1, []string{left, replace}},
		"the codes are refused":                              {true, refuse("EnableMFADevice"), 0, []string{deleted}},
		"the codes are refused, nor is the device gone":      {true, refuse("EnableMFADevice", remove), 1, []string{left, goOn}},
		"the codes are refused, nor is the seed gone":        {true, all(refuse("EnableMFADevice"), noKeychain("delete")), 0, []string{deleted, seed}},
		"the answer is lost, and nothing more goes":          {true, breakOff(true, "EnableMFADevice", "ListMFADevices", remove), 1, []string{unknown, goOn}},
		"typed codes are refused":                            {false, refuse("EnableMFADevice"), 0, []string{deleted}},
		"typed codes are refused, nor is the device gone":    {false, refuse("EnableMFADevice", remove), 1, []string{left, replace}},
		"their answer is lost, and nothing more goes":        {false, breakOff(true, "EnableMFADevice", "ListMFADevices", remove), 1, []string{unknown}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEnroller(t)
			enrolled, err := e.enroll(func(n *provider.Enrollment) { n.Store = c.store; c.change(e, n) })
			wantFault(t, err, fault.StatusOf(err), c.want...)
			for _, sentence := range sentences {
				if !slices.Contains(c.want, sentence) && strings.Contains(fault.HintOf(err), sentence) {
					t.Errorf("%q is said:\n%s", sentence, fault.HintOf(err))
				}
			}
			// The device is given back where there is something to go on with.
			if got, want := enrolled.Serial != "", slices.Contains(c.want, goOn); got != want {
				t.Errorf("device %q", enrolled.Serial)
			}
			if got := e.sts.AllDevices(); len(got) != 1+c.devices {
				t.Errorf("devices %q", got)
			}
		})
	}
}

// A run that is told to end says that it has still to ask AWS, and leaves no
// device: whether that comes before the device is deleted, or meanwhile.
func TestAnEnrolmentThatIsEndedLingers(t *testing.T) {
	for name, end := range map[string]func(e *enroller, cancel func()){
		"while codes are sent": func(e *enroller, cancel func()) {
			e.sts.Inject(ststest.Fault{Action: "EnableMFADevice", Hang: true, Times: 1})
			go func() {
				_ = e.sts.WaitFor(e.ctx, "EnableMFADevice", 1)
				cancel()
			}()
		},
		"while it is taken back": func(e *enroller, cancel func()) {
			e.sts.Inject(ststest.Fault{Action: "EnableMFADevice", Code: "AccessDenied"})
			e.keys.fail = func(operation, _ string) error {
				if operation == "delete" {
					cancel()
				}
				return nil
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEnroller(t)
			var cancel func()
			e.ctx, cancel = context.WithCancel(e.ctx)
			end(e, cancel)
			lingered := make(chan struct{}, 9)
			_, err := e.enroll(stored, func(n *provider.Enrollment) { n.Linger = func() { lingered <- struct{}{} } })
			if err == nil || !strings.Contains(fault.HintOf(err), "is deleted again") || len(e.sts.AllDevices()) != 1 {
				t.Errorf("%v\n%s\ndevices %q", err, fault.HintOf(err), e.sts.AllDevices())
			}
			select {
			case <-lingered:
			case <-within(t).Done():
				t.Error("nobody was told")
			}
		})
	}
	e := newEnroller(t)
	if _, err := e.enroll(stored, func(n *provider.Enrollment) { n.Linger = func() { t.Error("though nobody ended it") } }); err != nil {
		t.Fatal(err)
	}
}
