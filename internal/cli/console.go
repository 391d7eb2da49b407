package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/awsmint/awsmint/internal/browser"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/provider"
)

// browserTime is how long a browser has to open a page: a cold start on a slow
// disk, and no more.
const browserTime = 30 * time.Second

// Console signs a browser in to the AWS console with a profile's credentials.
type Console struct {
	Profile string `arg:"" help:"The profile to sign in with."`
	Wish
	Narrowing
	Service string `placeholder:"NAME" help:"The service to begin with, as in the console's addresses: s3, ec2."`
	Path    string `placeholder:"PATH" help:"The page to begin with: what follows the host in the console's address."`
	Region  string `placeholder:"REGION" help:"The region to begin in; the profile's otherwise."`
	Print   bool   `help:"Print the sign-in URL and open nothing. It works for 15 minutes, for whoever has it."`
	NoInput bool   `help:"Never ask for anything, fail instead; so does AWSMINT_NO_INPUT=1."`
}

// Run opens the page, or prints its address.
func (c *Console) Run(ctx context.Context, app *App) error {
	request, err := c.request(c.Profile)
	if err != nil {
		return err
	}
	c.apply(&request)
	request.Console = true
	run, err := app.begin(request, ask{noInput: app.noInput(c.NoInput), asked: true})
	if err != nil {
		return err
	}
	page := provider.ConsolePage{Service: c.Service, Path: c.Path, Region: c.Region}
	console, err := provider.NewConsole(run.config, app.Getenv, run.link, page)
	if err != nil {
		return err
	}
	console.Timeout, console.Now = run.options.Timeout, app.Now
	b := &browser.Browser{Getenv: app.Getenv, Environ: app.Environ}
	if !c.Print {
		// Before anybody types a code for nothing.
		if err := b.Ready(); err != nil {
			return orPrint(err)
		}
	}
	bounded, cancel := run.bounded(ctx)
	defer cancel()
	credentials, err := provider.New(run.link, run.options).Retrieve(bounded)
	if err != nil {
		return hinted(err, c.Profile, c.Wish.words()+c.Narrowing.words())
	}
	url, err := console.SignInURL(bounded, credentials)
	if err != nil {
		return err
	}
	if c.Print {
		_, err := fmt.Fprintln(app.Stdout, url.Reveal())
		return err
	}
	opening, cancel := context.WithTimeout(ctx, browserTime)
	defer cancel()
	if err := b.OpenPrivate(opening, url); err != nil {
		return orPrint(err)
	}
	app.Note(fmt.Sprintf("the browser is on its way to the console: %s, %s", provider.Describe(run.link), lasting(credentials, app.Now())))
	return nil
}

// orPrint is for a browser that can't be opened.
func orPrint(err error) error {
	return fault.Wrap(err, fault.StatusOf(err), err.Error(), "print the address and open it by hand: run the same command with --print")
}
