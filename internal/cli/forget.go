package cli

import (
	"context"
	"fmt"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/provider"
)

// forgotten is a profile whose cached credentials are removed.
type forgotten struct {
	profile string
	removed int
}

// forget removes what is cached for a profile, and for every other profile
// whose credentials were made with this one's: the profile itself comes first.
func (a *App) forget(config *awsconfig.Config, profile string) (all []forgotten, err error) {
	for _, name := range append([]string{profile}, a.dependents(config, profile)...) {
		removed, err := a.cache().RemoveScope(provider.Scope(name))
		if err != nil {
			return all, leftInCache(a, name, err)
		}
		all = append(all, forgotten{name, removed})
	}
	return all, nil
}

// dependents are the other profiles whose credentials are made with this one's.
// Those that can't be resolved have none.
func (a *App) dependents(config *awsconfig.Config, profile string) (names []string) {
	for _, name := range config.Profiles() {
		if name == profile {
			continue
		}
		link, err := provider.Resolve(config, a.Getenv, provider.Request{Profile: name})
		if err == nil && provider.DependsOn(link, profile) {
			names = append(names, name)
		}
	}
	return names
}

// leftInCache is the failure to forget what was minted: for a profile, or, if
// that is empty, for any.
func leftInCache(app *App, profile string, err error) error {
	whose := ""
	if profile != "" {
		whose = fmt.Sprintf(" of profile %q", profile)
	}
	return fault.Wrap(err, fault.Failure, fmt.Sprintf("cached credentials%s are left: %v", whose, err),
		fmt.Sprintf("make %q writable, or remove it, and run the same command again", app.CacheDir))
}

// signOut ends the sign-in to IAM Identity Center that a profile's credentials
// come from, if they do. It serves every profile of its sso-session. removed is
// what went before; the sum is returned.
func (a *App) signOut(ctx context.Context, config *awsconfig.Config, profile string, removed int) (int, error) {
	link, err := provider.Resolve(config, a.Getenv, provider.Request{Profile: profile})
	if err != nil {
		return removed, nil // a profile that can't be resolved never signed in
	}
	sso, ok := link.(*provider.SSO)
	if !ok {
		return removed, nil
	}
	k, err := a.openKeychain(a.noInput(false))
	if err != nil {
		return removed, err
	}
	more, err := provider.ForgetSSO(ctx, sso, provider.Options{Keychain: k, Cache: a.cache(), Getenv: a.Getenv, Now: a.Now, Log: a.Log})
	return removed + more, err
}
