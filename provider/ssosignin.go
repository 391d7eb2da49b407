package provider

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/awsmint/awsmint/cache"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

// signInTimeout is how long a person has for a sign-in, the second factor
// included. AWS's own device codes live as long.
const signInTimeout = 10 * time.Minute

// SignIn is how a person signs in to IAM Identity Center.
type SignIn struct {
	// Browser opens a page. Where it is nil, or fails, a code is shown
	// that is typed on any other machine.
	Browser func(url string) error

	// Tell says something to the person: where to go, and the code. What it
	// says is of one or more lines.
	Tell func(text string) error

	// Wait waits between two polls, until ctx ends; nil: by the clock.
	Wait func(ctx context.Context, d time.Duration) error

	// Timeout is the time that the person has; 0: 10 minutes.
	Timeout time.Duration
}

// time is how long the person has.
func (s *SignIn) time() time.Duration {
	if s.Timeout == 0 {
		return signInTimeout
	}
	return s.Timeout
}

// minutes is a time span as it is said to somebody: "10 minutes".
func minutes(d time.Duration) string {
	if d <= time.Minute || d%time.Minute != 0 {
		return Span(d)
	}
	return fmt.Sprintf("%d minutes", d/time.Minute)
}

// SignInTo makes sure that there is a token for the IAM Identity Center that a
// chain begins with, and a new one with force. Without force nobody is asked
// while there is one that lives or can be renewed, and that the portal takes.
// It returns the chain's first link, or nil where that is none of IAM Identity
// Center.
func SignInTo(ctx context.Context, link Link, o Options, force bool) (at *SSO, err error) {
	at, ok := Root(link).(*SSO)
	if !ok {
		return nil, nil
	}
	if err := at.Client.ready(); err != nil {
		return at, err
	}
	o = o.withDefaults()
	tokens := o.ssoTokens(at)
	if force {
		return at, tokens.force(ctx)
	}
	if _, err = tokens.get(ctx, secret.String{}); err == nil {
		// Whether the portal takes it shows where it is used.
		_, err = o.cached(at).Retrieve(ctx)
	}
	return at, err
}

// force signs in whatever there is, as a client that registers anew: that AWS
// forgot a registration shows in the browser alone.
func (t *ssoTokens) force(ctx context.Context) error {
	if t.signIn == nil {
		return t.notSignedIn()
	}
	unlock, err := t.lock(ctx, signingIn)
	if err != nil {
		return err
	}
	defer unlock()
	// A locked keychain is told before anybody is asked.
	if _, _, err := t.lookUp(ctx, secret.String{}); err != nil {
		return err
	}
	_, err = t.signInAnew(ctx, oidcClient{})
	return err
}

// signInAnew asks the person, under the lock. known is the registration of an
// earlier sign-in.
func (t *ssoTokens) signInAnew(parent context.Context, known oidcClient) (signedIn, error) {
	ctx, cancel := context.WithTimeout(parent, t.signIn.time())
	defer cancel()
	begun, asked := t.cache.Generation(t.name.Scope), t.now()
	fresh, err := t.askPerson(ctx, known)
	switch {
	case err == nil:
		// Somebody else may have signed in than before: a new generation
		// leaves behind what the access portal gave until now. Who signed
		// out meanwhile stays signed out.
		if scope := t.name.Scope; t.cache.Generation(scope) == begun {
			if _, err := t.cache.RemoveScope(scope); err != nil {
				t.log.Debug("the earlier sign-in is left", "error", err)
			}
			begun = t.cache.Generation(scope)
		}
		t.store(ctx, begun, cache.Times{Issued: asked, Expires: fresh.useless()}, fresh.encode())
		return fresh, nil
	case errors.Is(parent.Err(), context.Canceled):
		return signedIn{}, fault.Wrap(parent.Err(), fault.Person, "cancelled", "")
	case ctx.Err() != nil:
		err = fault.Wrap(ctx.Err(), fault.Person,
			fmt.Sprintf("nobody signed in to IAM Identity Center (%s) in %s", t.center.link.StartURL, Span(t.now().Sub(asked))),
			"run: awsmint login "+t.center.link.profile+"; if the browser showed an error, add --force")
	}
	return signedIn{}, err
}

// askPerson signs in with the browser, and where none can be opened with a
// device code.
func (t *ssoTokens) askPerson(ctx context.Context, known oidcClient) (signedIn, error) {
	if t.signIn.Browser != nil {
		client, err := t.registered(ctx, known, false)
		if err != nil {
			return signedIn{}, err
		}
		fresh, err := t.withBrowser(ctx, client)
		if !errors.Is(err, errNoBrowser) {
			return fresh, err
		}
		t.log.Debug("no browser", "error", err)
	}
	client, err := t.registered(ctx, known, true)
	if err != nil {
		return signedIn{}, err
	}
	fresh, err := t.withDevice(ctx, client)
	if client == known && isUnknownClient(err) {
		if client, err = t.registered(ctx, oidcClient{}, true); err == nil {
			fresh, err = t.withDevice(ctx, client)
		}
	}
	return fresh, err
}

// registered is awsmint's registration: the known one while it holds, and a
// new one where it is for the other way of signing in.
func (t *ssoTokens) registered(ctx context.Context, known oidcClient, device bool) (oidcClient, error) {
	if known.id != "" && known.device == device && known.expires.Sub(t.now()) > registrationWindow {
		return known, nil
	}
	return t.center.register(ctx, device)
}
