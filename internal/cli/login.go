package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/browser"
	"github.com/awsmint/awsmint/provider"
)

// Login mints credentials now, so that programs which can't wait for an MFA
// code, or for a sign-in to IAM Identity Center, find them in the cache.
type Login struct {
	Profiles []string `arg:"" name:"profile" help:"The profiles to get credentials for."`
	Wish
	Narrowing
	Force      bool `short:"f" help:"Get new ones although those in the cache are still good; for IAM Identity Center, sign in anew."`
	DeviceCode bool `help:"Sign in to IAM Identity Center on any device, with a code, and open no browser here."`
}

// Run takes one profile after the other.
func (l *Login) Run(ctx context.Context, app *App) error {
	return app.each(ctx, l.Profiles, func(profile string) error { return l.one(ctx, app, profile) })
}

func (l *Login) one(ctx context.Context, app *App, profile string) error {
	request, err := l.request(profile)
	if err != nil {
		return err
	}
	l.apply(&request)
	noInput := app.noInput(false)
	run, err := app.begin(request, ask{noInput: noInput, asked: true})
	if err != nil {
		return err
	}
	run.options.Force = l.Force
	p := provider.New(run.link, run.options)
	p.Strict = true
	if err := p.CheckRoom(ctx); err != nil {
		return err
	}
	if !noInput {
		run.options.SignIn = l.signIn(app)
	}
	// Signing in takes a person longer than a code, and has its own limit.
	if _, err := provider.SignInTo(ctx, run.link, run.options, l.Force); err != nil {
		return err
	}
	ctx, cancel := run.bounded(ctx)
	defer cancel()
	credentials, err := p.Retrieve(ctx)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(app.report(), "%s: %s\n", profile, lasting(credentials, app.Now())); err != nil {
		return err
	}
	return l.noteBypass(app, profile)
}

// noteBypass says so where SDKs do not come to awsmint for the profile: what
// was got is then for awsmint's own commands alone.
func (l *Login) noteBypass(app *App, profile string) error {
	_, section, err := app.section(profile)
	if err != nil || l.RoleARN != "" || l.narrows() || isReachable(section) {
		return err
	}
	app.Note(fmt.Sprintf("SDKs do not ask awsmint for profile %q, which has no credential_process line for it; see \"Profiles that you have already\" in README.md", profile))
	return nil
}

// signIn is how a person signs in: with the browser where one can be opened.
func (l *Login) signIn(app *App) *provider.SignIn {
	s := &provider.SignIn{Tell: func(text string) error {
		_, err := fmt.Fprintln(app.Stderr, text)
		return err
	}}
	b := &browser.Browser{Getenv: app.Getenv, Environ: app.Environ}
	if !l.DeviceCode && b.Ready() == nil {
		s.Browser = b.Open
	}
	return s
}

// lasting says how long credentials last. Those that a config file or another
// program gives without an end have none that is known.
func lasting(c aws.Credentials, now time.Time) string {
	if !c.CanExpire {
		return "credentials without a known end"
	}
	return fmt.Sprintf("credentials until %s (%s)", clock(c.Expires, now), left(c.Expires, now))
}

// clock is a point in time as a person reads it: with the day of the week where
// it is not today, and with the date where that day could be another week's.
func clock(at, now time.Time) string {
	at, now = at.Local(), now.Local()
	switch {
	case at.YearDay() == now.YearDay() && at.Year() == now.Year():
		return at.Format("15:04")
	case at.After(now) && at.Before(now.AddDate(0, 0, 6)):
		return at.Format("Mon 15:04")
	}
	return at.Format("2006-01-02 15:04")
}

// left is remaining, as it stands in a sentence.
func left(at, now time.Time) string { return remaining(at, now) + " left" }

// remaining is the time until at in whole minutes, rounded down: "11h59m". The
// last minute's seconds are rounded up: what lives has not "0s".
func remaining(at, now time.Time) string {
	d := at.Sub(now)
	if d >= time.Minute {
		d = d.Truncate(time.Minute)
	} else if part := d % time.Second; part > 0 {
		d += time.Second - part
	}
	return provider.Span(d)
}
