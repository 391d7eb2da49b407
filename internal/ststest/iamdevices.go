package ststest

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/xml"
	"image/png"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/pquerna/otp"
)

// maxDevices is IAM's quota of MFA devices per user.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const maxDevices = 8

// qrSize is the side in pixels of a device's QR code.
const qrSize = 200

type mfaDevice struct {
	UserName     string
	SerialNumber string
	EnableDate   string
}

type listMFADevicesResult struct {
	XMLName     xml.Name    `xml:"ListMFADevicesResult"`
	MFADevices  []mfaDevice `xml:"MFADevices>member"`
	IsTruncated bool
}

// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListMFADevices.html
func (s *Server) listMFADevices(c *call) (any, error) {
	u, err := s.self(c, "ListMFADevices", &constraints{form: c.form})
	if err != nil {
		return nil, err
	}
	return listMFADevicesResult{MFADevices: s.devicesOf(u.Name)}, nil
}

// devicesOf are a user's devices, by serial number. The caller holds s.mu.
func (s *Server) devicesOf(user string) (all []mfaDevice) {
	for serial, d := range s.devices {
		if d.user == user {
			all = append(all, mfaDevice{UserName: user, SerialNumber: serial, EnableDate: d.enabled.Format(timeFormat)})
		}
	}
	slices.SortFunc(all, func(a, b mfaDevice) int { return cmp.Compare(a.SerialNumber, b.SerialNumber) })
	return all
}

// MFADevices are the serial numbers of a user's devices, sorted.
func (s *Server) MFADevices(user string) (serials []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.devicesOf(user) {
		serials = append(serials, d.SerialNumber)
	}
	return serials
}

type virtualMFADevice struct {
	SerialNumber     string
	Base32StringSeed string // base64 of the seed in base32: the API's type is a blob
	QRCodePNG        string
}

type createVirtualMFADeviceResult struct {
	XMLName          xml.Name `xml:"CreateVirtualMFADeviceResult"`
	VirtualMFADevice virtualMFADevice
}

// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateVirtualMFADevice.html
func (s *Server) createVirtualMFADevice(c *call) (any, error) {
	limits := &constraints{form: c.form}
	limits.required("VirtualMFADeviceName")
	limits.text("VirtualMFADeviceName", 1, 226, `[\w+=,.@-]+`)
	limits.text("Path", 1, 512, `(\x2F)|(\x2F[\x21-\x7E]+\x2F)`)
	if err := limits.err(); err != nil {
		return nil, err
	}
	name := c.form.Get("VirtualMFADeviceName")
	serial := "arn:aws:iam::" + AccountID + ":mfa" + cmp.Or(c.form.Get("Path"), "/") + name
	if s.devices[serial] != nil {
		return nil, refused("EntityAlreadyExists", "MFADevice entity at the same path and name already exists.")
	}
	d := &device{seed: newSeed()}
	qr, err := qrCode(c.caller.identity.user, d.seed)
	if err != nil {
		return nil, err
	}
	s.devices[serial] = d
	return createVirtualMFADeviceResult{VirtualMFADevice: virtualMFADevice{
		SerialNumber:     serial,
		Base32StringSeed: base64.StdEncoding.EncodeToString([]byte(d.seed)),
		QRCodePNG:        base64.StdEncoding.EncodeToString(qr),
	}}, nil
}

// qrCode is a picture of the URL that authenticator apps read, in the form that
// the API's reference gives.
func qrCode(user, seed string) ([]byte, error) {
	label := url.PathEscape("Amazon Web Services:" + user + "@" + AccountID)
	key, err := otp.NewKeyFromURL("otpauth://totp/" + label + "?secret=" + seed + "&issuer=Amazon%20Web%20Services")
	if err != nil {
		return nil, err
	}
	picture, err := key.Image(qrSize, qrSize)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = png.Encode(&b, picture)
	return b.Bytes(), err
}

// https://docs.aws.amazon.com/IAM/latest/APIReference/API_EnableMFADevice.html
func (s *Server) enableMFADevice(c *call) (any, error) {
	limits := serialNumber(c)
	for _, code := range []string{"AuthenticationCode1", "AuthenticationCode2"} {
		limits.required(code)
		limits.text(code, 6, 6, `[\d]+`)
	}
	u, err := s.self(c, "EnableMFADevice", limits)
	if err != nil {
		return nil, err
	}
	serial := c.form.Get("SerialNumber")
	d := s.devices[serial]
	switch {
	case d == nil:
		return nil, errNoDevice(serial)
	case d.user != "":
		return nil, refused("EntityAlreadyExists", "MFA device is already in use.")
	case len(s.devicesOf(u.Name)) >= maxDevices:
		return nil, refused("LimitExceeded", "Cannot exceed quota for MFADevicesPerUser: %d", maxDevices)
	case !d.useTwoCodes(c.form.Get("AuthenticationCode1"), c.form.Get("AuthenticationCode2"), c.now):
		return nil, refused("InvalidAuthenticationCode", "Authentication code for device is not valid.")
	}
	d.user, d.enabled = u.Name, c.now.UTC().Truncate(time.Second)
	return nil, nil
}

// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeactivateMFADevice.html
func (s *Server) deactivateMFADevice(c *call) (any, error) {
	u, err := s.self(c, "DeactivateMFADevice", serialNumber(c))
	if err != nil {
		return nil, err
	}
	serial := c.form.Get("SerialNumber")
	d := s.devices[serial]
	if d == nil || d.user != u.Name {
		return nil, refused("NoSuchEntity", "MFA Device with serial number %s does not exist for user %s.", serial, u.Name)
	}
	d.user = ""
	return nil, nil
}

// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteVirtualMFADevice.html
func (s *Server) deleteVirtualMFADevice(c *call) (any, error) {
	limits := serialNumber(c)
	if err := limits.err(); err != nil {
		return nil, err
	}
	serial := c.form.Get("SerialNumber")
	switch d := s.devices[serial]; {
	case d == nil:
		return nil, errNoDevice(serial)
	case d.user != "":
		return nil, refused("DeleteConflict", "MFA VirtualDevice in use. Must deactivate first.")
	}
	delete(s.devices, serial)
	return nil, nil
}

func serialNumber(c *call) *constraints {
	limits := &constraints{form: c.form}
	limits.required("SerialNumber")
	limits.text("SerialNumber", 9, 256, `[\w+=/:,.@-]+`)
	return limits
}

func errNoDevice(serial string) error {
	// A hardware token's number names a device that only the console knows of.
	kind := "VirtualMFADevice"
	if !strings.HasPrefix(serial, "arn:") {
		kind = "MFADevice"
	}
	return refused("NoSuchEntity", "%s with serial number %s does not exist.", kind, serial)
}

// AllDevices are the serial numbers of all devices, those that are nobody's
// too, sorted.
func (s *Server) AllDevices() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.devices))
}
