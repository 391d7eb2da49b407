package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/provider"
)

// Logout forgets cached credentials. The keys stay.
type Logout struct {
	Profiles []string `arg:"" optional:"" name:"profile" help:"The profiles whose credentials to forget."`
	All      bool     `help:"Forget all cached credentials, the key that sealed them, and what the kernel keyring holds."`
}

// Run removes the credentials of the profiles, or all.
func (l *Logout) Run(ctx context.Context, app *App) error {
	switch {
	case l.All && len(l.Profiles) > 0:
		return fault.New(fault.Usage, "--all takes no profiles", "run: awsmint logout --all")
	case l.All:
		return l.all(ctx, app)
	case len(l.Profiles) == 0:
		return fault.New(fault.Usage, "no profile given", "run: awsmint logout PROFILE, or awsmint logout --all")
	}
	config, err := awsconfig.Load(app.Paths)
	if err != nil {
		return err
	}
	return app.each(ctx, l.Profiles, func(profile string) error { return l.one(ctx, app, config, profile) })
}

func (l *Logout) one(ctx context.Context, app *App, config *awsconfig.Config, profile string) error {
	all, err := app.forget(config, profile)
	if err != nil {
		return err
	}
	// A misspelt name has no sessions either, which is not to be taken for
	// having logged out.
	if _, err := config.Profile(profile); all[0].removed == 0 && errors.Is(err, awsconfig.ErrNoProfile) {
		return fault.Wrap(err, fault.Missing, err.Error(), listInstead(err))
	}
	out, err := app.signOut(ctx, config, profile)
	if err != nil {
		return err
	}
	all[0].removed += out.removed
	for i, f := range all {
		if i > 0 && f.removed == 0 {
			continue
		}
		if err := say(app, f.profile, f.removed); err != nil {
			return err
		}
	}
	return out.say(app, profile)
}

// listInstead is the hint for a profile that is not there, where none is to be
// added.
func listInstead(err error) string {
	const list = "to see the profiles there are, run: awsmint list"
	if hint := fault.HintOf(err); !strings.HasPrefix(hint, "run: awsmint add") {
		return hint
	}
	return list
}

// say tells what the sign-out ended, and what it did not.
func (out signedOut) say(app *App, profile string) error {
	if !out.cliUntil.IsZero() {
		app.Note(fmt.Sprintf("the sign-in of \"aws sso login\" to %s still stands, until %s; it ends with: aws sso logout",
			out.url, clock(out.cliUntil, app.Now())))
	}
	if out.removed == 0 {
		return nil
	}
	_, err := fmt.Fprintf(app.report(), "%s: signed out of %s\n", profile, out.url)
	return err
}

// all drops the sealing key too, so that copies of the entries open no more.
// The next mint makes a new one.
func (l *Logout) all(ctx context.Context, app *App) error {
	removed, err := app.cache().RemoveAll()
	if err != nil {
		return leftInCache(app, "", err)
	}
	options := app.keychainOptions(app.noInput(false), app.Environ)
	k, err := keychain.Open(options)
	if err != nil {
		return err
	}
	// The kernel's copy goes first: it needs no unlocked keychain.
	if err := keychain.Forget(options); err != nil {
		return err
	}
	if err := provider.ForgetDataKey(ctx, k); err != nil {
		return err
	}
	// Once more, for what was stored meanwhile; and a new generation, by which
	// programs that run on know that the key is another.
	if _, err := app.cache().RemoveAll(); err != nil {
		return leftInCache(app, "", err)
	}
	return say(app, "all profiles", removed)
}

func say(app *App, whose string, removed int) error {
	what := "no cached credentials"
	if removed > 0 {
		what = "cached credentials removed"
	}
	_, err := fmt.Fprintf(app.report(), "%s: %s\n", whose, what)
	return err
}
