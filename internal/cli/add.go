package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/mfa"
	"github.com/awsmint/awsmint/provider"
)

// Add stores an access key and writes the profile that uses it.
type Add struct {
	Profile   string `arg:"" help:"The profile to store the key for."`
	FromEnv   bool   `xor:"source" help:"Take the key from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."`
	Stdin     bool   `xor:"source" help:"Read the key as JSON: AccessKeyId, SecretAccessKey, and if you like MfaSerial, TotpSeed, Region."`
	MfaSerial string `name:"mfa-serial" placeholder:"ARN" help:"The user's MFA device. Without it awsmint asks AWS, then you."`
	Region    string `placeholder:"REGION" help:"The profile's region."`
	NoVerify  bool   `help:"Store the key without trying it at AWS."`
	NoConfig  bool   `help:"Print the profile instead of writing it to the config file."`
	Force     bool   `short:"f" help:"Replace the key that is stored for the profile."`
}

// Run stores the key first and writes the config afterwards: whenever it is
// interrupted, the key is not lost and the same command can be run again.
func (a *Add) Run(ctx context.Context, app *App) error {
	program, err := ownPath(os.Args[0])
	if err != nil {
		return err
	}
	line, err := processLine(program, a.Profile)
	if err != nil {
		return err
	}
	config, section, err := app.section(a.Profile)
	if err != nil {
		return err
	}
	if err := checkFree(section); err != nil {
		return err
	}
	k, err := app.openKeychain(app.noInput(false))
	if err != nil {
		return err
	}
	stored, err := storedKey(ctx, k, a.Profile)
	if err != nil {
		return err
	}
	// A key without a profile is what an interrupted add left: it may go on.
	if stored.AccessKeyID != "" && !a.Force && isOwn(section) {
		return alreadyStored(a.Profile, stored)
	}

	n, err := a.read(ctx, app)
	if err != nil {
		return err
	}
	if stored.AccessKeyID != "" && stored.AccessKeyID != n.key.AccessKeyID && !a.Force {
		return alreadyStored(a.Profile, stored)
	}
	identity, err := a.complete(ctx, app, config, section, stored, &n)
	if err != nil {
		return err
	}
	s := settings{profile: a.Profile, process: line, serial: n.serial, region: n.region}
	if !n.regionMeant && section.Get("region") != "" {
		s.region = "" // the environment's fills a gap, and changes nothing
	}
	// What add wrote is what remove will take out again.
	addedRegion := stored.Region
	if section.Get("region") == "" {
		addedRegion = s.region
	}
	if err := a.store(ctx, app, k, stored, n, addedRegion); err != nil {
		return err
	}
	return a.finish(ctx, app, section, s, n, identity)
}

func storedKey(ctx context.Context, k keychain.Keychain, profile string) (keychain.Key, error) {
	value, err := k.Get(ctx, keychain.KeyAccount(profile))
	if errors.Is(err, keychain.ErrNotFound) {
		return keychain.Key{}, nil
	}
	if err != nil {
		return keychain.Key{}, err
	}
	return keychain.DecodeKey(value)
}

func alreadyStored(profile string, key keychain.Key) error {
	return fault.New(fault.Failure, fmt.Sprintf("the key %s is stored for profile %q", provider.LastFour(key.AccessKeyID), profile),
		"replace it with --force, or choose another profile name")
}

// read gets the key from where the flags say and checks its form.
func (a *Add) read(ctx context.Context, app *App) (n newKey, err error) {
	switch {
	case a.FromEnv:
		if n, err = keyFromEnvironment(app.Getenv); err == nil && app.Getenv("AWS_SESSION_TOKEN") != "" {
			err = keychain.CheckAccessKeyID("ASIA")
		}
	case a.Stdin:
		n, err = keyFromJSON(app.Stdin)
	case app.noInput(false):
		err = fault.New(fault.Person, "no key was given, and AWSMINT_NO_INPUT forbids asking", "pipe it as JSON: awsmint add "+a.Profile+" --stdin")
	default:
		n, err = keyFromTerminal(ctx)
	}
	if err != nil {
		return n, err
	}
	if err := n.key.Check(); err != nil {
		return n, err
	}
	if !n.seed.IsZero() {
		if n.seed, err = mfa.CleanSeed(n.seed); err != nil {
			return n, err
		}
	}
	if a.MfaSerial != "" {
		n.serial = clean(a.MfaSerial)
	}
	if a.Region != "" {
		n.region, n.regionMeant = clean(a.Region), true
	}
	if n.serial == "" {
		return n, nil
	}
	return n, provider.CheckSerial(n.serial)
}

