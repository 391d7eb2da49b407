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
	settings, owner, serial := device(link)
	if serial == "" {
		return
	}
	var ready, not []string
	attended := true // somebody may have to answer
	for _, name := range settings.Order {
		way := e.way(name, owner, serial, settings)
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

// device says of which device the codes of a chain are, how they are got, and
// whose seed may be stored. Without a serial number none are wanted.
func device(link provider.Link) (settings provider.MFA, owner, serial string) {
	for _, l := range chain(link) {
		switch l := l.(type) {
		case *provider.Role:
			if l.Serial != "" {
				return l.MFA, provider.Root(link).Profile(), l.Serial
			}
		case *provider.Session:
			if l.Serial != "" {
				return l.MFA, l.Profile(), l.Serial
			}
		}
	}
	return provider.MFA{}, "", ""
}

func (e *examination) way(name, owner, serial string, settings provider.MFA) mfa.Way {
	switch name {
	case mfa.NameSeed:
		return &mfa.Seed{Now: e.Now, Load: func(ctx context.Context) (secret.String, error) { return e.seed(ctx, owner, serial) }}
	case mfa.NameProcess:
		return &mfa.Process{Command: settings.Process, Environ: e.Environ}
	case mfa.NameTerminal:
		return &mfa.Terminal{}
	default:
		return &mfa.Dialog{Getenv: e.Getenv, Environ: e.Environ}
	}
}

func (e *examination) seed(ctx context.Context, profile, serial string) (secret.String, error) {
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
	if seed.MayBeOf(serial) {
		return seed.Secret, nil
	}
	e.add(Finding{
		ID: "mfa-seed-other", Severity: Warning, Area: MFA, Profile: profile,
		Fact:   fmt.Sprintf("the seed stored for profile %q is that of another device than %s: of %s", profile, serial, seed.Serial),
		Advice: fmt.Sprintf("store this device's: awsmint mfa add %s --force; or name that one: awsmint_mfa_serial = %s", profile, seed.Serial),
	})
	return secret.String{}, mfa.OtherDevice(profile, seed.Serial)
}
