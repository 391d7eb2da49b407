package doctor

import (
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/provider"
)

// maxProcess is the largest JSON in bytes that every SDK reads: the Go SDK's
// first version cuts what is longer.
const maxProcess = 8192

// links looks at what a chain has: the key, and what is cached of the rest. left
// is how long the part of that lives which lives longest.
func (e *examination) links(profile string, link provider.Link) (left time.Duration) {
	mintable := true
	switch root := provider.Root(link).(type) {
	case *provider.Key:
		k := e.stored(root.Profile(), sessionIn(link))
		if k.found && !e.Offline {
			e.askAboutKey(root.Profile(), k.key, sessionIn(link), false)
		}
		mintable = k.found || e.locked
	case *provider.Static:
		e.inPlainText(root, sessionIn(link), false)
	}
	for i, l := range chain(link) {
		switch l.(type) {
		case *provider.Key, *provider.Static, *provider.Environment:
			continue
		}
		held, ok, err := provider.New(l, e.options(profile)).Held(e.ctx)
		switch {
		case err != nil:
			if !e.locked {
				e.locked = true
				e.unreadable(err)
			}
			return left
		case !ok && i == 0 && mintable:
			e.add(Finding{
				ID: "session-none", Severity: OK, Area: Cache, Profile: profile,
				Fact: "no credentials are cached that live: the next program that uses the profile has them made", Advice: "for programs that can't wait: awsmint login " + profile,
			})
		case ok:
			e.held(profile, l, held, i == 0)
			left = max(left, held.Expires.Sub(e.Now()))
		}
	}
	return left
}

// held looks at credentials that the cache has.
func (e *examination) held(profile string, l provider.Link, held aws.Credentials, last bool) {
	e.add(Finding{
		ID: "session-held", Severity: OK, Area: Cache, Profile: l.Profile(),
		Fact: fmt.Sprintf("the cache holds the %s of profile %q, for another %s", provider.Kind(l), l.Profile(), provider.Span(held.Expires.Sub(e.Now()))),
	})
	if last && e.ProcessSize != nil {
		if size := e.ProcessSize(held); size > maxProcess {
			e.add(Finding{
				ID: "credentials-large", Severity: Warning, Area: Profile, Profile: profile,
				Fact:   fmt.Sprintf("the credentials are %d bytes of JSON: version 1 of the SDK for Go cuts them at %d", size, maxProcess),
				Advice: "give the role shorter session policies and fewer session tags",
			})
		}
	}
	if !e.Offline {
		e.askAboutSession(l, held)
	}
}

func (e *examination) options(profile string) provider.Options {
	return provider.Options{
		Profile: profile, Keychain: e.Keychain, Cache: e.Doctor.Cache, Environ: e.Environ, Getenv: e.Getenv,
		Now: e.Now, Timeout: e.Timeout, NoInput: true, Home: e.Home,
	}
}
