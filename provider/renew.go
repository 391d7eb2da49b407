package provider

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/cache"
)

const (
	// hurry is how long a renewal may take, the wait for its lock included,
	// while the credentials that it is to replace still live: 5 s is the
	// shortest limit that an SDK has set (Rust, until 2026-07).
	hurry = 5 * time.Second

	// hurryPause is how long after such a renewal took too long the next one
	// is tried. Until then the old credentials are handed out at once.
	hurryPause = 30 * time.Second

	// hurryLeft is how long the old credentials must live to be worth a hurry:
	// whoever gets them needs time to use them.
	hurryLeft = time.Minute
)

// What is noted of an entry.
const (
	noteTooSlow = "slow"   // a renewal in a hurry was not done in time
	noteNotKept = "unkept" // the last mint gave what has no expiration
)

// mayHurry reports whether a renewal can be done without: what there is lives
// on for a while, and nobody asked for anything new.
func (c *Cached) mayHurry(old found) bool {
	return old.alive && !c.Force && !c.Strict && old.credentials.Expires.Sub(c.now()) > hurryLeft
}

// wasTooSlow reports whether a renewal took too long a moment ago.
func (c *Cached) wasTooSlow() bool {
	at, ok := c.cache.Noted(c.name, noteTooSlow)
	ago := c.now().Sub(at)
	return ok && ago >= 0 && ago < hurryPause
}

// soon is ctx as far as the wait for a renewal goes. over notes for everybody
// that it was too long.
func (c *Cached) soon(ctx context.Context, hurried bool) (soon context.Context, over func()) {
	if !hurried {
		return ctx, func() {}
	}
	soon, cancel := withHurry(ctx, min(hurry, c.timeout))
	return soon, func() {
		if errors.Is(soon.Err(), context.DeadlineExceeded) {
			c.note(noteTooSlow)
		}
		cancel()
	}
}

// briefWaits is the context that ends the waits for locks in a mint, before the
// mint itself has to end.
type briefWaits struct{}

func withBriefWaits(ctx, waits context.Context) context.Context {
	return context.WithValue(ctx, briefWaits{}, waits)
}

// untilGivenUp is the context that ends the wait for a lock: ctx, but for a mint
// with brief waits.
func untilGivenUp(ctx context.Context) context.Context {
	if waits, ok := ctx.Value(briefWaits{}).(context.Context); ok {
		return waits
	}
	return ctx
}

// renew mints under the lock, unless another process did so meanwhile. What was
// not kept the last time is minted without the lock: nobody could share it.
func (c *Cached) renew(ctx context.Context, hurried bool) (aws.Credentials, error) {
	asked := c.now()
	soon, over := c.soon(ctx, hurried)
	defer over()
	unlock, err := c.lock(soon, minting)
	if err != nil {
		return aws.Credentials{}, err
	}
	defer unlock()
	if !c.Force {
		if now, err := c.lookUp(ctx); err != nil || now.fresh {
			return now.credentials, err
		}
	}
	if c.isNotKept() {
		unlock()
	}
	// Neither a person nor a program of the user's, which may ask one, is
	// hurried; but others, who may keep the sign-in busy for minutes, are not
	// waited for.
	if hurried {
		ctx = withBriefWaits(ctx, soon)
	}
	switch {
	case c.attended(ctx):
	case hurried && !c.unhurried:
		ctx = soon
	default:
		var cancel context.CancelFunc
		ctx, cancel = withBudget(ctx, c.timeout)
		defer cancel()
	}
	return c.mint(ctx, asked)
}

// mint asks the source, and keeps what has an expiration.
func (c *Cached) mint(ctx context.Context, asked time.Time) (aws.Credentials, error) {
	begun := c.cache.Generation(c.name.Scope)
	minted, err := c.Source.Retrieve(ctx)
	if err == nil && c.last != "" {
		err = checkEnd(c.last, minted, c.now())
	}
	switch {
	case err != nil:
		return aws.Credentials{}, err
	case minted.CanExpire:
		c.store(ctx, begun, cache.Times{Issued: asked, Expires: minted.Expires}, encodeEntry(minted))
		if c.isNotKept() {
			_ = c.cache.RemoveNote(c.name, noteNotKept)
		}
	case !c.isNotKept():
		c.note(noteNotKept)
	}
	return minted, nil
}

// isNotKept reports whether the last mint of this entry gave what is not kept.
func (c *Cached) isNotKept() bool {
	_, noted := c.cache.Noted(c.name, noteNotKept)
	return noted
}

// note is of no importance where it can't be written: then there are no locks
// either, and nobody waits.
func (c *Cached) note(what string) {
	if err := c.cache.Note(c.name, what); err != nil {
		c.log.Debug("not noted", "what", what, "error", err)
	}
}

// takesItsTime reports whether a chain begins with what must not be cut short: a
// program of the user's, or a token that AWS replaces when it is used, so that
// an answer which nobody waits for would take the sign-in with it.
func takesItsTime(link Link) bool {
	switch root := Root(link).(type) {
	case *Process, *SSO, *Login:
		return true
	case *WebIdentity:
		return root.TokenProcess != ""
	}
	return false
}
