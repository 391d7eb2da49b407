package ststest

import (
	"crypto/subtle"
	"time"

	"github.com/pquerna/otp/totp"
)

// codeStep is the time in seconds for which a device shows one code (RFC
// 6238's default, which AWS uses).
const codeStep = 30

// device is a virtual MFA device.
type device struct {
	user     string // empty: it is nobody's yet
	seed     string
	lastStep int64 // the last step spent, in codeSteps since 1970
	enabled  time.Time
}

// useCode spends code: it takes a code of the present step or of the ones
// beside it, each step once, and none at or below the last one used.
func (d *device) useCode(code string, now time.Time) bool {
	present := now.Unix() / codeStep
	for step := max(present-1, d.lastStep+1); step <= present+1; step++ {
		if d.shows(step, code) {
			d.lastStep = step
			return true
		}
	}
	return false
}

// useTwoCodes spends two codes of steps in a row, the second of which is of the
// present step or of the ones beside it.
func (d *device) useTwoCodes(first, second string, now time.Time) bool {
	present := now.Unix() / codeStep
	for step := max(present-1, d.lastStep+2); step <= present+1; step++ {
		if d.shows(step-1, first) && d.shows(step, second) {
			d.lastStep = step
			return true
		}
	}
	return false
}

// shows reports whether code is the device's code of a step.
func (d *device) shows(step int64, code string) bool {
	want, err := totp.GenerateCode(d.seed, time.Unix(step*codeStep, 0))
	return err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1
}

// checkMFA spends the code in the call, if there is one, and reports whether
// the call carries MFA. The caller holds s.mu.
func (s *Server) checkMFA(c *call) (bool, error) {
	hasSerial, hasCode := c.form.Has("SerialNumber"), c.form.Has("TokenCode")
	if !hasSerial && !hasCode {
		return false, nil
	}
	if !hasSerial || !hasCode {
		return false, refused("AccessDenied", "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.")
	}
	d := s.devices[c.form.Get("SerialNumber")]
	if d == nil || d.user == "" || d.user != c.caller.identity.user {
		return false, refused("AccessDenied", "MultiFactorAuthentication failed, unable to validate MFA code.  "+
			"Please verify your MFA serial number is valid and associated with this user.")
	}
	if !d.useCode(c.form.Get("TokenCode"), c.now) {
		return false, refused("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. ")
	}
	return true, nil
}
