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
	Profiles   []string `arg:"" name:"profile" help:"The profiles to mint credentials for."`
	Force      bool     `short:"f" help:"Mint anew although the cached credentials are still good; for IAM Identity Center, sign in anew."`
	DeviceCode bool     `help:"Sign in to IAM Identity Center with a code that is typed on any machine, and open no browser here."`
}

// Run mints for one profile after the other and stops at the first failure.
func (l *Login) Run(ctx context.Context, app *App) error {
	for _, profile := range l.Profiles {
		if err := l.one(ctx, app, profile); err != nil {
			return err
		}
	}
	return nil
}

func (l *Login) one(ctx context.Context, app *App, profile string) error {
	noInput := app.noInput(false)
	run, err := app.begin(provider.Request{Profile: profile}, ask{noInput: noInput, asked: true})
	if err != nil {
		return err
	}
	if !noInput {
		run.options.SignIn = l.signIn(app)
	}
	// Signing in takes a person longer than a code, and has its own limit.
	if _, err := provider.SignInTo(ctx, run.link, run.options, l.Force); err != nil {
		return err
	}
	run.options.SignIn = nil
	ctx, cancel := run.bounded(ctx)
	defer cancel()
	run.options.Force = l.Force
	p := provider.New(run.link, run.options)
	p.Strict = true
	credentials, err := p.Retrieve(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(app.Stdout, "%s: %s\n", profile, lasting(credentials, app.Now()))
	return err
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

// clock is a point in time as a person reads it, with the day where it is
// another one.
func clock(at, now time.Time) string {
	at, now = at.Local(), now.Local()
	if at.YearDay() == now.YearDay() && at.Year() == now.Year() {
		return at.Format("15:04")
	}
	return at.Format("Mon 15:04")
}

// left is the time until at in whole minutes, rounded down: "11h59m".
func left(at, now time.Time) string {
	d := at.Sub(now)
	if d >= time.Minute {
		d = d.Truncate(time.Minute)
	}
	return provider.Span(d) + " left"
}
