package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/format"
)

// Export prints credentials for shells and programs, or writes them into a
// .env file.
type Export struct {
	Source
	Format     string `placeholder:"FORMAT" help:"env, env-no-export, fish, powershell, windows-cmd, process, dotenv, json, or github-actions, which appends to $GITHUB_ENV. Your shell's otherwise."`
	WithRegion bool   `help:"Export AWS_REGION and AWS_DEFAULT_REGION too."`
	Show       bool   `help:"Print the secrets although stdout is a terminal."`
	RawKey     bool   `help:"Export the profile's permanent key itself, without a session."`
	File       string `placeholder:"FILE" help:"Write them into this .env file, whose other lines stay as they are."`
	Watch      bool   `help:"With --file: keep running and renew them in time."`
	Clear      bool   `help:"With --file: empty the values; with --watch too, when it ends."`
	Strict     bool   `help:"With --file: refuse a file that git would take into a repository."`
}

// Run prints, writes, or watches.
func (e *Export) Run(ctx context.Context, app *App) error {
	if err := e.check(); err != nil {
		return err
	}
	file := &envFile{path: e.File, app: app}
	if e.Clear && !e.Watch {
		return e.clear(ctx, app, file)
	}
	supply, err := e.open(app, e.RawKey)
	if err != nil {
		return err
	}
	if e.File != "" {
		return e.toFile(ctx, app, supply, file)
	}
	f, err := e.format(app)
	if err != nil {
		return err
	}
	// A stand-in for AWS is of no use to an SDK that has no region.
	if !e.WithRegion && e.Region == "" && e.Local == "" {
		supply.region = ""
	}
	if f == format.GitHubActions {
		return e.toGitHub(ctx, app, supply)
	}
	values, err := supply.retrieve(ctx)
	if err != nil {
		return err
	}
	e.tellShell(app, f, values)
	return e.print(app, f, values)
}

// needsFiles: a .env file has a lock in the cache.
func (e *Export) needsFiles() bool { return e.Local == "" || e.File != "" }

// check refuses flags that do nothing together.
func (e *Export) check() error {
	refused := func(fact, hint string) error { return fault.New(fault.Usage, fact, hint) }
	alone := func(flag string) error {
		return refused(flag+" goes with --file only", "name the file: --file .env.local")
	}
	switch {
	case e.File != "" && (e.Format != "" || e.Show || e.WithRegion):
		return refused("--file takes no --format, --show or --with-region", "leave them out: a .env file has one form, and has the region")
	case e.File == "" && e.Watch:
		return alone("--watch")
	case e.File == "" && e.Clear:
		return alone("--clear")
	case e.File == "" && e.Strict:
		return alone("--strict")
	case e.Watch && (e.RawKey || e.Local != ""):
		return refused("--watch goes with no --raw-key and no --local", "leave one of them out: what never expires needs no renewal")
	case e.Clear && !e.Watch && (e.RawKey || e.Strict || e.Local != "" || e.Service != "" || e.Region != "" || e.Wish != Wish{} || e.narrows()):
		return refused("--clear takes nothing but --file, and --watch with a profile", "leave the other flags out: no credentials are got")
	case e.Format == string(format.ProcessJSON) && (e.WithRegion || e.Region != "" || e.Local != ""):
		return refused("the format process has no place for a region or an endpoint", "choose another format, such as json")
	}
	return nil
}

func (e *Export) format(app *App) (format.Format, error) {
	if e.Format == "" {
		return format.ForShell(app.Getenv), nil
	}
	return format.Format(e.Format), format.Check(format.Format(e.Format))
}

// print writes to stdout; on a terminal the secrets are masked, since whoever
// looks over a shoulder, or at a recording, would have them.
func (e *Export) print(app *App, f format.Format, values format.Values) error {
	if app.columns() == 0 || e.Show {
		text, err := format.Bytes(f, values)
		if err == nil {
			_, err = app.Stdout.Write(append([]byte(e.forgetting(app, f)), text...))
		}
		return err
	}
	text, err := format.Masked(f, values)
	if err != nil {
		return err
	}
	if _, err := app.Stdout.Write(append([]byte(e.forgetting(app, f)), text...)); err != nil {
		return err
	}
	app.Note("the secrets are masked on a terminal (--show prints them). " + e.howToUse(f, format.ForShell(app.Getenv)))
	return nil
}

// toFile writes the .env file, and keeps it fresh where that is asked for.
func (e *Export) toFile(ctx context.Context, app *App, s *supply, file *envFile) error {
	if err := file.check(ctx, e.Strict); err != nil {
		return err
	}
	values, err := s.retrieve(ctx)
	if err != nil {
		return err
	}
	if err := file.write(ctx, values); err != nil {
		return err
	}
	if !e.Watch {
		e.say(app, s.what+", "+e.lasting(values, app.Now()))
		return nil
	}
	if e.Clear {
		// The limit on what a signal has ended is too short for a file that
		// somebody else is writing.
		defer context.AfterFunc(ctx, app.Linger)()
	}
	watch := &watch{file: file, supply: s}
	if err := watch.run(ctx, values); err != nil || !e.Clear {
		return err
	}
	return e.clearAfter(ctx, app, file)
}

// clearTime is how long the end of a watch may try to empty its file.
const clearTime = 10 * time.Second

// clearAfter empties the file of a watch that was told to end.
func (e *Export) clearAfter(ctx context.Context, app *App, file *envFile) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), clearTime)
	defer cancel()
	done, err := file.clear(ctx)
	if err != nil {
		return fault.Wrap(err, fault.Failure, "the credentials are still in the file: "+err.Error(), "once nothing is in the way, empty it: awsmint export --clear --file "+quoted(e.File))
	}
	e.say(app, done)
	return nil
}

// lasting says how long what was written will do.
func (e *Export) lasting(v format.Values, now time.Time) string {
	switch {
	case e.RawKey:
		return "the permanent key"
	case e.Local != "":
		return "no real credentials"
	}
	return lasting(v.Credentials, now)
}

func (e *Export) clear(ctx context.Context, app *App, file *envFile) error {
	if _, err := os.Stat(e.File); errors.Is(err, fs.ErrNotExist) {
		return fault.Wrap(err, fault.Missing, fmt.Sprintf("there is no file %q to empty", e.File), "check its name; a file that has credentials still has them")
	}
	done, err := file.clear(ctx)
	if err == nil {
		e.say(app, done)
	}
	return err
}

// say tells what has become of the file. That nobody hears it is no failure:
// the file is as it was to be.
func (e *Export) say(app *App, text string) { _, _ = fmt.Fprintf(app.Stderr, "%s: %s\n", e.File, text) }
