package provider

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"time"

	"github.com/awsmint/awsmint/cache"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/secret"
)

// trusted is how long the key is taken for the keychain's own without another
// look, where something is to be sealed with it: a run of awsmint is shorter.
const trusted = time.Minute

// dataKey is the key that the cache is sealed with: one keychain item, made
// when the first entry is stored, read once a run. A program that runs on reads
// it anew after everything was forgotten, which begins a new generation; and,
// since somebody may have deleted the item by hand, when the key does not open
// an entry, and before it seals another one.
type dataKey struct {
	keychain keychain.Keychain
	cache    *cache.Cache
	now      func() time.Time

	mu    sync.Mutex // guards what follows
	key   secret.String
	begun cache.Generation // of the whole cache, when key was read
	read  time.Time
}

// get returns the key, or the zero String where there is none yet.
func (d *dataKey) get(ctx context.Context) (secret.String, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.cache.Generation("")
	if !d.key.IsZero() && d.begun == now {
		return d.key, nil
	}
	d.key, d.begun, d.read = secret.String{}, now, d.now()
	value, err := d.keychain.Get(ctx, keychain.CacheKeyAccount)
	if errors.Is(err, keychain.ErrNotFound) {
		return secret.String{}, nil
	}
	if err != nil {
		return secret.String{}, err
	}
	// A key that can't be read seals nothing that can: it counts as none,
	// and the next mint replaces it. Only cached sessions are lost.
	d.key, _ = keychain.DecodeDataKey(value)
	return d.key, nil
}

// another is for an entry that the key did not open: it reads the key anew. ok
// is false where that was done since the time asked, or where there is none.
func (d *dataKey) another(ctx context.Context, asked time.Time) (key secret.String, ok bool, err error) {
	if !d.forget(asked) {
		return secret.String{}, false, nil
	}
	key, err = d.get(ctx)
	return key, err == nil && !key.IsZero(), err
}

// forget drops a key that was read before a time, and reports whether it was.
func (d *dataKey) forget(before time.Time) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.read.Before(before) {
		return false
	}
	d.key = secret.String{}
	return true
}

// getOrMake makes the key where there is none. Processes that come here at
// once make one between them, under the cache's lock.
func (d *dataKey) getOrMake(ctx context.Context) (secret.String, error) {
	d.forget(d.now().Add(-trusted))
	if key, err := d.get(ctx); err != nil || !key.IsZero() {
		return key, err
	}
	unlock, err := d.cache.LockDir(ctx)
	if err != nil {
		return secret.String{}, err
	}
	defer unlock()
	if key, err := d.get(ctx); err != nil || !key.IsZero() {
		return key, err
	}
	key, err := keychain.NewDataKey(rand.Reader)
	if err != nil {
		return secret.String{}, err
	}
	if err := d.keychain.Set(ctx, keychain.CacheKeyAccount, keychain.EncodeDataKey(key)); err != nil {
		return secret.String{}, err
	}
	d.mu.Lock()
	d.key, d.begun, d.read = key, d.cache.Generation(""), d.now()
	d.mu.Unlock()
	return key, nil
}

// ForgetDataKey removes the key that the cache is sealed with: what it sealed
// opens no more, copies included. The next mint makes a new one.
func ForgetDataKey(ctx context.Context, k keychain.Keychain) error {
	err := k.Delete(ctx, keychain.CacheKeyAccount)
	if errors.Is(err, keychain.ErrNotFound) {
		return nil
	}
	return err
}
