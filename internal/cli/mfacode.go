package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/mfa"
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
		return fault.Wrap(err, fault.Missing, fmt.Sprintf("no seed is stored for profile %q, and it has no awsmint_mfa_process", m.Profile),
			"store the device's seed: awsmint mfa add "+m.Profile)
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
