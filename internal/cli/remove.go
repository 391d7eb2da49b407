package cli

import (
	"context"
	"fmt"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/provider"
)

// Remove undoes add: key, seed, cached credentials, and the lines in the
// config file.
type Remove struct {
	Profile string `arg:"" help:"The profile whose key to remove."`
	Yes     bool   `short:"y" help:"Do not ask."`
}

// Run removes the key last, so that an interrupted run can be run again. The
// key stays valid at AWS.
func (r *Remove) Run(ctx context.Context, app *App) error {
	config, section, err := app.section(r.Profile)
	if err != nil {
		return err
	}
	k, err := app.openKeychain(app.noInput(false))
	if err != nil {
		return err
	}
	key, err := storedKey(ctx, k, r.Profile)
	if err != nil {
		return err
	}
	if key.AccessKeyID == "" && !isOwn(section) {
		return fault.New(fault.Missing, fmt.Sprintf("nothing is stored for profile %q", r.Profile), "run: awsmint list")
	}
	if err := r.confirm(ctx, app, key); err != nil {
		return err
	}

	if _, err := app.forget(config, r.Profile); err != nil {
		return err
	}
	err = awsconfig.Update(ctx, app.Paths.Config, func(d *awsconfig.Document) error {
		erase(d, section, regionWritten(config, section, key))
		return nil
	})
	if err != nil {
		return err
	}
	for _, account := range []string{keychain.SeedAccount(r.Profile), keychain.KeyAccount(r.Profile)} {
		if err := k.Delete(ctx, account); err != nil && !isNotFound(err) {
			return err
		}
	}
	what := "removed"
	if key.AccessKeyID != "" {
		what += "; at AWS the key is as valid as before"
	}
	_, err = fmt.Fprintf(app.Stdout, "%s: %s\n", r.Profile, what)
	return err
}

// regionWritten is the region that add wrote into a profile: it is kept with a
// key, and a role's profile got that of its source.
func regionWritten(config *awsconfig.Config, section *awsconfig.Section, key keychain.Key) string {
	if key.AccessKeyID != "" || section.Get("awsmint_role_arn") == "" {
		return key.Region
	}
	source, err := config.Profile(section.Get("awsmint_source_profile"))
	if err != nil {
		return ""
	}
	return source.Get("region")
}

func (r *Remove) confirm(ctx context.Context, app *App, key keychain.Key) error {
	if r.Yes {
		return nil
	}
	const instead = "run it again with --yes"
	if app.noInput(false) {
		return fault.New(fault.Person, "AWSMINT_NO_INPUT forbids asking whether to remove the key", instead)
	}
	t, err := openTerminal("to ask whether to remove the key", instead)
	if err != nil {
		return err
	}
	defer t.Close()
	what := "the settings"
	if key.AccessKeyID != "" {
		what = "the key " + provider.LastFour(key.AccessKeyID)
	}
	yes, err := t.Confirm(ctx, fmt.Sprintf("Remove %s of profile %q?", what, r.Profile))
	if err == nil && !yes {
		err = fault.New(fault.Person, "cancelled: nothing was removed", "")
	}
	return cancelled(err)
}
