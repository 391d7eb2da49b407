package cli

import (
	"context"
	"encoding/json"
	"errors"
)

// List shows the profiles that awsmint can serve: the short form of Status.
type List struct {
	JSON bool `name:"json" help:"Print JSON, which says more than the table."`
}

// Run prints a row a profile. It asks for nothing; where the keychain can't be
// read, what the config and the cache say is shown all the same, and then the
// failure.
func (l *List) Run(ctx context.Context, app *App) error {
	lister, err := app.newLister()
	if err != nil {
		return err
	}
	rows, err := lister.rows(ctx, nil)
	if err != nil {
		return err
	}
	if l.JSON {
		err = printJSON(app, rows)
	} else {
		err = printTable(app, rows)
	}
	return errors.Join(err, lister.unopened)
}

func printJSON(app *App, rows []row) error {
	encoder := json.NewEncoder(app.Stdout)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(rows)
}
