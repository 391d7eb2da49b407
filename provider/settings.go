package provider

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
)

// Limits of GetSessionToken, from the STS API reference.
const (
	defaultSessionDuration = 12 * time.Hour
	maxSessionDuration     = 36 * time.Hour
)

// minDuration is awsmint's own limit. STS takes 15 minutes, but botocore runs
// its credential_process for each request once less than 15 are left.
const minDuration = 30 * time.Minute

// maxExpiryWindow is the default window: botocore and .NET ask again once less
// than 15 minutes are left, and must then be given something longer.
const maxExpiryWindow = 20 * time.Minute

// SerialNumber's length, from the STS API reference.
const minSerial, maxSerial = 9, 256

// consistsOf reports whether text has only ASCII letters, digits and characters
// of extra. It stands where a regular expression would cost every hit the time
// to compile it.
func consistsOf(text, extra string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune(extra, r)
	})
}

// serialNumber is the profile's MFA device, checked.
func serialNumber(section *awsconfig.Section) (string, error) {
	serial := section.Setting("mfa_serial")
	if serial == "" {
		return "", nil
	}
	if err := CheckSerial(serial); err != nil {
		return "", at(section, "mfa_serial", err)
	}
	return serial, nil
}

// CheckSerial says what is wrong with the serial number of an MFA device for
// GetSessionToken.
func CheckSerial(serial string) error {
	switch {
	case strings.Contains(serial, ":u2f/"):
		return fault.New(fault.Usage,
			fmt.Sprintf("the MFA device %q is a security key or passkey, and STS takes six-digit codes only", serial),
			"add an authenticator app or a hardware token to the IAM user and set awsmint_mfa_serial to its ARN; a user may have eight devices")
	case strings.HasPrefix(serial, "arn:") && !strings.Contains(serial, ":mfa/"):
		return fault.New(fault.Usage,
			fmt.Sprintf("%q is not the ARN of an MFA device", serial),
			"it has the form arn:aws:iam::ACCOUNT:mfa/NAME; the IAM console shows it under the user's security credentials")
	case len(serial) < minSerial || len(serial) > maxSerial || !consistsOf(serial, "_+=/:,.@-"):
		return fault.New(fault.Usage,
			fmt.Sprintf("%q is not the serial number of an MFA device", serial),
			fmt.Sprintf("it is an ARN (arn:aws:iam::ACCOUNT:mfa/NAME) or the number on a hardware token, %d to %d characters", minSerial, maxSerial))
	}
	return nil
}

// sessionLife is how long a profile's session lives, and its expiry window.
// In a role profile both are said of the role, and the session has the defaults.
func sessionLife(section *awsconfig.Section) (life, window time.Duration, err error) {
	if isRole(section) {
		return defaultSessionDuration, 0, nil
	}
	if life, err = sessionDuration(section); err != nil {
		return 0, 0, err
	}
	window, err = expiryWindow(section, life)
	return life, window, err
}

func sessionDuration(section *awsconfig.Section) (time.Duration, error) {
	d, err := duration(section, "awsmint_duration")
	if err != nil {
		return 0, err
	}
	if d == 0 {
		return defaultSessionDuration, nil
	}
	if err := checkSessionDuration(d); err != nil {
		return 0, at(section, "awsmint_duration", err)
	}
	return d, nil
}

func checkSessionDuration(d time.Duration) error {
	if d <= maxSessionDuration {
		return checkMinDuration(d)
	}
	return fault.New(fault.Usage, fmt.Sprintf("a duration of %s is too long", Span(d)),
		fmt.Sprintf("a session lasts at most %s", Span(maxSessionDuration)))
}

// checkMinDuration refuses lives at which SDKs would ask for every request.
func checkMinDuration(d time.Duration) error {
	if d >= minDuration {
		return nil
	}
	return fault.New(fault.Usage, fmt.Sprintf("a duration of %s is too short", Span(d)),
		fmt.Sprintf("use at least %s: SDKs fetch new credentials for every request once less than 15 minutes are left", Span(minDuration)))
}

// expiryWindow is the window that is set, or 0. A window that leaves nothing
// of the credentials' life would mint them at every run.
func expiryWindow(section *awsconfig.Section, life time.Duration) (time.Duration, error) {
	const key = "awsmint_expiry_window"
	d, err := duration(section, key)
	if err == nil && d >= life {
		err = at(section, key, fault.New(fault.Usage,
			fmt.Sprintf("an expiry window of %s leaves nothing of a session of %s", Span(d), Span(life)),
			fmt.Sprintf("leave %s out: the default is %s, or a third of a shorter session", key, Span(maxExpiryWindow))))
	}
	return d, err
}

// duration reads a time span: whole seconds, as the SDKs write it, or Go's
// form ("8h", "90m"). 0 means that there is none.
func duration(section *awsconfig.Section, key string) (time.Duration, error) {
	text := section.Get(key)
	if text == "" {
		return 0, nil
	}
	d, err := ParseSpan(text)
	if err != nil {
		return 0, at(section, key, err)
	}
	return d, nil
}

// ParseSpan reads a positive time span: whole seconds or Go's form ("8h").
func ParseSpan(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if seconds, intErr := strconv.ParseInt(text, 10, 32); intErr == nil {
		d, err = time.Duration(seconds)*time.Second, nil
	}
	if err != nil || d <= 0 || d%time.Second != 0 {
		return 0, fault.New(fault.Usage, fmt.Sprintf("%q is not a time span", text), `write seconds (43200) or a form like "12h" or "90m"`)
	}
	return d, nil
}

// Span writes a time span for a person: "36h", "1h30m", "45s".
func Span(d time.Duration) string {
	text := d.Round(time.Second).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// sessionOff reports whether roles are to be minted straight from the key.
func sessionOff(section *awsconfig.Section) (bool, error) {
	const key = "awsmint_session"
	switch value := strings.ToLower(section.Get(key)); value {
	case "", "on":
		return false, nil
	case "off":
		return true, nil
	default:
		return false, at(section, key, fault.New(fault.Usage, fmt.Sprintf("it can't be %q", value), "it must be on (the default) or off"))
	}
}

// boolean reads a setting as the SDKs do: true or false in any case.
func boolean(name, text string) (bool, error) {
	switch strings.ToLower(text) {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	}
	return false, fault.New(fault.Usage, fmt.Sprintf("%s is %q", name, text), "it must be true or false")
}