// complete tries the key at AWS and finds the MFA device: the one given, else
// the one that the profile has for this key already, else the user's own.
func (a *Add) complete(ctx context.Context, app *App, config *awsconfig.Config, section *awsconfig.Section, stored keychain.Key, n *newKey) (provider.Identity, error) {
	if another := stored.AccessKeyID != "" && stored.AccessKeyID != n.key.AccessKeyID; n.serial == "" && !another {
		n.serial = section.Setting("mfa_serial")
	}
	client, err := provider.ClientFor(config, app.Getenv, a.Profile, n.region)
	if err != nil {
		return provider.Identity{}, err
	}
	timeout, err := app.span("AWSMINT_TIMEOUT", provider.DefaultTimeout)
	if err != nil {
		return provider.Identity{}, err
	}
	verifier := provider.Verifier{Profile: a.Profile, Key: n.key, Client: client, Timeout: timeout, Now: app.Now}
	var identity provider.Identity
	var known []string
	if !a.NoVerify {
		if identity, err = verifier.Identity(ctx); err != nil {
			return identity, err
		}
		if n.serial == "" {
			// Not being allowed to list devices is common, and no failure.
			known, err = verifier.MFADevices(ctx)
			app.Log.Debug("listed MFA devices", "found", len(known), "error", err)
		}
	}
	if n.serial == "" {
		if n.serial, err = a.chooseSerial(ctx, app, known); err != nil {
			return identity, err
		}
	}
	if n.serial == "" && !n.seed.IsZero() {
		return identity, fault.New(fault.Usage, "a TOTP seed was given, and no MFA device that it belongs to", "name the device with --mfa-serial ARN, or MfaSerial in the JSON")
	}
	return identity, nil
}

// chooseSerial takes the only device there is, else asks where that can be
// done. A key that came from a pipe has nobody to ask: then there is none.
func (a *Add) chooseSerial(ctx context.Context, app *App, known []string) (string, error) {
	if len(known) == 1 {
		return known[0], nil
	}
	if a.FromEnv || a.Stdin || app.noInput(false) {
		if len(known) > 1 {
			return "", fault.New(fault.Usage, "the user has several MFA devices: "+strings.Join(known, ", "), "name one with --mfa-serial")
		}
		return "", nil
	}
	serial, err := serialFromTerminal(ctx, known)
	if err != nil || serial == "" {
		return serial, err
	}
	return serial, provider.CheckSerial(serial)
}

// store keeps the key and the seed. What was minted from an earlier key goes
// before the new one comes, so that no interruption leaves both; and a seed
// that came with another key belongs to another device.
func (a *Add) store(ctx context.Context, app *App, k keychain.Keychain, stored keychain.Key, n newKey, addedRegion string) error {
	if _, err := app.cache().RemoveScope(provider.Scope(a.Profile)); err != nil {
		return leftInCache(app, a.Profile, err)
	}
	n.key.CreatedAt, n.key.Region = app.Now(), addedRegion
	if n.seed.IsZero() && stored.AccessKeyID != n.key.AccessKeyID {
		if err := k.Delete(ctx, keychain.SeedAccount(a.Profile)); err != nil && !errors.Is(err, keychain.ErrNotFound) {
			return err
		}
	}
	if err := k.Set(ctx, keychain.KeyAccount(a.Profile), keychain.EncodeKey(n.key)); err != nil {
		return err
	}
	if !n.seed.IsZero() {
		if err := k.Set(ctx, keychain.SeedAccount(a.Profile), keychain.EncodeSeed(keychain.Seed{Secret: n.seed})); err != nil {
			return err
		}
	}
	// Once more, for a mint from the old key that ended meanwhile.
	if _, err := app.cache().RemoveScope(provider.Scope(a.Profile)); err != nil {
		return leftInCache(app, a.Profile, err)
	}
	return nil
}

// leftInCache is the failure to forget what was minted for a profile.
func leftInCache(app *App, profile string, err error) error {
	return fault.Wrap(err, fault.Failure, fmt.Sprintf("cached credentials of profile %q are left: %v", profile, err),
		fmt.Sprintf("make %q writable, or remove it, and run the same command again", app.cacheDir))
}

// finish writes the profile, or prints it, and says what was done.
func (a *Add) finish(ctx context.Context, app *App, section *awsconfig.Section, s settings, n newKey, identity provider.Identity) error {
	if a.NoConfig {
		text, err := s.text()
		if err == nil {
			_, err = fmt.Fprint(app.Stdout, text)
		}
		return err
	}
	if err := app.save(ctx, s); err != nil {
		return fault.Wrap(err, fault.StatusOf(err), "the key is stored, but the profile is not written: "+err.Error(), fault.HintOf(err))
	}
	for _, warning := range warnings(section) {
		app.Warn(warning)
	}
	if old := section.Get("region"); old != "" && s.region != "" && s.region != old {
		app.Warn(fmt.Sprintf("the region of profile %q was %s and is %s now", a.Profile, old, s.region))
	}
	var text strings.Builder
	fmt.Fprintf(&text, "key:     %s\n", keyName(provider.LastFour(n.key.AccessKeyID), identity.ARN))
	if n.serial == "" {
		text.WriteString("MFA:     none; sessions are minted without a code\n")
	} else {
		fmt.Fprintf(&text, "MFA:     %s\n", n.serial)
	}
	fmt.Fprintf(&text, "profile: %s in %s\n", a.Profile, tilde(app.paths.Config))
	if !n.seed.IsZero() {
		text.WriteString("The TOTP seed is stored too: whoever unlocks the keychain has both factors.\n")
	}
	fmt.Fprintf(&text, "Try it: aws sts get-caller-identity --profile %s\n", a.Profile)
	_, err := fmt.Fprint(app.Stdout, text.String())
	return err
}
