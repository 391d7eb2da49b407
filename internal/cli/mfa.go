package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/provider"
)

// MFA is the commands about MFA devices and their seeds.
type MFA struct {
	Add    MFAAdd    `cmd:"" help:"Store the seed of a device that you have, so that no code is asked for."`
	Enroll MFAEnroll `cmd:"" help:"Make a new virtual device for the profile's user."`
	Code   MFACode   `cmd:"" help:"Print the present code."`
	Remove MFARemove `cmd:"" help:"Forget the stored seed. The device stays at AWS."`
}

// seedCost is said wherever a seed is stored.
func seedCost(profile string) string {
	return `The seed makes the codes. Whoever can open your keychain now has both factors,
the key and the codes: MFA protects from a key that leaks without the seed, and
from nothing else. To undo it: awsmint mfa remove ` + profile + "\n"
}

// device is the MFA device of a profile, and the run that it is looked at in.
func (a *App) device(profile string) (*provider.MFADevice, *run, error) {
	config, err := awsconfig.Load(a.Paths)
	if err != nil {
		return nil, nil, err
	}
	device, err := provider.NewMFADevice(config, a.Getenv, profile, provider.Options{})
	if err != nil {
		return nil, nil, err
	}
	run, err := a.beginWith(config, provider.Request{Profile: profile}, device.Session, ask{noInput: a.noInput(false), asked: true})
	if err != nil {
		return nil, nil, err
	}
	device.Options = run.options
	return device, run, nil
}

// storedSeed is the seed of a profile; zero where there is none.
func storedSeed(ctx context.Context, k keychain.Keychain, profile string) (keychain.Seed, error) {
	value, err := k.Get(ctx, keychain.SeedAccount(profile))
	if isNotFound(err) {
		return keychain.Seed{}, nil
	}
	if err != nil {
		return keychain.Seed{}, err
	}
	return keychain.DecodeSeed(value)
}

// saveSerial writes the device into the profile.
func (a *App) saveSerial(ctx context.Context, profile, serial string) error {
	return awsconfig.Update(ctx, a.Paths.Config, func(d *awsconfig.Document) error {
		return d.Set(awsconfig.ConfigProfile(profile), "awsmint_mfa_serial", serial)
	})
}

// retiring is how to take a device away from a user at AWS. ARN is the user's;
// it may be empty.
func retiring(arn, serial string) string {
	user := "NAME"
	if i := strings.LastIndexByte(arn, '/'); i >= 0 {
		user = arn[i+1:]
	}
	if serial == "" {
		serial = "ARN"
	}
	return fmt.Sprintf("aws iam deactivate-mfa-device --user-name %s --serial-number %s\n  aws iam delete-virtual-mfa-device --serial-number %s", user, serial, serial)
}
