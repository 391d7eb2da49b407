package provider

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"

	"github.com/awsmint/awsmint/cache"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/secret"
)

// dataKey is the key that the cache is sealed with: one keychain item, made
// when the first entry is stored, read once a run; and anew in a program that
// runs on after everything was forgotten, which begins a new generation.
type dataKey struct {
	keychain keychain.Keychain
	cache    *cache.Cache

	mu   sync.Mutex // guards what follows
	key  secret.String
	read cache.Generation // of the whole cache, when key was read
}

// get returns the key, or the zero String where there is none yet.
func (d *dataKey) get(ctx context.Context) (secret.String, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.cache.Generation("")
	if !d.key.IsZero() && d.read == now {
		return d.key, nil
	}
	d.key, d.read = secret.String{}, now
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

// getOrMake makes the key where there is none. Processes that come here at
// once make one between them, under the cache's lock.
func (d *dataKey) getOrMake(ctx context.Context) (secret.String, error) {
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
	d.key, d.read = key, d.cache.Generation("")
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
