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

// write puts the key back with another journal; nil: none.
func (r *rotating) write(ctx context.Context, journal *keychain.Rotation) error {
	next := r.item
	next.Rotation = journal
	return r.store(ctx, next)
}

// store replaces the key in the keychain, unless somebody else has done so. A
// run that is being cancelled finishes this: what is lost here may be a secret.
func (r *rotating) store(ctx context.Context, next keychain.Key) error {
	ctx = context.WithoutCancel(ctx)
	there, err := r.read(ctx, r.Profile)
	if err != nil && !errors.Is(err, keychain.ErrNotFound) {
		return err
	}
	if keychain.EncodeKey(there) != keychain.EncodeKey(r.item) {
		return fault.New(fault.Failure, fmt.Sprintf("the key of profile %q in the keychain was replaced or removed meanwhile", r.Profile),
			"see what is stored there now: awsmint list; and which keys the user has: the IAM console")
	}
	if err := r.Options.Keychain.Set(ctx, keychain.KeyAccount(r.Profile), keychain.EncodeKey(next)); err != nil {
		// A keychain that answered too late may have stored it all the same.
		if there, readErr := r.read(ctx, r.Profile); readErr != nil || keychain.EncodeKey(there) != keychain.EncodeKey(next) {
			return err
		}
	}
	r.item = next
	return nil
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
