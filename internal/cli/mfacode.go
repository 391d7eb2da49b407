package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/mfa"
	"github.com/awsmint/awsmint/provider"
)

// MFACode prints a code for programs and pages that awsmint does not serve.
type MFACode struct {
	Profile string `arg:"" help:"The profile with the user's key."`
	Fresh   bool   `help:"Print a code that was not used yet, waiting for one if need be, and leave it to you: awsmint will not send it."`
}

// Run prints the code, and on stderr how long it is good for.
func (m *MFACode) Run(ctx context.Context, app *App) error {
	device, run, err := app.device(m.Profile)
	if err != nil {
		return err
	}
	codes := device.Codes()
	if codes == nil {
		return fault.New(fault.Missing, fmt.Sprintf("profile %q names no MFA device", m.Profile),
			fmt.Sprintf("store the seed of one: awsmint mfa add %s; or make one: awsmint mfa enroll %s", m.Profile, m.Profile))
	}
	ctx, cancel := run.bounded(ctx)
	defer cancel()
	get := codes.Present
	if m.Fresh {
		get = codes.Fresh
	}
	shown, err := get(ctx, device.Request())
	switch {
	case errors.Is(err, mfa.ErrUnavailable):
		return m.noCode(ctx, device, err)
	case err != nil:
		return err
	}
	if _, err := fmt.Fprintln(app.Stdout, shown.Digits.Reveal()); err != nil {
		return err
	}
	used := ""
	if shown.Used {
		used = ", but used already: AWS takes no code twice"
	}
	_, err = fmt.Fprintf(app.Stderr, "%d s left%s\n", (shown.Left+time.Second-1)/time.Second, used)
	return err
}

// noCode says which seed is wanted, and whose is stored.
func (m *MFACode) noCode(ctx context.Context, device *provider.MFADevice, unavailable error) error {
	stored, err := storedSeed(ctx, device.Options.Keychain, m.Profile)
	if err != nil {
		return err
	}
	serial := device.Session.Serial
	if stored.MayBeOf(serial) {
		return fault.Wrap(unavailable, fault.Missing, fmt.Sprintf("no seed is stored for profile %q, and it has no awsmint_mfa_process", m.Profile),
			"store the device's seed: awsmint mfa add "+m.Profile)
	}
	return fault.Wrap(unavailable, fault.Missing,
		fmt.Sprintf("the seed stored for profile %q is that of another device, %s, and the profile has no awsmint_mfa_process", m.Profile, stored.Serial),
		fmt.Sprintf("store the seed of %s: awsmint mfa add %s --force\nor name the other device in profile %q: awsmint_mfa_serial = %s", serial, m.Profile, m.Profile, stored.Serial))
}
