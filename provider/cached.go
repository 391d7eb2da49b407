package provider

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/cache"
)

// Cached hands out the credentials of a link from the cache, and mints them
// anew from Source when too little of their life is left. However many
// processes ask at once, one mints and the others get what it minted. What has
// no expiration is handed on and not kept.
type Cached struct {
	Source aws.CredentialsProvider

	// Window is the expiry window: credentials with less than this left are
	// minted anew. 0, or one that leaves no use of credentials which live less
	// long than was asked for, means the lesser of 20 minutes and a third of
	// their life.
	Window time.Duration

	// Force mints anew whatever is cached.
	Force bool
	// Strict makes a failed renewal an error although the old credentials
	// are still valid.
	Strict bool

	timeout   time.Duration // for a mint that needs no person
	unhurried bool          // what it begins with must not be cut short
	last      string        // the profile, where the credentials leave awsmint; empty: a role is made of them
	sources   []string      // scopes in the cache of what the link is minted from
	kept
}

// minUse is the least time outside its window that makes an expiry window worth
// keeping to: with less, nearly every run would mint.
const minUse = time.Minute

// found is what a look-up gave: nothing, or credentials that live.
type found struct {
	credentials aws.Credentials
	alive       bool
	fresh       bool
}

// Retrieve implements aws.CredentialsProvider. Credentials that live, though
// not for long, are the fall-back when no new ones can be had: valid
// credentials are better than none, and they carry their true expiration. While
// they do, a renewal that nobody has to attend to may take 5 s.
func (c *Cached) Retrieve(ctx context.Context) (aws.Credentials, error) {
	return c.current().retrieve(ctx)
}

func (c *Cached) retrieve(ctx context.Context) (aws.Credentials, error) {
	ctx = withStart(ctx, c.now())
	old, err := c.lookUp(ctx)
	if err != nil {
		return aws.Credentials{}, err
	}
	if old.fresh && !c.Force {
		c.log.Debug("cache hit", "expires", old.credentials.Expires)
		return old.credentials, nil
	}
	hurried := c.mayHurry(old)
	if hurried && c.wasTooSlow() {
		c.log.Debug("not renewed again so soon, still valid", "expires", old.credentials.Expires)
		return old.credentials, nil
	}
	renewed, err := c.renew(ctx, hurried)
	// Trying may have taken until their end.
	if err != nil && old.alive && c.now().Before(old.credentials.Expires) && !c.Strict {
		c.log.Debug("not renewed, still valid", "expires", old.credentials.Expires, "error", err)
		return old.credentials, nil
	}
	return renewed, c.nothingKept(err)
}

// Cached returns what is in the cache and lives, without minting. ok is false
// where there is nothing; times are then those of what has expired, if it is
// still there. It reads the header alone, so it needs no key.
func (c *Cached) Cached() (times cache.Times, ok bool) {
	sealed, ok := c.cache.Read(c.current().name)
	return sealed.Times, ok && c.now().Before(sealed.Times.Expires)
}

// current is c with the name that its entry has now: it changes whenever what
// is cached for a source is forgotten. So logging out of a profile, storing
// another key for it, or another person's sign-in, reaches all that was made
// with its credentials, wherever the profiles stand.
func (c *Cached) current() *Cached {
	if len(c.sources) == 0 {
		return c
	}
	h := sha256.New()
	h.Write(c.name.Digest[:])
	for _, scope := range c.sources {
		writeText(h, c.cache.Generation(scope).Text())
	}
	now := *c
	h.Sum(now.name.Digest[:0])
	return &now
}

// attender is a provider that a person may have to attend to.
type attender interface {
	// attended reports whether Retrieve may ask a person.
	attended(context.Context) bool
}

func (c *Cached) attended(ctx context.Context) bool { return attended(ctx, c.Source) }

func attended(ctx context.Context, p aws.CredentialsProvider) bool {
	a, ok := p.(attender)
	return ok && a.attended(ctx)
}

// caller is whose credentials these are, where the source knows.
func (c *Cached) caller(ctx context.Context) string { return callerOf(ctx, c.Source) }

func (c *Cached) lookUp(ctx context.Context) (found, error) {
	plain, times, ok, err := c.read(ctx)
	if err != nil || !ok {
		return found{}, err
	}
	credentials, ok := decodeEntry(plain, times)
	if !ok {
		return found{}, nil
	}
	left := times.Expires.Sub(c.now())
	return found{credentials, true, left > c.window(times)}, nil
}

// Renewal is when credentials come into their expiry window: from then on
// Retrieve mints new ones.
func (c *Cached) Renewal(t cache.Times) time.Time { return t.Expires.Add(-c.window(t)) }

func (c *Cached) window(t cache.Times) time.Duration {
	life := t.Expires.Sub(t.Issued)
	if c.Window > 0 && c.Window < life-minUse {
		return c.Window
	}
	return min(maxExpiryWindow, life/3)
}
