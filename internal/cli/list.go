package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/provider"
)

// List shows the profiles that awsmint serves.
type List struct {
	JSON bool `name:"json" help:"Print JSON instead of a table."`
}

// row is one profile. The zero Expires means that nothing is cached.
type row struct {
	Profile  string     `json:"profile"`
	Key      string     `json:"access_key_last_four,omitempty"`
	Serial   string     `json:"mfa_serial,omitempty"`
	Expires  *time.Time `json:"session_expires,omitempty"`
	Problem  string     `json:"problem,omitempty"`
	unopened bool
}

// Run prints a row a profile. It asks for nothing; where the keychain can't be
// read, what the config and the cache say is shown all the same, and then the
// failure.
func (l *List) Run(ctx context.Context, app *App) error {
	config, err := awsconfig.Load(app.paths)
	if err != nil {
		return err
	}
	k, err := app.openKeychain(true)
	if err != nil {
		return err
	}
	rows := []row{}
	var unopened error
	for _, name := range config.Profiles() {
		section, err := config.Profile(name)
		if err == nil && !isOwn(section) {
			continue
		}
		r := row{Profile: name}
		switch {
		case err != nil:
			r.Problem = err.Error()
		case unopened == nil:
			unopened = r.readKey(ctx, k)
		}
		r.unopened = unopened != nil
		if err == nil {
			r.resolve(app, config)
		}
		rows = append(rows, r)
	}
	if l.JSON {
		err = l.printJSON(app, rows)
	} else {
		err = l.printTable(app, rows)
	}
	return errors.Join(err, unopened)
}

// readKey returns an error where the keychain can't be read, which would be so
// for every other profile. An item that can't be understood is this one's.
func (r *row) readKey(ctx context.Context, k keychain.Keychain) error {
	value, err := k.Get(ctx, keychain.KeyAccount(r.Profile))
	if isNotFound(err) {
		r.Problem = "no key stored"
		return nil
	}
	if err != nil {
		return err
	}
	key, err := keychain.DecodeKey(value)
	if err != nil {
		r.Problem = err.Error()
		return nil
	}
	r.Key = strings.TrimPrefix(provider.LastFour(key.AccessKeyID), "…")
	return nil
}

func (r *row) resolve(app *App, config *awsconfig.Config) {
	link, err := provider.Resolve(config, app.Getenv, r.Profile)
	if err != nil {
		r.Problem = err.Error()
		return
	}
	if session, ok := link.(*provider.Session); ok {
		r.Serial = session.Serial
	}
	cached := provider.New(link, provider.Options{Cache: app.cache(), Now: app.Now})
	if times, ok := cached.Cached(); ok {
		r.Expires = &times.Expires
	}
}

func (l *List) printJSON(app *App, rows []row) error {
	encoder := json.NewEncoder(app.Stdout)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(rows)
}

func (l *List) printTable(app *App, rows []row) error {
	if len(rows) == 0 {
		_, err := fmt.Fprintln(app.Stdout, "no profiles yet; store a key with: awsmint add PROFILE")
		return err
	}
	table := tabwriter.NewWriter(app.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "PROFILE\tKEY\tMFA\tSESSION")
	for _, r := range rows {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", r.Profile, r.keyColumn(), r.mfaColumn(), r.sessionColumn(app.Now()))
	}
	return table.Flush()
}

func (r *row) keyColumn() string {
	switch {
	case r.Key != "":
		return "…" + r.Key
	case r.unopened:
		return "?"
	}
	return "none"
}

// mfaColumn leaves out what all ARNs have in common.
func (r *row) mfaColumn() string {
	if r.Serial == "" {
		return "none"
	}
	return r.Serial[strings.LastIndex(r.Serial, "/")+1:]
}

func (r *row) sessionColumn(now time.Time) string {
	switch {
	case r.Problem != "":
		return r.Problem
	case r.Expires == nil:
		return "none"
	}
	return left(*r.Expires, now)
}
