package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/mfa"
)

// storedSeed is the seed that the profile has already. It is either the one of
// an enrolment that was interrupted, or another device's, and then it is not to
// be lost.
func (e *enrolling) storedSeed(ctx context.Context) (keychain.Seed, error) {
	seed, err := e.Options.storedSeed(ctx, e.Profile)
	switch {
	case errors.Is(err, mfa.ErrUnavailable):
		return keychain.Seed{}, nil
	case err != nil:
		return keychain.Seed{}, err
	case e.Session.Serial != "" && seed.MayBeOf(e.Session.Serial):
		return keychain.Seed{}, fault.New(fault.Failure,
			fmt.Sprintf("profile %q has a stored seed already, that of the device %s", e.Profile, e.Session.Serial),
			"forget it first, if its codes come from elsewhere too: awsmint mfa remove "+e.Profile)
	case !e.Store:
		whose := ", which names no device"
		if seed.Serial != "" {
			whose = fmt.Sprintf(", that of the device %s, which the profile does not name", seed.Serial)
		}
		return keychain.Seed{}, fault.New(fault.Failure,
			fmt.Sprintf("a seed is stored for profile %q%s: an interrupted enrolment may have left it", e.Profile, whose), e.howToFinish(seed.Serial))
	}
	return seed, nil
}

// resume goes on where a run ended that had stored the seed, with the device
// that was stored with it. That a device is enabled does not prove that it is
// the seed's: the user may have had it for years.
func (e *enrolling) resume(ctx context.Context, serial string) error {
	if err := e.take(serial); err != nil {
		return err
	}
	enabled, err := e.isEnabled(ctx)
	switch {
	case err != nil, enabled && serial != "":
		return err
	case enabled:
		return fault.New(fault.Failure,
			fmt.Sprintf("the user %q has the device %s, and whether the seed stored for profile %q is its is not known", e.user, e.serial, e.Profile),
			fmt.Sprintf("if it is, add to profile %q: awsmint_mfa_serial = %s; else forget the seed: awsmint mfa remove %s", e.Profile, e.serial, e.Profile))
	}
	switch err = e.enable(ctx, false); {
	case err == nil:
		return nil
	case apiCode(err) == "NoSuchEntity":
		return fault.Wrap(err, fault.Failure,
			fmt.Sprintf("a seed is stored for profile %q, which names no device, and AWS has no device %s", e.Profile, e.serial),
			fmt.Sprintf("name the device that it belongs to: awsmint mfa enroll %s --store --name NAME; or forget the seed: awsmint mfa remove %s", e.Profile, e.Profile))
	}
	return fault.Wrap(err, fault.StatusOf(err), err.Error(), fmt.Sprintf(
		"%s\nan interrupted enrolment has left the device %s and its seed; run the same command again, or begin anew: awsmint mfa remove %s, then %s --replace",
		fault.HintOf(err), e.serial, e.Profile, e.command("--store")))
}

// take goes over to the device that a seed was stored with, unless another one
// was named, or the key is another account's now. Older seeds have none.
func (e *enrolling) take(serial string) error {
	name, ours := strings.CutPrefix(serial, e.devices)
	switch {
	case serial == "", serial == e.serial:
		return nil
	case ours && !e.named && e.Session.Serial == "":
		e.Name, e.serial = name, serial
		return nil
	}
	return e.otherSeed(serial)
}

// otherSeed refuses to lose the seed of another device, which an interrupted
// enrolment may have left.
func (e *enrolling) otherSeed(serial string) error {
	return fault.New(fault.Failure,
		fmt.Sprintf("the seed stored for profile %q is that of the device %s, and not of %s", e.Profile, serial, e.serial), e.howToFinish(serial))
}

// howToFinish is what to do about a stored seed, of the device with this serial
// number; empty: that is not known.
func (e *enrolling) howToFinish(serial string) string {
	forget := "forget the seed, if nobody needs it: awsmint mfa remove " + e.Profile
	name, ours := strings.CutPrefix(serial, e.devices)
	switch {
	case serial == "":
		return fmt.Sprintf("finish that: awsmint mfa enroll %s --store; or %s", e.Profile, forget)
	case ours:
		return fmt.Sprintf("finish that one's enrolment: awsmint mfa enroll %s --store --name %s; or %s", e.Profile, name, forget)
	}
	return forget
}

// command is how to enrol this very device, for hints: without its name another
// one would be meant.
func (e *enrolling) command(option string) string {
	command := fmt.Sprintf("awsmint mfa enroll %s %s", e.Profile, option)
	if e.Name != e.user {
		command += " --name " + e.Name
	}
	return command
}
