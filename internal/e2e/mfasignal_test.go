//go:build unix

package e2e

import (
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/ststest"
)

// lingering is longer than a run is given that a signal has told to end.
const lingering = 1500 * time.Millisecond

var enrolment = []string{"mfa", "enroll", "work", "--store", "--name", "phone"}

// signalled starts an enrolment, and sends it SIGINT once a request has come.
func (s *started) signalled(t *testing.T, wait func()) {
	t.Helper()
	wait()
	if err := s.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
}

// Ctrl-C while AWS has a request leaves no device, however long AWS takes to
// delete it; or, where the device is enabled by then, a whole one.
func TestCtrlCDuringAnEnrolmentLeavesNothingHalf(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		action  string
		late    bool
		enabled bool
		words   string
	}{
		"making":                {"CreateVirtualMFADevice", false, false, "AWS has no device " + newDevice},
		"making, carried out":   {"CreateVirtualMFADevice", true, false, "the new device " + newDevice + " is deleted again"},
		"enabling":              {"EnableMFADevice", false, false, "the new device " + newDevice + " is deleted again"},
		"enabling, carried out": {"EnableMFADevice", true, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, alice := settledKey(t)
			l.AWS.Inject(ststest.Fault{Action: c.action, Hang: true, Late: c.late, Times: 1})
			for _, slow := range []string{"ListMFADevices", "DeleteVirtualMFADevice"} {
				l.AWS.Inject(ststest.Fault{Action: slow, Delay: lingering, Times: 1})
			}
			s := start(t, l, enrolment...)
			s.signalled(t, func() { waitFor(t, l, c.action, 1) })
			s.expect(t, "a second Ctrl-C ends that")
			r := s.end(t)
			devices := l.AWS.AllDevices()
			if c.enabled {
				if r.Err != nil || !slices.Equal(devices, []string{alice.MFASerial, newDevice}) || !strings.Contains(content(t, l.ConfigFile()), newDevice) {
					t.Errorf("status %d, stderr %q, devices %q", r.Status, r.Stderr, devices)
				}
				if r := l.Run("", "mfa", "code", "work"); r.Err != nil {
					t.Error(r.Stderr)
				}
				return
			}
			failed(t, r, 3, "awsmint: cancelled\n", c.words)
			if !slices.Equal(devices, []string{alice.MFASerial}) {
				t.Errorf("devices %q", devices)
			}
			failed(t, l.Run("", "mfa", "code", "work"), 4)
		})
	}
}

// A second Ctrl-C ends at once what the first has begun, and the next run
// finishes or clears what is left.
func TestASecondCtrlCEndsARollback(t *testing.T) {
	t.Parallel()
	for action, words := range map[string]string{"CreateVirtualMFADevice": "--replace", "EnableMFADevice": "an interrupted enrolment was finished"} {
		t.Run(action, func(t *testing.T) {
			t.Parallel()
			l, alice := settledKey(t)
			l.AWS.Inject(ststest.Fault{Action: action, Hang: true, Late: action == "CreateVirtualMFADevice", Times: 1})
			l.AWS.Inject(ststest.Fault{Action: "DeleteVirtualMFADevice", Hang: true, Times: 1})
			s := start(t, l, enrolment...)
			s.signalled(t, func() { waitFor(t, l, action, 1) })
			s.signalled(t, func() { waitFor(t, l, "DeleteVirtualMFADevice", 1) })
			if r := s.end(t); r.Status != -1 || strings.Contains(r.Stderr, "deleted") || r.Stdout != "" {
				t.Errorf("status %d, stdout %q, stderr %q", r.Status, r.Stdout, r.Stderr)
			}
			r := l.Run("", enrolment...)
			if !strings.Contains(r.Stderr, words) {
				t.Errorf("stderr %q lacks %q", r.Stderr, words)
			}
			if r.Err != nil {
				r = l.Run("", append(enrolment, "--replace")...)
			}
			if got := l.AWS.MFADevices("alice"); r.Err != nil || !slices.Equal(got, []string{alice.MFASerial, newDevice}) {
				t.Errorf("devices %q, stderr %q", got, r.Stderr)
			}
		})
	}
}

// A picture of the seed stays with the device that the next run goes on with,
// and is said to be there.
func TestThePictureOfADeviceThatIsLeft(t *testing.T) {
	t.Parallel()
	l, _ := settledKey(t)
	file := filepath.Join(t.TempDir(), "phone.png")
	for _, action := range []string{"EnableMFADevice", "DeleteVirtualMFADevice"} {
		l.AWS.Inject(ststest.Fault{Action: action, Code: "AccessDenied"})
	}
	r := l.Run("", append(enrolment, "--qr", file)...)
	failed(t, r, 5, "to go on with it, run the same command again", "holds the seed")
	l.AWS.Reset()
	r = l.Run("", enrolment...)
	if seed := scanned(t, file); r.Err != nil || seed == "" {
		t.Fatalf("status %d, stderr %q", r.Status, r.Stderr)
	}
}
