// Package provider is where credentials come from: a chain of links, each an
// aws.CredentialsProvider that mints from the one before it, each but the key
// served from the sealed cache.
package provider

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"time"

	"github.com/awsmint/awsmint/cache"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/mfa"
	"github.com/awsmint/awsmint/internal/secret"
)

// providerName is the Source of every aws.Credentials of this package.
const providerName = "awsmint"

// DefaultTimeout is how long AWS has to answer one mint, retries included. The
// shortest of the SDKs' own limits that a mint without a person has to meet is
// 22 s (Rust).
const DefaultTimeout = 20 * time.Second

// Options is what a provider works with. Keychain and Cache are needed; the
// rest has defaults.
type Options struct {
	Keychain keychain.Keychain
	Cache    *cache.Cache

	Environ []string            // for awsmint_mfa_process; nil: os.Environ()
	Getenv  func(string) string // for dialogs; nil: os.Getenv
	Now     func() time.Time    // nil: time.Now
	Timeout time.Duration       // for AWS to answer, and for a whole run that asks nobody; 0: DefaultTimeout
	NoInput bool                // never ask a person
	Asked   bool                // a person asked for this run: no cool-down after a cancelled prompt
	Notify  func(text string)   // tells who watches what is waited for; nil: nobody
	Log     *slog.Logger        // for debugging, without secrets; nil: none
}

// New returns the cached provider of a link.
func New(link Link, o Options) *Cached {
	o = o.withDefaults()
	session := link.(*Session)
	codes := o.codes(session)
	return &Cached{
		Source: &sessionProvider{
			link:    session,
			source:  &keyProvider{link: session.source, keychain: o.Keychain},
			codes:   codes,
			timeout: o.Timeout,
			now:     o.Now,
		},
		Window: session.Window,
		attended: func(ctx context.Context) bool {
			return session.Serial != "" && codes.Attended(ctx)
		},
		timeout: o.Timeout,
		name:    Name(link),
		cache:   o.Cache,
		keys:    &dataKey{keychain: o.Keychain, cache: o.Cache},
		now:     o.Now,
		log:     o.Log.With("profile", link.Profile()),
	}
}

func (o Options) withDefaults() Options {
	if o.Environ == nil {
		o.Environ = os.Environ()
	}
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// codes are the ways to a code that the profile and the run allow.
func (o Options) codes(session *Session) *mfa.Codes {
	var ways []mfa.Way
	for _, name := range session.MFA.Order {
		way := o.way(name, session)
		if way != nil && !(o.NoInput && way.Interactive()) {
			ways = append(ways, way)
		}
	}
	return &mfa.Codes{Ways: ways, Dir: o.Cache.Dir, Now: o.Now, Pause: pauseBudget, Notify: o.Notify, AskAgain: o.Asked}
}

func (o Options) way(name string, session *Session) mfa.Way {
	switch name {
	case mfa.NameSeed:
		return &mfa.Seed{Now: o.Now, Load: func(ctx context.Context) (secret.String, error) {
			return o.seed(ctx, session.Profile())
		}}
	case mfa.NameProcess:
		return &mfa.Process{Command: session.MFA.Process, Environ: o.Environ}
	case mfa.NameTerminal:
		return &mfa.Terminal{}
	default:
		return &mfa.Dialog{Getenv: o.Getenv}
	}
}

func (o Options) seed(ctx context.Context, profile string) (secret.String, error) {
	value, err := o.Keychain.Get(ctx, keychain.SeedAccount(profile))
	if errors.Is(err, keychain.ErrNotFound) {
		return secret.String{}, mfa.Unavailable("no seed is stored")
	}
	if err != nil {
		return secret.String{}, err
	}
	seed, err := keychain.DecodeSeed(value)
	return seed.Secret, err
}
