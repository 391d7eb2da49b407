// Package provider is where credentials come from: a chain of links, each an
// aws.CredentialsProvider that mints from the one before it, each but the key
// served from the sealed cache.
package provider

import (
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/cache"
	"github.com/awsmint/awsmint/internal/keychain"
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

	Profile string              // that was asked for, which prompts and hints name; empty: the chain's last
	Environ []string            // for the commands that a profile names; nil: os.Environ()
	Getenv  func(string) string // for dialogs; nil: os.Getenv
	Now     func() time.Time    // nil: time.Now
	Timeout time.Duration       // for AWS to answer, and for a whole run that asks nobody; 0: DefaultTimeout
	NoInput bool                // never ask a person
	Force   bool                // mint anew, and the sources too but for other profiles' sessions, which cost a code
	Asked   bool                // a person asked for this run: no cool-down after a cancelled prompt
	Notify  func(text string)   // tells who watches what is waited for; nil: nobody
	Log     *slog.Logger        // for debugging, without secrets; nil: none
	Home    string              // where .aws is, with what the AWS CLI keeps there; empty: the user's home
	Beside  bool                // renew for a program that has the terminal: nobody is asked there
	SignIn  *SignIn             // how a person signs in to IAM Identity Center; nil: not in this run

	keys  *dataKey // of the cache, read once for all links of a chain
	last  string   // the profile of the chain's last link
	again string   // the command that asks for a code again; empty: awsmint login
}

// New returns the cached provider of a chain's last link.
func New(link Link, o Options) *Cached {
	o = o.withDefaults()
	o.last = link.Profile()
	o.Profile = firstSet(o.Profile, o.last)
	c := o.cached(link)
	c.Source, c.last = handedOut(link, c.Source), o.last
	return c
}

// cached is the provider of a link with the providers of its sources inside,
// each cached but for keys, which are read where they are.
func (o *Options) cached(link Link) *Cached {
	var source aws.CredentialsProvider
	switch from := link.Source().(type) {
	case nil:
	case *Key, *Static:
		source = from.provider(o, nil)
	default:
		source = o.cached(from)
	}
	entry := o.kept(Name(link))
	entry.log = entry.log.With("profile", link.Profile(), "kind", link.kind())
	return &Cached{
		Source:    link.provider(o, source),
		Window:    link.window(),
		Force:     o.forces(link),
		timeout:   o.Timeout,
		unhurried: takesItsTime(link),
		sources:   sourceScopes(link),
		kept:      entry,
	}
}

// forces reports whether Force reaches a link.
func (o *Options) forces(link Link) bool {
	_, isSession := link.(*Session)
	return o.Force && (!isSession || link.Profile() == o.last)
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
	if o.Home == "" {
		// Without a home nothing is found there, and nothing else is missed.
		o.Home, _ = os.UserHomeDir()
	}
	o.keys = &dataKey{keychain: o.Keychain, cache: o.Cache, now: o.Now}
	return o
}
