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

// List shows the profiles that awsmint can serve.
type List struct {
	JSON bool `name:"json" help:"Print JSON instead of a table."`
}

// row is one profile. The zero Expires means that nothing is cached.
type row struct {
	Profile string     `json:"profile"`
	Kind    string     `json:"kind,omitempty"`
	Key     string     `json:"access_key_last_four,omitempty"`
	Role    string     `json:"role_arn,omitempty"`
	Source  string     `json:"source,omitempty"`
	Serial  string     `json:"mfa_serial,omitempty"`
	Expires *time.Time `json:"session_expires,omitempty"`
	Problem string     `json:"problem,omitempty"`

	what     string // the credentials column
	unopened bool
}

// Run prints a row a profile. It asks for nothing; where the keychain can't be
// read, what the config and the cache say is shown all the same, and then the
// failure.
func (l *List) Run(ctx context.Context, app *App) error {
	config, err := awsconfig.Load(app.Paths)
	if err != nil {
		return err
	}
	k, err := app.openKeychain(true)
	if err != nil {
		return err
	}
	lister := &lister{app: app, config: config, keychain: k}
	rows := []row{}
	for _, name := range config.Profiles() {
		if r, ok := lister.row(ctx, name); ok {
			rows = append(rows, r)
		}
	}
	if l.JSON {
		err = printJSON(app, rows)
	} else {
		err = printTable(app, rows)
	}
	return errors.Join(err, lister.unopened)
}

// lister makes the rows. Once the keychain could not be read it is left alone:
// it would be so for every other profile.
type lister struct {
	app      *App
	config   *awsconfig.Config
	keychain keychain.Keychain
	unopened error
}

// row is a profile's; ok is false for one that has nothing to do with
// credentials, such as one of settings alone.
func (l *lister) row(ctx context.Context, name string) (r row, ok bool) {
	r = row{Profile: name}
	section, err := l.config.Profile(name)
	if err != nil {
		r.Problem = err.Error()
		return r, true
	}
	link, err := provider.Resolve(l.config, l.app.Getenv, provider.Request{Profile: name})
	if err != nil {
		r.Problem = err.Error()
		return r, true
	}
	r.describe(link)
	if _, isKey := provider.Root(link).(*provider.Key); isKey && provider.Root(link).Profile() == name {
		l.readKey(ctx, &r)
		if r.Key == "" && !r.unopened && !isOwn(section) {
			return r, false
		}
	}
	if times, ok := provider.New(link, provider.Options{Cache: l.app.cache(), Now: l.app.Now}).Cached(); ok {
		r.Expires = &times.Expires
	}
	return r, true
}

// readKey looks for the profile's own key in the keychain. An item that can't
// be understood is this profile's problem.
func (l *lister) readKey(ctx context.Context, r *row) {
	if l.unopened != nil {
		r.unopened = true
		return
	}
	value, err := l.keychain.Get(ctx, keychain.KeyAccount(r.Profile))
	switch {
	case isNotFound(err):
		r.Problem = "no key stored"
		return
	case err != nil:
		l.unopened, r.unopened = err, true
		return
	}
	key, err := keychain.DecodeKey(value)
	if err != nil {
		r.Problem = err.Error()
		return
	}
	r.Key = strings.TrimPrefix(provider.LastFour(key.AccessKeyID), "…")
}

// describe says what kind of credentials a chain gives.
func (r *row) describe(link provider.Link) {
	if source := link.Source(); source != nil && source.Profile() != r.Profile {
		r.Source = source.Profile()
	}
	switch l := link.(type) {
	case *provider.Session:
		r.Serial = l.Serial
		r.Kind = provider.Kind(l.Source())
		if static, ok := l.Source().(*provider.Static); ok {
			r.Key = strings.TrimPrefix(provider.LastFour(static.AccessKeyID), "…")
		}
		return
	case *provider.Role:
		r.Role, r.Serial = l.RoleARN, l.Serial
		if session, ok := l.Source().(*provider.Session); ok {
			r.Serial = session.Serial
		}
		r.what = "role " + roleName(l.RoleARN)
		if from := origin(l.Source(), r.Source); from != "" {
			r.what += " from " + from
		}
	case *provider.WebIdentity:
		r.Role = l.RoleARN
		r.what = "role " + roleName(l.RoleARN) + " by web identity"
	case *provider.SSO:
		r.what = fmt.Sprintf("sso %s in %s", l.RoleName, l.AccountID)
	}
	r.Kind = provider.Kind(link)
}

// origin is what a role is assumed with, for a person: a profile, or where the
// credentials come from without one.
func origin(source provider.Link, profile string) string {
	switch source.(type) {
	case *provider.Environment:
		return "the environment"
	case *provider.Instance:
		return "the instance"
	case *provider.Container:
		return "the container"
	}
	return profile
}

// roleName is a role as a person knows it: "Admin in 111122223333".
func roleName(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	return fmt.Sprintf("%s in %s", arn[strings.LastIndex(arn, "/")+1:], parts[4])
}

func printJSON(app *App, rows []row) error {
	encoder := json.NewEncoder(app.Stdout)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(rows)
}

func printTable(app *App, rows []row) error {
	if len(rows) == 0 {
		_, err := fmt.Fprintln(app.Stdout, "no profiles yet; store a key with: awsmint add PROFILE")
		return err
	}
	table := tabwriter.NewWriter(app.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "PROFILE\tCREDENTIALS\tMFA\tSESSION")
	for _, r := range rows {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", r.Profile, r.credentialsColumn(), r.mfaColumn(), r.sessionColumn(app.Now()))
	}
	return table.Flush()
}

func (r *row) credentialsColumn() string {
	switch {
	case r.what != "":
		return r.what
	case r.Key != "":
		return r.Kind + " …" + r.Key
	case r.unopened:
		return r.Kind + " ?"
	case r.Kind == "":
		return "none"
	}
	return r.Kind
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
