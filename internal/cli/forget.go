package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/provider"
)

// forgotten is a profile whose cached credentials are removed.
type forgotten struct {
	profile string
	removed int
}

// forget removes what is cached for a profile, and for every other profile of
// the config file whose credentials were made with this one's: the profile
// itself comes first. (Those of elsewhere are left behind by the cache's new
// generation, and end unread.) One whose credential_process runs awsmint for
// another profile has that one's credentials.
func (a *App) forget(config *awsconfig.Config, profile string) (all []forgotten, err error) {
	served := a.servedBy(config, profile)
	names := append([]string{profile}, a.dependents(config, profile, served)...)
	var scopes []string
	for _, name := range append(names, served) {
		scopes = append(scopes, provider.Scope(name))
	}
	if served == profile {
		scopes = scopes[:len(names)]
	}
	removed, err := a.cache().RemoveScopes(scopes)
	if err != nil {
		return nil, leftInCache(a, profile, err)
	}
	for i, name := range names {
		all = append(all, forgotten{name, removed[i]})
	}
	if served != profile {
		all[0].removed += removed[len(names)]
	}
	return all, nil
}

// servedBy is the profile whose credentials a profile hands out: most often
// itself, and so where it can't be resolved.
func (a *App) servedBy(config *awsconfig.Config, profile string) string {
	link, err := provider.Resolve(config, a.Getenv, provider.Request{Profile: profile})
	if err != nil {
		return profile
	}
	return link.Profile()
}

// dependents are the profiles beside these two whose credentials are made with
// those of served, or come from the same sign-in to IAM Identity Center.
func (a *App) dependents(config *awsconfig.Config, profile, served string) []string {
	signIn := ""
	if link, err := provider.Resolve(config, a.Getenv, provider.Request{Profile: served}); err == nil {
		if sso, ok := link.(*provider.SSO); ok {
			signIn = provider.SSOScope(sso)
		}
	}
	return a.profiles(config, func(name string, link provider.Link) bool {
		return name != profile && name != served && (provider.DependsOn(link, served) || comesFrom(link, signIn))
	})
}

// profiles are those that can be resolved and that choose picks.
func (a *App) profiles(config *awsconfig.Config, choose func(name string, link provider.Link) bool) (names []string) {
	for _, name := range config.Profiles() {
		link, err := provider.Resolve(config, a.Getenv, provider.Request{Profile: name})
		if err == nil && choose(name, link) {
			names = append(names, name)
		}
	}
	return names
}

// comesFrom reports whether a chain begins with a sign-in to IAM Identity
// Center, named by its scope in the cache.
func comesFrom(link provider.Link, signIn string) bool {
	sso, ok := provider.Root(link).(*provider.SSO)
	return ok && provider.SSOScope(sso) == signIn
}

// leftInCache is the failure to forget what was minted: for a profile, or, if
// that is empty, for any.
func leftInCache(app *App, profile string, err error) error {
	whose := ""
	if profile != "" {
		whose = fmt.Sprintf(" of profile %q", profile)
	}
	return fault.Wrap(err, fault.Failure, fmt.Sprintf("cached credentials%s can't be removed: %v", whose, err),
		fmt.Sprintf("make %q writable, or remove it, and run the same command again", app.CacheDir))
}

// signOut ends the sign-in to IAM Identity Center that a profile's credentials
// come from, if they do. It serves every profile of its sso-session.
func (a *App) signOut(ctx context.Context, config *awsconfig.Config, profile string) (out signedOut, err error) {
	link, err := provider.Resolve(config, a.Getenv, provider.Request{Profile: profile})
	if err != nil {
		return out, nil // a profile that can't be resolved never signed in
	}
	sso, ok := link.(*provider.SSO)
	if !ok {
		return out, nil
	}
	k, err := a.openKeychain(a.noInput(false))
	if err != nil {
		return out, err
	}
	out.url = sso.StartURL
	out.removed, err = provider.ForgetSSO(ctx, sso, a.signInOptions(k))
	if err == nil {
		// What the keychain has to do with it is gone.
		state, _ := provider.SignInStateOf(ctx, sso, a.signInOptions(k))
		out.cliUntil = state.CLIExpires
	}
	return out, err
}

// signedOut is a sign-in that was ended.
type signedOut struct {
	url      string    // of the access portal; empty: there was none to end
	removed  int       // what was cached of it
	cliUntil time.Time // until when that of "aws sso login" stands; zero: there is none
}

// signInOptions are for what has to do with a sign-in alone.
func (a *App) signInOptions(k keychain.Keychain) provider.Options {
	return provider.Options{Keychain: k, Cache: a.cache(), Getenv: a.Getenv, Now: a.Now, Log: a.Log, Home: a.Home}
}
