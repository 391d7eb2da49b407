package cli

import (
	"cmp"
	"context"
	"fmt"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
)

// MFARemove forgets a stored seed.
type MFARemove struct {
	Profile string `arg:"" help:"The profile whose seed to forget."`
	Yes     bool   `short:"y" help:"Do not ask first."`
}

// Run deletes the seed. A seed that can't be read can be deleted too.
func (m *MFARemove) Run(ctx context.Context, app *App) error {
	_, section, err := app.section(m.Profile)
	if err != nil {
		return err
	}
	k, err := app.openKeychain(app.noInput(false))
	if err != nil {
		return err
	}
	value, err := k.Get(ctx, keychain.SeedAccount(m.Profile))
	if err != nil {
		if isNotFound(err) {
			return fault.New(fault.Missing, fmt.Sprintf("no seed is stored for profile %q", m.Profile), "")
		}
		return err
	}
	key, err := storedKey(ctx, k, m.Profile)
	if err != nil {
		return err
	}
	seed, _ := keychain.DecodeSeed(value)
	serial := cmp.Or(seed.Serial, section.Setting("mfa_serial"))
	if err := m.confirm(ctx, app, serial); err != nil {
		return err
	}
	if err := k.Delete(ctx, keychain.SeedAccount(m.Profile)); err != nil && !isNotFound(err) {
		return err
	}
	_, err = fmt.Fprintf(app.report(), "%s: the seed is forgotten; codes come from elsewhere now\nThe device stays at AWS. To take it away from the user there:\n  %s\n",
		m.Profile, retiring(key.ARN, serial))
	return err
}

func (m *MFARemove) confirm(ctx context.Context, app *App, serial string) error {
	if m.Yes {
		return nil
	}
	const instead = "run it again with --yes"
	if app.noInput(false) {
		return fault.New(fault.Person, "AWSMINT_NO_INPUT forbids asking whether to forget the seed", instead)
	}
	t, err := openTerminal("to ask whether to forget the seed", instead)
	if err != nil {
		return err
	}
	defer t.Close()
	if serial == "" {
		serial = "its device"
	}
	yes, err := t.Confirm(ctx, fmt.Sprintf("If no phone has the seed too, nobody will be able to make codes of %s again.\nForget the seed of profile %q?", serial, m.Profile))
	if err == nil && !yes {
		err = fault.New(fault.Person, "cancelled: nothing was removed", "")
	}
	return cancelled(err)
}
