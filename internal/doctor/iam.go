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
		f.Advice = "give the user a device in the IAM console, and set awsmint_mfa_serial to its ARN"
	case session.Serial == "":
		f.ID, f.Severity, f.Fact = "mfa-not-set", Warning, fmt.Sprintf("the user has an MFA device, and profile %q names none: its sessions have no MFA", profile)
		f.Advice = fmt.Sprintf("set awsmint_mfa_serial = %s in profile %q", devices[0], profile)
	case !slices.Contains(devices, session.Serial):
		f.ID, f.Severity, f.Fact = "mfa-device-unknown", Error, fmt.Sprintf("the user has no MFA device %q", session.Serial)
		f.Advice = fmt.Sprintf("give the user a device in the IAM console, and set awsmint_mfa_serial in profile %q to its ARN", profile)
		if len(devices) > 0 {
			f.Advice = fmt.Sprintf("set awsmint_mfa_serial in profile %q to the one that the user has: %s", profile, strings.Join(devices, " or "))
		}
	default:
		f.ID, f.Severity, f.Fact = "mfa-device", OK, fmt.Sprintf("the user has the MFA device %q", session.Serial)
	}
	e.add(f)
}

// userKeys looks at the keys that the user has: one too many, old or disabled.
// IAM is asked with the cached session where one lives, else with the key; in
// no case is a code asked for.
func (e *examination) userKeys(profile string, key keychain.Key, works bool) {
	rotation, err := provider.NewRotation(e.config, e.Getenv, profile, e.options(profile))
	if err != nil {
		return // the key is used by a role alone, or is not the profile's own
	}
	if !e.livesOn(rotation) {
		if !works {
			return
		}
		session := *rotation.Session
		session.Serial = ""
		rotation.Session = &session
	}
	keys, err := rotation.Keys(e.ctx)
	if err != nil {
		e.add(Finding{
			ID: "keys-unlisted", Severity: OK, Area: AWS, Profile: profile, Fact: "AWS does not tell which keys the user has: " + oneLine(err.Error()),
			Advice: "if the user's policies ask for MFA, get a session first: awsmint login " + profile,
		})
		e.agedAtLeast(AWS, profile, key)
		return
	}
	for _, k := range keys {
		switch {
		case k.ID != key.AccessKeyID:
			e.second(profile, key, k)
		case !k.Active:
			e.add(Finding{
				ID: "key-disabled", Severity: Error, Area: AWS, Profile: profile, Fact: fmt.Sprintf("the key %s is inactive", provider.LastFour(k.ID)),
				Advice: "activate it in the IAM console, or store another one: awsmint add " + profile + " --force",
			})
		default:
			e.aged(AWS, profile, k.ID, "", k.Created)
		}
	}
}

// livesOn reports whether a session is cached that need not be renewed.
func (e *examination) livesOn(rotation *provider.Rotation) bool {
	times, ok := provider.New(rotation.Session, e.options(rotation.Profile)).Cached()
	return ok && rotation.Session.Serial != "" && times.Expires.Sub(e.Now()) > max(soon, rotation.Session.Window)
}

// second tells of a key of the user's that is not the one in use. One that a
// rotation works with is told as that.
func (e *examination) second(profile string, key keychain.Key, k provider.UserKey) {
	if r := key.Rotation; r != nil && (k.ID == r.Pending.AccessKeyID || k.ID == r.Retiring.AccessKeyID) {
		return
	}
	use := "its last use is not known"
	switch {
	case !k.LastUsed.IsZero():
		use = fmt.Sprintf("last used %d days ago", days(e.Now().Sub(k.LastUsed)))
	case k.UseKnown:
		use = "never used"
	}
	state := "active"
	if !k.Active {
		state = "inactive"
	}
	e.add(Finding{
		ID: "second-key", Severity: Warning, Area: AWS, Profile: profile,
		Fact:   fmt.Sprintf("the user has a second key, %s (%s, %d days old, %s): while it is there the key in use can't be replaced", provider.LastFour(k.ID), state, days(e.Now().Sub(k.Created)), use),
		Advice: "if nobody uses it, delete it in the IAM console, or run: awsmint rotate " + profile + " --delete-oldest-unused",
	})
}
