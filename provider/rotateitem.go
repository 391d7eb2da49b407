package provider

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
)

// read is the key of a profile, as it stands in the keychain.
func (r *rotating) read(ctx context.Context, profile string) (keychain.Key, error) {
	return (&keyProvider{link: &Key{profile: profile}, keychain: r.Options.Keychain}).key(ctx)
}

// errReplaced is in the chain of errors where another process has removed the
// key, or put another one into its place, while this one was at work.
var errReplaced = errors.New("replaced meanwhile")

// current is the item as it stands in the keychain now, if its keys and journal
// are those that this run has left there. What is noted beside them may be
// another process's.
func (r *rotating) current(ctx context.Context) (keychain.Key, error) {
	there, err := r.read(ctx, r.Profile)
	became := "replaced"
	switch {
	case errors.Is(err, keychain.ErrNotFound):
		became = "removed"
	case err != nil || keychain.SameKeys(there, r.item):
		return there, err
	}
	return there, fault.Wrap(errReplaced, fault.Failure, fmt.Sprintf("the key of profile %q in the keychain was %s meanwhile", r.Profile, became), "")
}

// write puts the key back with another journal; nil: none.
func (r *rotating) write(ctx context.Context, journal *keychain.Rotation) error {
	return r.store(ctx, func(item keychain.Key) keychain.Key { item.Rotation = journal; return item })
}

// store changes the item in the keychain, unless somebody else has done so. A
// run that is being cancelled finishes this: what is lost here may be a secret.
func (r *rotating) store(ctx context.Context, change func(keychain.Key) keychain.Key) error {
	ctx = context.WithoutCancel(ctx)
	item, err := r.current(ctx)
	if err != nil {
		return err
	}
	next := change(item)
	if err := r.Options.Keychain.Set(ctx, keychain.KeyAccount(r.Profile), keychain.EncodeKey(next)); err != nil {
		// A keychain that answered too late may have stored it all the same.
		if there, readErr := r.read(ctx, r.Profile); readErr != nil || keychain.EncodeKey(there) != keychain.EncodeKey(next) {
			return err
		}
	}
	r.item = next
	return nil
}

// withdraw deletes a new key that only the item held which is gone now: nobody
// will ever use it.
func (r *rotating) withdraw(ctx context.Context) {
	if r.step() != keychain.RotationPending || len(r.Publish) > 0 || len(r.item.Rotation.Wanted) > 0 {
		return
	}
	pending := r.item.Rotation.Pending.AccessKeyID
	if there, err := r.read(ctx, r.Profile); err != nil && !errors.Is(err, keychain.ErrNotFound) || holds(there, pending) {
		return
	}
	r.discard(ctx, pending)
}

// follow gives the key of an item to the other profiles that have the one with
// an id.
func (r *rotating) follow(ctx context.Context, id string, leader keychain.Key) error {
	for _, profile := range r.Shared {
		item, err := r.read(ctx, profile)
		if errors.Is(err, keychain.ErrNotFound) || err == nil && (item.AccessKeyID != id || profile == r.Profile) {
			continue
		}
		if err != nil {
			return err
		}
		next := inUse(pairOf(leader), item)
		next.ARN, next.MadeAt = leader.ARN, leader.MadeAt
		if err := r.Options.Keychain.Set(ctx, keychain.KeyAccount(profile), keychain.EncodeKey(next)); err != nil {
			return err
		}
	}
	return nil
}

// inUse is an item with another key in use, and no journal. When AWS made that
// is for the caller to add.
func inUse(pair keychain.KeyPair, item keychain.Key) keychain.Key {
	item.AccessKeyID, item.SecretAccessKey, item.CreatedAt = pair.AccessKeyID, pair.SecretAccessKey, pair.CreatedAt
	item.MadeAt, item.Rotation = time.Time{}, nil
	return item
}

// pairOf is the key in use of an item.
func pairOf(item keychain.Key) keychain.KeyPair {
	return keychain.KeyPair{AccessKeyID: item.AccessKeyID, SecretAccessKey: item.SecretAccessKey, CreatedAt: item.CreatedAt}
}

// holds reports whether an item has the key with an id, in use or in its journal.
func holds(item keychain.Key, id string) bool {
	return item.AccessKeyID == id || item.Rotation != nil && (item.Rotation.Pending.AccessKeyID == id || item.Rotation.Retiring.AccessKeyID == id)
}
