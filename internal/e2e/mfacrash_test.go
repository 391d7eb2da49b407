//go:build unix

package e2e

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/ststest"
)

// An enrolment killed at any moment is finished by the next one, or that says
// which device is left and how to go on. There is never an enabled device whose
// seed is lost.
func TestKilledEnrolment(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	// Each user has eight devices at most, so each kill has a user of its own.
	user := func(i int) (profile, device string, u *ststest.User) {
		profile = fmt.Sprintf("p%d", i)
		u = l.AWS.AddUser("user" + profile)
		if err := l.Add(profile, u, false); err != nil {
			t.Fatal(err)
		}
		edit(t, l.ConfigFile(), "awsmint_mfa_serial = "+u.MFASerial+"\n", "")
		return profile, "arn:aws:iam::111122223333:mfa/" + profile, u
	}
	profile, _, _ := user(0)
	first := l.Run("", "mfa", "enroll", profile, "--store", "--name", profile)
	if first.Err != nil {
		t.Fatal(first.Stderr)
	}
	const kills = 25
	killed, left := 0, 0
	for i, delay := range delays(kills, first.Took*5/4) {
		profile, device, u := user(i + 1)
		args := []string{"mfa", "enroll", profile, "--store", "--name", profile}
		if !killAfter(t, l, "", delay, args...) {
			continue
		}
		killed++
		// One that came as far as the config is finished.
		r := l.Run("", args...)
		if strings.Contains(r.Stderr, "has a stored seed already, that of the device "+device) {
			r.Err = nil
		}
		if r.Err != nil && strings.Contains(r.Stderr, "there is a device "+device+" already") && strings.Contains(r.Stderr, "--replace") {
			left++
			r = l.Run("", append(args, "--replace")...)
		}
		if r.Err != nil {
			t.Fatalf("killed after %v: %s", delay, r.Stderr)
		}
		if got, want := l.AWS.MFADevices(u.Name), []string{device, u.MFASerial}; !slices.Equal(got, want) {
			t.Errorf("killed after %v: devices %q, want %q", delay, got, want)
		}
		if r := l.Run("", "mfa", "code", profile); r.Err != nil {
			t.Errorf("killed after %v: %s", delay, r.Stderr)
		}
	}
	t.Logf("%d of %d runs were killed, %d of them between the device and its seed", killed, kills, left)
	if killed == 0 {
		t.Error("no run was killed")
	}
}

// The same at the moments that matter: while AWS has a request, carried out or
// not.
func TestEnrolmentKilledAtARequest(t *testing.T) {
	t.Parallel()
	for _, action := range []string{"CreateVirtualMFADevice", "EnableMFADevice"} {
		for _, late := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s carried out: %v", action, late), func(t *testing.T) {
				t.Parallel()
				l, alice := settledKey(t)
				l.AWS.Inject(ststest.Fault{Action: action, Hang: true, Late: late, Times: 1})
				args := []string{"mfa", "enroll", "work", "--store", "--name", "phone"}
				ctx, kill := context.WithCancel(context.Background())
				cmd := l.Command(ctx, l.Binary, args...)
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				waiting, cancel := context.WithTimeout(ctx, time.Minute)
				defer cancel()
				if err := l.AWS.WaitFor(waiting, action, 1); err != nil {
					t.Error(err)
				}
				kill()
				_ = cmd.Wait()

				r := l.Run("", args...)
				if lost := action == "CreateVirtualMFADevice" && late; lost {
					failed(t, r, 1, "there is a device "+newDevice+" already, which the user \"alice\" has not enabled", "--replace")
					r = l.Run("", append(args, "--replace")...)
				}
				if r.Err != nil {
					t.Fatal(r.Stderr)
				}
				if strings.Contains(r.Stderr, "an interrupted enrolment was finished") != (action == "EnableMFADevice") {
					t.Errorf("stderr %q", r.Stderr)
				}
				if got := l.AWS.AllDevices(); !slices.Equal(got, []string{alice.MFASerial, newDevice}) || !slices.Equal(got, l.AWS.MFADevices("alice")) {
					t.Errorf("devices %q, of which alice has %q", got, l.AWS.MFADevices("alice"))
				}
			})
		}
	}
}
