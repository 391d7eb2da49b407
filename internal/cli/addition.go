package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/provider"
)

// addition is one run of add on its way: what was found, and what came in.
type addition struct {
	*Add
	app      *App
	config   *awsconfig.Config
	section  *awsconfig.Section // empty where the profile is new
	keychain keychain.Keychain
	stored   keychain.Key // the key that is there already, if any
	line     string       // the credential_process to write
	newKey
	identity provider.Identity // whose the new key is, where AWS was asked
	unasked  bool              // there is nobody to ask for the device
	dropped  string            // a seed that went with the key before, for a person
}

// replaces reports whether a key is there that may not be replaced.
func (s *addition) replaces() bool { return s.stored.AccessKeyID != "" && !s.Force }

// another reports whether the new key is not the one that is there.
func (s *addition) another() bool {
	return s.stored.AccessKeyID != "" && s.stored.AccessKeyID != s.key.AccessKeyID
}

// complete tries the key at AWS and finds the MFA device: the one given, else
// the one that the profile has for this key already, else the user's own.
func (s *addition) complete(ctx context.Context) error {
	if err := s.mayReplace(ctx); err != nil {
		return err
	}
	if s.serial == "" && !s.another() {
		s.serial = s.section.Setting("mfa_serial")
	}
	known, err := s.verify(ctx)
	if err != nil {
		return err
	}
	if s.serial == "" {
		if s.serial, err = s.chooseSerial(ctx, known); err != nil {
			return err
		}
	}
	if s.serial == "" && !s.seed.IsZero() {
		return fault.New(fault.Usage, "a TOTP seed was given without the MFA device that it belongs to", "name the device with --mfa-serial ARN, or MfaSerial in the JSON")
	}
	return nil
}

// verify asks AWS whose the key is and, where it is needed, for the MFA devices.
func (s *addition) verify(ctx context.Context) (devices []string, err error) {
	if s.NoVerify {
		return nil, nil
	}
	client, err := provider.ClientFor(s.config, s.app.Getenv, s.Profile, s.region)
	if err != nil {
		return nil, err
	}
	timeout, err := s.app.span("AWSMINT_TIMEOUT", provider.DefaultTimeout)
	if err != nil {
		return nil, err
	}
	verifier := provider.Verifier{Profile: s.Profile, Key: s.key, Client: client, Timeout: timeout, Now: s.app.Now}
	patience := s.patience()
	err = patience.try(ctx, func() (err error) { s.identity, err = verifier.Identity(ctx); return err })
	if err != nil {
		return nil, err
	}
	s.learnAge(ctx, verifier)
	if s.serial != "" {
		return nil, nil
	}
	// Not being allowed to list devices is common, and no failure.
	err = patience.try(ctx, func() (err error) { devices, err = verifier.MFADevices(ctx); return err })
	s.app.Log.Debug("listed MFA devices", "found", len(devices), "error", err)
	return devices, nil
}

// chooseSerial takes the only device there is, else asks where that can be
// done. A key that came from a pipe has nobody to ask: then there is none.
func (s *addition) chooseSerial(ctx context.Context, known []string) (string, error) {
	if len(known) == 1 {
		return known[0], nil
	}
	if s.unasked {
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

// store keeps the key and the seed, if the item is still as it was found. What
// was minted from an earlier key goes before the new one comes, so that no
// interruption leaves both, and once more afterwards, for a mint that ended
// meanwhile.
func (s *addition) store(ctx context.Context) error {
	stale, err := s.staleSeed(ctx)
	if err != nil {
		return err
	}
	if err := unchanged(ctx, s.keychain, s.Profile, s.stored); err != nil {
		return err
	}
	if err := s.forgetSessions(); err != nil {
		return err
	}
	// What add wrote is what remove will take out again.
	s.key.Region = s.stored.Region
	if there := s.section.Get("region"); there == "" || there == s.stored.Region {
		s.key.Region = cmp.Or(s.settings().region, there)
	}
	s.key.CreatedAt = s.app.Now()
	if !s.another() {
		s.key.Rotation = s.stored.Rotation
		s.keepAge()
	}
	s.key.ARN = s.identity.ARN
	if err := s.keychain.Set(ctx, keychain.KeyAccount(s.Profile), keychain.EncodeKey(s.key)); err != nil {
		return err
	}
	if !s.seed.IsZero() {
		if err := s.keychain.Set(ctx, keychain.SeedAccount(s.Profile), keychain.EncodeSeed(keychain.Seed{Secret: s.seed, Serial: s.serial})); err != nil {
			return err
		}
	}
	if err := s.drop(ctx, stale); err != nil {
		return err
	}
	return s.forgetSessions()
}

func (s *addition) forgetSessions() error {
	_, err := s.app.forget(s.config, s.Profile)
	return err
}

// settings is what is to be written. The environment's region fills a gap, and
// changes nothing.
func (s *addition) settings() settings {
	wanted := settings{profile: s.Profile, process: s.line, serial: s.serial, region: s.region}
	if !s.regionMeant && s.section.Get("region") != "" {
		wanted.region = ""
	}
	return wanted
}

// write writes the profile, or prints it.
func (s *addition) write(ctx context.Context) error {
	if s.NoConfig {
		text, err := s.settings().text()
		if err == nil {
			_, err = fmt.Fprint(s.app.report(), text)
		}
		return err
	}
	if err := s.app.save(ctx, s.settings()); err != nil {
		return fault.Wrap(err, fault.StatusOf(err), "the key is stored, but the profile is not written: "+err.Error(), fault.HintOf(err))
	}
	return nil
}

// report says what was done. With --no-config stdout holds the profile alone.
func (s *addition) report() error {
	if s.NoConfig {
		return nil
	}
	for _, warning := range warnings(s.section) {
		s.app.Warn(warning)
	}
	s.warnOfChanges()
	_, err := fmt.Fprint(s.app.report(), s.summary()+"Try it: aws sts get-caller-identity --profile "+s.Profile+"\n")
	return err
}

// warnOfChanges says what was there before and is not any more.
func (s *addition) warnOfChanges() {
	if s.dropped != "" {
		s.app.Warn(s.dropped + " is deleted too")
	}
	if stands := provider.Unfinished(s.stored); stands != "" && s.another() {
		s.app.Warn("the rotation of the key that was replaced is given up, which stood so: " + stands + "; look at the user's keys in the IAM console")
	}
	if old, now := s.section.Get("region"), s.settings().region; old != "" && now != "" && now != old {
		s.app.Warn(fmt.Sprintf("the region of profile %q was %s and is %s now", s.Profile, old, now))
	}
}

// summary is what is stored now, and where.
func (s *addition) summary() string {
	var text strings.Builder
	fmt.Fprintf(&text, "key:     %s\n", keyName(provider.LastFour(s.key.AccessKeyID), s.identity.ARN))
	if s.serial == "" {
		text.WriteString("MFA:     none; sessions are minted without a code\n")
	} else {
		fmt.Fprintf(&text, "MFA:     %s\n", s.serial)
	}
	fmt.Fprintf(&text, "profile: %s in %s\n", s.Profile, tilde(s.app.Paths.Config))
	if !s.seed.IsZero() {
		text.WriteString("The TOTP seed is stored too: whoever unlocks the keychain has both factors.\n")
	}
	return text.String()
}

func isNotFound(err error) bool { return errors.Is(err, keychain.ErrNotFound) }
