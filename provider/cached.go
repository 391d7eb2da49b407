package provider

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/cache"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/filelock"
)

// Cached hands out the credentials of a link from the cache, and mints them
// anew from Source when too little of their life is left. However many
// processes ask at once, one mints and the others get what it minted.
type Cached struct {
	Source aws.CredentialsProvider

	// Window is the expiry window: credentials with less than this left are
	// minted anew. 0 means the lesser of 20 minutes and a third of their life.
	Window time.Duration

	// Force mints anew whatever is cached.
	Force bool
	// Strict makes a failed renewal an error although the old credentials
	// are still valid.
	Strict bool

	attended func(context.Context) bool // whether a mint may need a person
	timeout  time.Duration              // for a mint that needs none

	name  cache.Name
	cache *cache.Cache
	keys  *dataKey
	now   func() time.Time
	log   *slog.Logger
}

// found is what a look-up gave: nothing, or credentials that live.
type found struct {
	credentials aws.Credentials
	alive       bool
	fresh       bool
}

// Retrieve implements aws.CredentialsProvider. Credentials that live, though
// not for long, are the fall-back when no new ones can be had: valid
// credentials are better than none, and they carry their true expiration.
func (c *Cached) Retrieve(ctx context.Context) (aws.Credentials, error) {
	old, err := c.lookUp(ctx)
	if err != nil {
		return aws.Credentials{}, err
	}
	if old.fresh && !c.Force {
		c.log.Debug("cache hit", "expires", old.credentials.Expires)
		return old.credentials, nil
	}
	renewed, err := c.renew(ctx)
	if err != nil && old.alive && !c.Strict {
		c.log.Debug("not renewed, still valid", "expires", old.credentials.Expires, "error", err)
		return old.credentials, nil
	}
	return renewed, err
}

// Cached returns what is in the cache and lives, without minting. ok is false
// where there is nothing. It reads the header alone, so it needs no key.
func (c *Cached) Cached() (times cache.Times, ok bool) {
	sealed, ok := c.cache.Read(c.name)
	return sealed.Times, ok && c.now().Before(sealed.Times.Expires)
}

// renew mints under the lock, unless another process did so meanwhile.
func (c *Cached) renew(ctx context.Context) (aws.Credentials, error) {
	asked := c.now()
	unlock, err := c.cache.Lock(ctx, c.name)
	var held *filelock.HeldError
	switch {
	case err == nil:
		defer unlock()
	case errors.As(err, &held):
		return aws.Credentials{}, waitedInVain(held, c.now().Sub(asked))
	default:
		// A cache that can't be written, on a full disk or in a read-only
		// home, is no reason to have no credentials.
		c.log.Debug("no lock", "error", err)
	}

	if !c.Force {
		if now, err := c.lookUp(ctx); err != nil || now.fresh {
			return now.credentials, err
		}
	}
	if !c.attended(ctx) {
		var cancel context.CancelFunc
		ctx, cancel = withBudget(ctx, c.timeout)
		defer cancel()
	}
	begun := c.cache.Generation(c.name.Scope)
	minted, err := c.Source.Retrieve(ctx)
	if err != nil {
		return aws.Credentials{}, err
	}
	c.store(ctx, begun, asked, minted)
	return minted, nil
}

func (c *Cached) lookUp(ctx context.Context) (found, error) {
	sealed, ok := c.cache.Read(c.name)
	if !ok || !c.now().Before(sealed.Times.Expires) {
		return found{}, nil
	}
	key, err := c.keys.get(ctx)
	if err != nil || key.IsZero() {
		return found{}, err
	}
	plain, ok := sealed.Open(key)
	if !ok {
		return found{}, nil
	}
	credentials, ok := decodeEntry(plain, sealed.Times)
	if !ok {
		return found{}, nil
	}
	left := sealed.Times.Expires.Sub(c.now())
	return found{credentials, true, left > c.window(sealed.Times)}, nil
}

func (c *Cached) window(t cache.Times) time.Duration {
	if c.Window > 0 {
		return c.Window
	}
	return min(maxExpiryWindow, t.Expires.Sub(t.Issued)/3)
}

// storeTimeout bounds what is done after the credentials are there, and after
// the run's own deadline or a signal may have ended ctx: what was minted with
// a person's code is worth keeping all the same.
const storeTimeout = 5 * time.Second

// store keeps what was minted. It never fails a run that has credentials.
func (c *Cached) store(ctx context.Context, begun cache.Generation, issued time.Time, minted aws.Credentials) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	key, err := c.keys.getOrMake(ctx)
	if err == nil {
		err = c.cache.Store(c.name, begun, key, cache.Times{Issued: issued, Expires: minted.Expires}, encodeEntry(minted))
	}
	if err != nil {
		c.log.Debug("not cached", "error", err)
		return
	}
	c.cache.Sweep()
}

func waitedInVain(held *filelock.HeldError, waited time.Duration) error {
	if errors.Is(held, context.Canceled) {
		return fault.Wrap(held, fault.Person, "cancelled", "")
	}
	holder := "another process"
	if held.PID != 0 {
		holder = fmt.Sprintf("process %d", held.PID)
	}
	return fault.Wrap(held, fault.Failure,
		fmt.Sprintf("%s is minting these credentials and was not done in %s", holder, Span(waited)),
		"it may be asking for an MFA code: answer its prompt, or end it, and run the same command again")
}
