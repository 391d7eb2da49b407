package ststest_test

import (
	"bytes"
	"image/png"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/pquerna/otp/totp"

	"github.com/awsmint/awsmint/internal/ststest"
)

// newDevice makes a device that is nobody's yet.
func newDevice(t *testing.T, s *ststest.Server, k keys, name string) (serial, seed string, picture []byte) {
	t.Helper()
	out, err := iamClient(s, k).CreateVirtualMFADevice(within(t), &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: &name})
	if err != nil {
		t.Fatal(err)
	}
	d := out.VirtualMFADevice
	return *d.SerialNumber, string(d.Base32StringSeed), d.QRCodePNG
}

// enable gives a device to the user with the codes of steps that many away.
func enable(t *testing.T, s *ststest.Server, k keys, serial, seed string, first, second int) error {
	t.Helper()
	code := func(steps int) *string {
		text, err := totp.GenerateCode(seed, s.Now().Add(time.Duration(steps)*30*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		return &text
	}
	_, err := iamClient(s, k).EnableMFADevice(within(t), &iam.EnableMFADeviceInput{
		UserName: aws.String("alice"), SerialNumber: &serial, AuthenticationCode1: code(first), AuthenticationCode2: code(second),
	})
	return err
}

func TestLifeOfAnMFADevice(t *testing.T) {
	s, c, u := frozen(t)
	s.SetSelfService("alice", ststest.SelfServiceWithMFA)
	serial, seed, picture := newDevice(t, s, keysOf(u), "phone")
	if serial != "arn:aws:iam::111122223333:mfa/phone" || len(seed) != 64 {
		t.Errorf("serial %s, a seed of %d characters", serial, len(seed))
	}
	if qr, err := png.Decode(bytes.NewReader(picture)); err != nil || qr.Bounds().Dx() < 100 {
		t.Errorf("the QR code is no picture: %v", err)
	}
	if err := enable(t, s, keysOf(u), serial, seed, -1, 0); err != nil {
		t.Fatal(err)
	}
	if got, want := s.MFADevices("alice"), []string{u.MFASerial, serial}; !slices.Equal(got, want) {
		t.Errorf("devices %q, want %q", got, want)
	}
	wantError(t, enable(t, s, keysOf(u), serial, seed, 0, 1), "EntityAlreadyExists", "already in use")

	// The codes that enabled it are spent.
	code, _ := totp.GenerateCode(seed, s.Now())
	session := func() error {
		_, err := stsClient(s, keysOf(u)).GetSessionToken(within(t), &sts.GetSessionTokenInput{SerialNumber: &serial, TokenCode: &code})
		return err
	}
	wantError(t, session(), "AccessDenied", invalidCode)
	c.advance(30 * time.Second)
	code, _ = totp.GenerateCode(seed, s.Now())
	if err := session(); err != nil {
		t.Error(err)
	}

	withMFA := mint(t, s, u, u.Code(s.Now()))
	off := func(k keys) error {
		_, err := iamClient(s, k).DeactivateMFADevice(within(t), &iam.DeactivateMFADeviceInput{UserName: &u.Name, SerialNumber: &serial})
		return err
	}
	gone := func() error {
		_, err := iamClient(s, withMFA).DeleteVirtualMFADevice(within(t), &iam.DeleteVirtualMFADeviceInput{SerialNumber: &serial})
		return err
	}
	wantError(t, off(keysOf(u)), "AccessDenied", "explicit deny")
	wantError(t, gone(), "DeleteConflict", "MFA VirtualDevice in use. Must deactivate first.")
	if err := off(withMFA); err != nil {
		t.Fatal(err)
	}
	wantError(t, off(withMFA), "NoSuchEntity", serial)
	wantError(t, session(), "AccessDenied", invalidSerial)
	if err := gone(); err != nil {
		t.Fatal(err)
	}
	wantError(t, gone(), "NoSuchEntity", serial)
	if got := s.MFADevices("alice"); !slices.Equal(got, []string{u.MFASerial}) {
		t.Errorf("devices %q", got)
	}
}

func TestEnablingTakesTwoCodesInARow(t *testing.T) {
	for _, test := range []struct {
		name          string
		first, second int
		ok            bool
	}{
		{"the last and the present", -1, 0, true},
		{"the present and the next", 0, 1, true},
		{"two behind", -2, -1, true},
		{"the same twice", 0, 0, false},
		{"the wrong way round", 0, -1, false},
		{"with a gap", -1, 1, false},
		{"too old", -3, -2, false},
		{"too far ahead", 1, 2, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, _, u := frozen(t)
			serial, seed, _ := newDevice(t, s, keysOf(u), "phone")
			err := enable(t, s, keysOf(u), serial, seed, test.first, test.second)
			if test.ok && err != nil {
				t.Error(err)
			}
			if !test.ok {
				wantError(t, err, "InvalidAuthenticationCode", "Authentication code for device is not valid.")
			}
			if got := len(s.MFADevices("alice")); got == 2 != test.ok {
				t.Errorf("%d devices", got)
			}
		})
	}
}

func TestWhatDevicesAreRefused(t *testing.T) {
	s, _, u := frozen(t)
	k := keysOf(u)
	newDevice(t, s, k, "phone")
	_, err := iamClient(s, k).CreateVirtualMFADevice(within(t), &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: aws.String("phone")})
	wantError(t, err, "EntityAlreadyExists", "MFADevice entity at the same path and name already exists.")
	_, err = iamClient(s, k).CreateVirtualMFADevice(within(t), &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: aws.String("my phone")})
	wantError(t, err, "ValidationError", "at 'virtualMFADeviceName'")
	wantError(t, enable(t, s, k, "arn:aws:iam::111122223333:mfa/none", u.Seed, -1, 0), "NoSuchEntity", "mfa/none")
	for i := range 7 {
		serial, seed, _ := newDevice(t, s, k, "spare"+string(rune('a'+i)))
		if err := enable(t, s, k, serial, seed, -1, 0); err != nil {
			t.Fatal(err)
		}
	}
	serial, seed, _ := newDevice(t, s, k, "ninth")
	wantError(t, enable(t, s, k, serial, seed, -1, 0), "LimitExceeded", "Cannot exceed quota for MFADevicesPerUser: 8")
}

// A device that nobody has takes no codes, not even for whoever has no name.
func TestADeviceThatIsNobodysTakesNoCodes(t *testing.T) {
	s, _, u := frozen(t)
	serial, seed, _ := newDevice(t, s, keysOf(u), "phone")
	code, _ := totp.GenerateCode(seed, s.Now())
	wantError(t, withCode(t, s, u, serial, code), "AccessDenied", invalidSerial)
}
