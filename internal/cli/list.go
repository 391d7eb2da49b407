package cli

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/provider"
)

// List shows the profiles that awsmint can serve.
type List struct {
	JSON bool `name:"json" help:"Print JSON, which says more than the table."`
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
	lister := &lister{app: app, config: config, keychain: k, signIns: map[string]provider.SignInState{}}
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

func printJSON(app *App, rows []row) error {
	encoder := json.NewEncoder(app.Stdout)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(rows)
}

// lister makes the rows. Once the keychain could not be read it is left alone:
// it would be so for every other profile.
type lister struct {
	app      *App
	config   *awsconfig.Config
	keychain keychain.Keychain
	unopened error
	signIns  map[string]provider.SignInState // by their scope in the cache
}

// row is a profile's; ok is false for one that has nothing to do with
// credentials, such as one of settings alone.
func (l *lister) row(ctx context.Context, name string) (r row, ok bool) {
	r = row{Profile: name}
	section, err := l.config.Profile(name)
	if err != nil {
		r.broken(err)
		return r, true
	}
	r.Region, r.Reachable = section.Get("region"), isReachable(section)
	link, err := provider.Resolve(l.config, l.app.Getenv, provider.Request{Profile: name})
	if err != nil {
		r.broken(err)
		return r, true
	}
	r.describe(link)
	switch root := provider.Root(link).(type) {
	case *provider.Key:
		if root.Profile() != name {
			break
		}
		// What is wrong with the setting has been told by Resolve.
		maxAge, _ := provider.MaxKeyAge(section)
		l.readKey(ctx, &r, maxAge)
		if r.Key == "" && !r.unopened && !isOwn(section) {
			return r, false
		}
	case *provider.SSO:
		l.readSignIn(ctx, &r, root)
	}
	if times, ok := provider.New(link, provider.Options{Cache: l.app.cache(), Now: l.app.Now}).Cached(); ok {
		r.Expires = &times.Expires
	}
	return r, true
}

// readKey looks for the profile's own key in the keychain. An item that can't
// be understood is this profile's problem.
func (l *lister) readKey(ctx context.Context, r *row, maxAge time.Duration) {
	if l.unopened != nil {
		r.unopened = true
		return
	}
	value, err := l.keychain.Get(ctx, keychain.KeyAccount(r.Profile))
	switch {
	case isNotFound(err):
		r.Problem, r.short = "no key stored", "no key stored"
		return
	case err != nil:
		l.unopened, r.unopened = err, true
		return
	}
	key, err := keychain.DecodeKey(value)
	if err != nil {
		r.broken(err)
		return
	}
	r.Key = strings.TrimPrefix(provider.LastFour(key.AccessKeyID), "…")
	r.aged(key, maxAge, l.app.Now())
	if r.Role == "" && key.ARN != "" {
		r.Account = accountIn(key.ARN)
	}
}

// readSignIn looks whether somebody is signed in to the IAM Identity Center
// that a profile's credentials come from.
func (l *lister) readSignIn(ctx context.Context, r *row, at *provider.SSO) {
	scope := provider.SSOScope(at)
	state, known := l.signIns[scope]
	if !known && l.unopened == nil {
		var err error
		if state, err = provider.SignInStateOf(ctx, at, l.app.signInOptions(l.keychain)); err != nil {
			l.unopened = err
		}
		l.signIns[scope] = state
	}
	if r.unopened = l.unopened != nil && !state.IsSignedIn(); r.unopened {
		return
	}
	r.signedIn(state)
}

// broken says why a profile gives no credentials.
func (r *row) broken(err error) {
	r.Problem, r.Hint, r.short = err.Error(), fault.HintOf(err), "see below"
}
