package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/mfa"
	"github.com/awsmint/awsmint/internal/qrcode"
	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/provider"
)

// MFAAdd stores the seed of a device that the user has already.
type MFAAdd struct {
	Profile   string `arg:"" help:"The profile with the user's key."`
	Stdin     bool   `xor:"source" help:"Read the seed, or its otpauth:// URL, from standard input."`
	QR        string `name:"qr" xor:"source" placeholder:"FILE" help:"Read it out of a QR code: a PNG or JPEG, such as a screenshot."`
	MfaSerial string `name:"mfa-serial" placeholder:"ARN" help:"The device that the seed belongs to. Without it: the profile's, else AWS is asked, then you."`
	NoVerify  bool   `help:"Store the seed without trying a code of it at AWS."`
	Force     bool   `short:"f" help:"Replace the seed that is stored."`
}

// Run tries the seed before it stores it, and stores it before it writes the
// profile: interrupted between these, the next run says what is left to do.
func (m *MFAAdd) Run(ctx context.Context, app *App) error {
	device, run, err := app.device(m.Profile)
	if err != nil {
		return err
	}
	k := run.options.Keychain
	key, err := storedKey(ctx, k, m.Profile)
	if err == nil && key.AccessKeyID == "" {
		err = fault.New(fault.Missing, fmt.Sprintf("no access key is stored for profile %q", m.Profile), "run: awsmint add "+m.Profile)
	}
	if err != nil {
		return err
	}
	stored, err := storedSeed(ctx, k, m.Profile)
	if err != nil && !m.Force {
		return err
	}
	if !stored.Secret.IsZero() && !m.Force {
		return m.alreadyStored(stored, device.Session.Serial)
	}
	seed, err := m.read(ctx, app)
	if err != nil {
		return err
	}
	known := device.Session.Serial
	if device.Session.Serial, err = m.serial(ctx, app, device, key); err != nil {
		return err
	}
	minted, err := m.try(ctx, run, device, seed)
	if err != nil {
		return fault.Also(err, "nothing was stored")
	}
	if err := k.Set(ctx, keychain.SeedAccount(m.Profile), keychain.EncodeSeed(keychain.Seed{Secret: seed, Serial: device.Session.Serial})); err != nil {
		return err
	}
	if device.Session.Serial != known {
		if err := app.saveSerial(ctx, m.Profile, device.Session.Serial); err != nil {
			return fault.Also(err, fmt.Sprintf("the seed is stored; add to profile %q: awsmint_mfa_serial = %s", m.Profile, device.Session.Serial))
		}
	}
	return m.report(app, device, minted)
}

// alreadyStored also helps on where a run was killed before it wrote the
// profile.
func (m *MFAAdd) alreadyStored(stored keychain.Seed, serial string) error {
	fact, hint := fmt.Sprintf("a seed is stored for profile %q already", m.Profile), "replace it with --force"
	if !stored.MayBeOf(serial) {
		fact += fmt.Sprintf(", that of the device %s, which the profile does not name", stored.Serial)
		hint = fmt.Sprintf("to use that device, add to profile %q: awsmint_mfa_serial = %s; else replace it with --force", m.Profile, stored.Serial)
	}
	return fault.New(fault.Failure, fact, hint)
}

// read gets the seed from where the flags say.
func (m *MFAAdd) read(ctx context.Context, app *App) (secret.String, error) {
	switch {
	case m.QR != "":
		return seedFromPicture(m.QR)
	case m.Stdin:
		data, err := io.ReadAll(io.LimitReader(app.Stdin, maxStdin))
		if err != nil {
			return secret.String{}, fault.Wrap(err, fault.Failure, fmt.Sprintf("standard input can't be read: %v", err), "")
		}
		return mfa.ParseSeed(secret.New(string(data)))
	case app.noInput(false):
		return secret.String{}, fault.New(fault.Person, "no seed was given, and AWSMINT_NO_INPUT forbids asking", "pipe it: awsmint mfa add "+m.Profile+" --stdin")
	}
	t, err := openTerminal("to ask for the seed", "pipe it: awsmint mfa add "+m.Profile+" --stdin")
	if err != nil {
		return secret.String{}, err
	}
	defer t.Close()
	text, err := t.ReadSecret(ctx, "Seed of the device, or its otpauth:// URL (hidden): ")
	if err != nil {
		return secret.String{}, cancelled(err)
	}
	return mfa.ParseSeed(text)
}

// maxPicture bounds what is read of a picture, in bytes.
const maxPicture = 32 << 20

func seedFromPicture(path string) (secret.String, error) {
	file, err := os.Open(path)
	if err != nil {
		return secret.String{}, fault.Wrap(err, fault.Failure, fmt.Sprintf("the picture can't be read: %v", err), "")
	}
	defer file.Close()
	text, err := qrcode.Read(io.NewSectionReader(file, 0, maxPicture))
	if err != nil {
		return secret.String{}, fault.Wrap(err, fault.Usage, fmt.Sprintf("no seed can be read from %q: %v", path, err),
			`take a screenshot of the QR code alone, sharp and not at an angle; or give the "secret key" that stands beside it: awsmint mfa add PROFILE`)
	}
	return mfa.ParseSeed(text)
}

// serial is the device that the seed belongs to.
func (m *MFAAdd) serial(ctx context.Context, app *App, device *provider.MFADevice, key keychain.Key) (serial string, err error) {
	switch {
	case m.MfaSerial != "":
		serial = clean(m.MfaSerial)
		return serial, provider.CheckSerial(serial)
	case device.Session.Serial != "":
		return device.Session.Serial, nil
	}
	var known []string
	if !m.NoVerify {
		v := provider.Verifier{Profile: m.Profile, Key: key, Client: device.Client, Timeout: device.Options.Timeout, Now: app.Now}
		// Not being allowed to list devices is common, and no failure.
		known, err = v.MFADevices(ctx)
		app.Log.Debug("listed MFA devices", "found", len(known), "error", err)
	}
	if len(known) == 1 {
		return known[0], nil
	}
	unnamed := fault.New(fault.Usage, fmt.Sprintf("which device the seed belongs to is not known: profile %q names none", m.Profile), "name it with --mfa-serial ARN")
	if len(known) > 1 {
		unnamed.Fact += ", and the user has " + strings.Join(known, ", ")
	}
	if m.Stdin || m.QR != "" || app.noInput(false) {
		return "", unnamed
	}
	if serial, err = serialFromTerminal(ctx, known); err != nil {
		return "", err
	}
	if serial == "" {
		return "", unnamed
	}
	return serial, provider.CheckSerial(serial)
}

func (m *MFAAdd) try(ctx context.Context, run *run, device *provider.MFADevice, seed secret.String) (aws.Credentials, error) {
	if m.NoVerify {
		return aws.Credentials{}, nil
	}
	ctx, cancel := run.bounded(ctx)
	defer cancel()
	return device.Try(ctx, seed)
}

func (m *MFAAdd) report(app *App, device *provider.MFADevice, minted aws.Credentials) error {
	if !device.UsesSeed() {
		app.Note(fmt.Sprintf("the seed is not used yet: awsmint_mfa in profile %q does not name totp", m.Profile))
	}
	tried := "not tried at AWS"
	if minted.HasKeys() {
		tried = lasting(minted, app.Now())
	}
	_, err := fmt.Fprintf(app.report(), "MFA:     %s\nseed:    stored for profile %s\nsession: %s\n%s", device.Session.Serial, m.Profile, tried, seedCost(m.Profile))
	return err
}
