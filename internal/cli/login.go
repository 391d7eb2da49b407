package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/awsmint/awsmint/provider"
)

// Login mints sessions now, so that programs which can't wait for an MFA code
// find them in the cache.
type Login struct {
	Profiles []string `arg:"" name:"profile" help:"The profiles to mint credentials for."`
	Force    bool     `short:"f" help:"Mint anew although the cached credentials are still good."`
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
	ctx, cancel, p, err := app.provider(ctx, profile, ask{noInput: app.noInput(false), asked: true})
	if err != nil {
		return err
	}
	defer cancel()
	p.Force, p.Strict = l.Force, true
	credentials, err := p.Retrieve(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(app.Stdout, "%s: credentials until %s (%s)\n",
		profile, clock(credentials.Expires, app.Now()), left(credentials.Expires, app.Now()))
	return err
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
