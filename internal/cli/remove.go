package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/provider"
)

// Remove undoes add: key, seed, cached credentials, and the lines in the
// config file.
type Remove struct {
	Profile string `arg:"" help:"The profile to remove."`
	Yes     bool   `short:"y" help:"Do not ask first."`
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
		return fault.New(fault.Missing, fmt.Sprintf("nothing is stored for profile %q", r.Profile), "to see the profiles there are, run: awsmint list")
	}
	users := app.profiles(config, func(name string, link provider.Link) bool {
		return name != r.Profile && provider.DependsOn(link, r.Profile)
	})
	if err := r.confirm(ctx, app, key, users); err != nil {
		return err
	}
	if err := unchanged(ctx, k, r.Profile, key); err != nil {
		return err
	}

	if _, err := app.forget(config, r.Profile); err != nil {
		return err
	}
	err = awsconfig.Update(ctx, app.Paths.Config, func(d *awsconfig.Document) error {
		erase(d, section, regionWritten(config, section, key), key.AccessKeyID == "")
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
	if _, err := fmt.Fprintf(app.report(), "%s: %s\n", r.Profile, what); err != nil {
		return err
	}
	if stands := provider.Unfinished(key); stands != "" {
		app.Warn("the rotation of the key was not finished, and stood so: " + stands + "; look at the user's keys in the IAM console")
	}
	return r.nameOrphans(app, users)
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

// nameOrphans names the profiles that had their credentials from the one that
// is gone, and have none now.
func (r *Remove) nameOrphans(app *App, users []string) error {
	config, err := awsconfig.Load(app.Paths)
	if err != nil {
		return err
	}
	var orphans []string
	for _, name := range users {
		link, err := provider.Resolve(config, app.Getenv, provider.Request{Profile: name})
		if err == nil {
			key, fromKey := provider.Root(link).(*provider.Key)
			if !fromKey || key.Profile() != r.Profile {
				continue
			}
		}
		orphans = append(orphans, name)
	}
	if len(orphans) > 0 {
		app.Warn(fmt.Sprintf("without %q these profiles have no credentials: %s", r.Profile, strings.Join(orphans, ", ")))
	}
	return nil
}

func (r *Remove) confirm(ctx context.Context, app *App, key keychain.Key, users []string) error {
	if r.Yes {
		return nil
	}
	const instead = "run it again with --yes"
	if app.noInput(false) {
		return fault.New(fault.Person, "AWSMINT_NO_INPUT forbids asking whether to remove the profile", instead)
	}
	t, err := openTerminal("to ask whether to remove the profile", instead)
	if err != nil {
		return err
	}
	defer t.Close()
	what := "the settings"
	if key.AccessKeyID != "" {
		what = "the key " + provider.LastFour(key.AccessKeyID)
	}
	question := fmt.Sprintf("Remove %s of profile %q?", what, r.Profile)
	if stands := provider.Unfinished(key); stands != "" {
		question = "Its rotation is not finished: " + stands + ".\n" + question
	}
	if len(users) > 0 {
		question = fmt.Sprintf("Credentials of %s come from profile %q.\n", strings.Join(users, ", "), r.Profile) + question
	}
	yes, err := t.Confirm(ctx, question)
	if err == nil && !yes {
		err = fault.New(fault.Person, "cancelled: nothing was removed", "")
	}
	return cancelled(err)
}
