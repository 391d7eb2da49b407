package doctor

import (
	"fmt"
	"slices"
	"strings"

	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/provider"
)

// devices compares the MFA devices that the user has with the one that is set.
// Many users may not list them, which is nothing wrong.
func (e *examination) devices(profile string, key keychain.Key, client provider.Client, session *provider.Session) {
	if session == nil {
		return
	}
	verifier := provider.Verifier{Profile: profile, Key: key, Client: client, Timeout: e.Timeout, Now: e.Now}
	devices, err := verifier.MFADevices(e.ctx)
	f := Finding{Area: AWS, Profile: profile}
	switch {
	case err != nil:
		f.ID, f.Severity, f.Fact = "mfa-devices-unlisted", OK, "AWS does not tell which MFA devices the user has: "+oneLine(err.Error())
	case session.Serial == "" && len(devices) == 0:
		f.ID, f.Severity, f.Fact = "mfa-none", Warning, "the user has no MFA device: whoever has the key may do all that the user may"
		f.Advice = "run: awsmint mfa enroll " + profile
	case session.Serial == "":
		f.ID, f.Severity, f.Fact = "mfa-not-set", Warning, fmt.Sprintf("the user has an MFA device, and profile %q names none: its sessions have no MFA", profile)
		f.Advice = fmt.Sprintf("set awsmint_mfa_serial = %s in profile %q", devices[0], profile)
	case !slices.Contains(devices, session.Serial):
		f.ID, f.Severity, f.Fact = "mfa-device-unknown", Error, fmt.Sprintf("the user has no MFA device %q", session.Serial)
		f.Advice = fmt.Sprintf("take awsmint_mfa_serial out of profile %q, then run: awsmint mfa enroll %s", profile, profile)
		if len(devices) > 0 {
			f.Advice = fmt.Sprintf("set awsmint_mfa_serial in profile %q to the one that the user has: %s", profile, strings.Join(devices, " or "))
		}
	default:
		f.ID, f.Severity, f.Fact = "mfa-device", OK, fmt.Sprintf("the user has the MFA device %q", session.Serial)
	}
	e.add(f)
}
