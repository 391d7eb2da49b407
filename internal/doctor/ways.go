package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/mfa"
	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/provider"
)

// soon is when a session is renewed at the latest, if nothing else is set.
const soon = 20 * time.Minute

// ways tells how a code would be got, from where this runs: by a stored seed, a
// command, the terminal or a dialog. Where there is no way, a session that lives
// for left is all that is needed meanwhile.
func (e *examination) ways(profile string, link provider.Link, left time.Duration) {
	settings, owner, wanted := device(link)
	if !wanted {
		return
	}
	var ready, not []string
	attended := true // somebody may have to answer
	for _, name := range settings.Order {
		way := e.way(name, owner, settings)
		if err := way.Ready(e.ctx); err != nil {
			not = append(not, fmt.Sprintf("%s: %v", name, err))
			continue
		}
		ready = append(ready, name)
		attended = attended && way.Interactive()
	}
	switch {
	case len(ready) == 0:
		f := Finding{
			ID: "mfa-no-way", Severity: Warning, Area: MFA, Profile: profile,
			Fact:   "nobody can be asked for an MFA code from where this runs (" + oneLine(strings.Join(not, "; ")) + ")",
			Advice: fmt.Sprintf("get a session first, in a terminal: awsmint login %s; or store the device's seed: awsmint mfa add %s", profile, owner),
		}
		if left > soon {
			f.Severity = OK
			f.Fact += fmt.Sprintf("; nobody needs to be for another %s, while the cached session lives", provider.Span(left))
		}
		e.add(f)
	case attended:
		e.add(Finding{ID: "mfa-way", Severity: OK, Area: MFA, Profile: profile, Fact: "a person is asked for MFA codes, by: " + strings.Join(ready, ", ")})
	default:
		e.add(Finding{ID: "mfa-way", Severity: OK, Area: MFA, Profile: profile, Fact: "MFA codes come by: " + strings.Join(ready, ", ")})
	}
}

// device says how the codes of a chain are got, and whose seed may be stored.
func device(link provider.Link) (settings provider.MFA, owner string, wanted bool) {
	for _, l := range chain(link) {
		switch l := l.(type) {
		case *provider.Role:
			if l.Serial != "" {
				return l.MFA, provider.Root(link).Profile(), true
			}
		case *provider.Session:
			if l.Serial != "" {
				return l.MFA, l.Profile(), true
			}
		}
	}
	return provider.MFA{}, "", false
}

func (e *examination) way(name, owner string, settings provider.MFA) mfa.Way {
	switch name {
	case mfa.NameSeed:
		return &mfa.Seed{Now: e.Now, Load: func(ctx context.Context) (secret.String, error) { return e.seed(ctx, owner) }}
	case mfa.NameProcess:
		return &mfa.Process{Command: settings.Process, Environ: e.Environ}
	case mfa.NameTerminal:
		return &mfa.Terminal{}
	default:
		return &mfa.Dialog{Getenv: e.Getenv, Environ: e.Environ}
	}
}

func (e *examination) seed(ctx context.Context, profile string) (secret.String, error) {
	if e.locked {
		return secret.String{}, mfa.Unavailable("the keychain can't be read")
	}
	value, err := e.Keychain.Get(ctx, keychain.SeedAccount(profile))
	switch {
	case errors.Is(err, keychain.ErrNotFound):
		return secret.String{}, mfa.Unavailable("no seed is stored")
	case err != nil:
		e.locked = true
		e.unreadable(err)
		return secret.String{}, mfa.Unavailable("the keychain can't be read")
	}
	seed, err := keychain.DecodeSeed(value)
	if err != nil {
		return secret.String{}, mfa.Unavailable("the stored seed can't be read")
	}
	return seed.Secret, nil
}
