package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/awsmint/awsmint/internal/fault"
)

// Status shows how profiles stand, at a glance.
type Status struct {
	Profiles []string `arg:"" optional:"" name:"profile" help:"The profiles to show; all that give credentials where none is named."`
	JSON     bool     `name:"json" help:"Print JSON, as list does; with --watch a line whenever something has changed."`
	Watch    bool     `help:"Go on showing it until Ctrl-C: drawn anew on a terminal, elsewhere printed whenever something has changed."`
	Short    bool     `help:"Print one line about one profile, for prompts and status bars, and nothing on stderr: \"prod 43m\", \"prod expired\", \"prod -\" for no credentials, \"prod off\" with awsmint_session = off, \"prod ?\" for no such profile. Exit status 0 only while they live."`
}

// Run prints the table. It asks for nothing; where the keychain can't be read,
// what the config and the cache say is shown all the same, and then the failure.
func (s *Status) Run(ctx context.Context, app *App) error {
	if s.Short {
		return s.runShort(app)
	}
	lister, err := app.newLister()
	if err != nil {
		return err
	}
	if s.Watch {
		return s.watch(ctx, app, lister)
	}
	rows, err := lister.rows(ctx, s.Profiles)
	if err != nil {
		return err
	}
	if s.JSON {
		err = printJSON(app, rows)
	} else {
		table, below := statusText(rows, app.Now(), app.display())
		_, err = fmt.Fprint(app.Stdout, table+below)
	}
	return errors.Join(err, lister.unopened)
}

func (s *Status) runShort(app *App) error {
	switch {
	case s.Watch || s.JSON:
		return fault.New(fault.Usage, "--short excludes --watch and --json", "run: awsmint status --help")
	case len(s.Profiles) != 1:
		return fault.New(fault.Usage, "--short is about one profile", "run: awsmint status --short PROFILE")
	}
	return (&ShortStatus{Profile: s.Profiles[0]}).Run(app)
}
