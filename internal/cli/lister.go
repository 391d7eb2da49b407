package cli

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/provider"
)

// lister makes the rows. What it has read from the keychain it remembers: rows
// can be made again and again for what the config and the cache say. Once the
// keychain could not be read it is left alone: it would be so for every other
// profile.
type lister struct {
	app      *App
	config   *awsconfig.Config
	keychain keychain.Keychain
	unopened error
	keys     map[string]keptKey              // by their profile
	signIns  map[string]provider.SignInState // by their scope in the cache
}

// keptKey is what the keychain holds for a profile, without its secrets, or
// why that is no key.
type keptKey struct {
	key        keychain.Key
	unfinished string // where its rotation stands
	err        error
}

func (a *App) newLister() (*lister, error) {
	k, err := a.openKeychain(true)
	return &lister{app: a, keychain: k, keys: map[string]keptKey{}, signIns: map[string]provider.SignInState{}}, err
}

// rows are those of the profiles that are named, or of all that have to do with
// credentials where none is. That the keychain can't be read is no error, but
// unopened says so.
func (l *lister) rows(ctx context.Context, profiles []string) ([]row, error) {
	var err error
	if l.config, err = awsconfig.Load(l.app.Paths); err != nil {
		return nil, err
	}
	all := len(profiles) == 0
	if all {
		profiles = l.config.Profiles()
	}
	rows := []row{}
	for _, name := range profiles {
		section, err := l.config.Profile(name)
		if !all && fault.StatusOf(err) == fault.Missing {
			return nil, err
		}
		if r, ok := l.row(ctx, name, section, err); ok || !all {
			rows = append(rows, r)
		}
	}
	return rows, nil
}

// row is a profile's; ok is false for one that has nothing to do with
// credentials, such as one of settings alone. err is why its section can't be
// read.
func (l *lister) row(ctx context.Context, name string, section *awsconfig.Section, err error) (r row, ok bool) {
	r = row{Profile: name}
	if err != nil {
		r.broken(err)
		return r, true
	}
	r.Region, r.Reachable = section.Get("region"), isReachable(section)
	link, err := l.resolve(&r)
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
	r.lives(provider.New(link, provider.Options{Cache: l.app.cache(), Now: l.app.Now}))
	if r.short == noKeyStored && r.Expires != nil {
		// A session that was imported needs no key, and has no renewal.
		r.Problem, r.Hint, r.short, r.what, r.Renewal = "", "", "", "session given", nil
	} else if r.short == noKeyStored && r.Expired {
		r.Problem, r.short, r.what = "the session that was given has ended, and no key is stored", "expired", "session given"
	}
	return r, true
}

// resolve is the chain of a row's profile. A key that makes no sessions is to be
// seen all the same; its device is for the roles that it assumes.
func (l *lister) resolve(r *row) (provider.Link, error) {
	request := provider.Request{Profile: r.Profile}
	link, err := provider.Resolve(l.config, l.app.Getenv, request)
	if !errors.Is(err, provider.ErrSessionOff) {
		return link, err
	}
	request.RawKey = true
	if link, err = provider.Resolve(l.config, l.app.Getenv, request); err != nil {
		return nil, err
	}
	r.SessionOff = true
	if owner, err := l.config.Profile(link.Profile()); err == nil {
		r.Serial = owner.Setting("mfa_serial")
	}
	return link, nil
}

// noKeyStored is the problem of a profile that awsmint has lines in, and no key.
const noKeyStored = "no key stored"

// readKey looks for the profile's own key in the keychain. An item that can't
// be understood is this profile's problem.
func (l *lister) readKey(ctx context.Context, r *row, maxAge time.Duration) {
	stored, known := l.keys[r.Profile]
	if !known && l.unopened == nil {
		stored, l.unopened = l.lookUp(ctx, r.Profile)
		known = l.unopened == nil
		if known {
			l.keys[r.Profile] = stored
		}
	}
	switch {
	case !known:
		r.unopened = true
		return
	case isNotFound(stored.err):
		r.Problem, r.Hint, r.short = noKeyStored, provider.WithoutKey(r.Profile), noKeyStored
		return
	case stored.err != nil:
		r.broken(stored.err)
		return
	}
	key := stored.key
	r.Key = strings.TrimPrefix(provider.LastFour(key.AccessKeyID), "…")
	r.aged(key, maxAge, l.app.Now())
	r.Rotation = stored.unfinished
	if r.Role == "" && key.ARN != "" {
		r.Account, r.User = accountIn(key.ARN), key.ARN
	}
}

// lookUp reads an item; the error is the keychain's own, for every profile's
// item alike.
func (l *lister) lookUp(ctx context.Context, profile string) (keptKey, error) {
	value, err := l.keychain.Get(ctx, keychain.KeyAccount(profile))
	switch {
	case isNotFound(err):
		return keptKey{err: err}, nil
	case err != nil:
		return keptKey{}, err
	}
	key, err := keychain.DecodeKey(value)
	unfinished := provider.Unfinished(key)
	key.SecretAccessKey, key.Rotation = secret.String{}, nil
	return keptKey{key, unfinished, err}, nil
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
