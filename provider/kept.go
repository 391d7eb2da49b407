package provider

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/awsmint/awsmint/cache"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/filelock"
)

// kept is one entry of the cache with the key that opens it, and the lock that
// makes one process renew it for all.
type kept struct {
	name  cache.Name
	cache *cache.Cache
	keys  *dataKey
	now   func() time.Time
	log   *slog.Logger
}

func (o *Options) kept(name cache.Name) kept {
	return kept{name: name, cache: o.Cache, keys: o.keys, now: o.Now, log: o.Log}
}

// read opens the entry. ok is false where there is none that lives; the error
// is the keychain's.
func (k *kept) read(ctx context.Context) (plain []byte, times cache.Times, ok bool, err error) {
	sealed, ok := k.cache.Read(k.name)
	if !ok || !k.now().Before(sealed.Times.Expires) {
		return nil, cache.Times{}, false, nil
	}
	asked := k.now()
	key, err := k.keys.get(ctx)
	if err != nil || key.IsZero() {
		return nil, cache.Times{}, false, err
	}
	if plain, ok = sealed.Open(key); ok {
		return plain, sealed.Times, true, nil
	}
	if key, ok, err = k.keys.another(ctx, asked); ok {
		plain, ok = sealed.Open(key)
	}
	return plain, sealed.Times, ok, err
}

// doing is what the holder of an entry's lock does, and what it may wait for.
type doing struct{ what, hint string }

var (
	minting   = doing{"minting these credentials", "it may be asking for an MFA code: answer its prompt"}
	signingIn = doing{"signing in to IAM Identity Center", "it may have a page open in the browser: answer it there"}
)

// lock waits for the entry's lock. The wait is for others and does not count
// as the run's own time; what can be done without has an end of its waits.
func (k *kept) lock(ctx context.Context, holder doing) (unlock func(), err error) {
	asked := k.now()
	resume := pauseBudget(ctx)
	unlock, err = k.cache.Lock(untilGivenUp(ctx), k.name)
	resume()
	var held *filelock.HeldError
	switch {
	case err == nil:
		return unlock, nil
	case errors.As(err, &held):
		return nil, waitedInVain(held, holder, k.now().Sub(asked))
	}
	// A cache that can't be written, on a full disk or in a read-only home, is
	// no reason to have no credentials.
	k.log.Debug("no lock", "error", err)
	return func() {}, nil
}

// storeTimeout bounds what is done after the credentials are there, and after
// the run's own deadline or a signal may have ended ctx: what was minted with
// a person's code is worth keeping all the same.
const storeTimeout = 5 * time.Second

// store keeps what was made. It never fails a run that has credentials.
func (k *kept) store(ctx context.Context, begun cache.Generation, times cache.Times, plain []byte) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	key, err := k.keys.getOrMake(ctx)
	if err == nil {
		err = k.cache.Store(k.name, begun, key, times, plain)
	}
	if err != nil {
		k.log.Debug("not cached", "error", err)
		return
	}
	k.cache.Sweep()
}

func waitedInVain(held *filelock.HeldError, does doing, waited time.Duration) error {
	if errors.Is(held, context.Canceled) {
		return fault.Wrap(held, fault.Person, "cancelled", "")
	}
	holder := "another process"
	if held.PID != 0 {
		holder = fmt.Sprintf("process %d", held.PID)
	}
	return fault.Wrap(held, fault.Failure,
		fmt.Sprintf("%s is %s and has not finished after %s", holder, does.what, Span(waited)),
		does.hint+", or end it, and run the same command again")
}
