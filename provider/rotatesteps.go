package provider

import (
	"context"
	"fmt"
	"slices"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
)

// takeOver puts the new key into the place of the old one, once it works and
// everybody has it who is to have it.
func (r *rotating) takeOver(ctx context.Context) error {
	// A person who is needed for the steps to come is asked before anything
	// changes.
	if _, err := r.credentials(ctx); err != nil {
		return err
	}
	journal := *r.item.Rotation
	identity, err := r.await(ctx, journal.Pending)
	if isUnknownKey(err) {
		return r.lost(ctx, err)
	}
	if err != nil {
		return err
	}
	r.tell(KeyWorks, journal.Pending.AccessKeyID)
	if _, err := r.current(ctx); err != nil {
		return err
	}
	if err := r.publish(ctx, identity); err != nil {
		return err
	}
	if r.MayRetire != nil {
		if err := r.MayRetire(ctx, r.item.AccessKeyID); err != nil {
			return err
		}
	}
	err = r.store(ctx, func(old keychain.Key) keychain.Key {
		next := inUse(journal.Pending, old)
		next.ARN, next.MadeAt = firstSet(identity.ARN, old.ARN), journal.Pending.CreatedAt
		next.Rotation = &keychain.Rotation{Step: keychain.RotationSwitched, Began: journal.Began, Retiring: pairOf(old)}
		return next
	})
	if err != nil {
		return err
	}
	r.tell(KeySwitched, r.item.AccessKeyID)
	return nil
}

// lost looks what became of a new key that AWS does not know.
func (r *rotating) lost(ctx context.Context, unknown error) error {
	pending := r.item.Rotation.Pending.AccessKeyID
	keys, _, err := r.list(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(keys, func(key UserKey) bool { return key.ID == pending })
	switch {
	case i < 0:
		r.tell(KeyGone, pending)
		return r.write(ctx, nil)
	case !keys[i].Active:
		return fault.Wrap(unknown, fault.Refused, fmt.Sprintf("somebody has deactivated the new key %s", LastFour(pending)),
			"activate it in the IAM console, or delete it there")
	}
	return unknown
}

// retire deactivates the old key. What was minted from it is forgotten, and the
// profiles that have the same key get the new one, before it stops working.
func (r *rotating) retire(ctx context.Context) error {
	old := r.item.Rotation.Retiring
	if err := r.follow(ctx, old.AccessKeyID, r.item); err != nil {
		return err
	}
	if err := r.Forget(); err != nil {
		return fault.Wrap(err, fault.Failure, fmt.Sprintf("cached credentials of the old key can't be removed: %v", err), "make the cache directory writable")
	}
	if _, err := r.current(ctx); err != nil {
		return err
	}
	if err := r.deactivateKey(ctx, old.AccessKeyID); err != nil {
		return err
	}
	journal := *r.item.Rotation
	journal.Step = keychain.RotationDeactivated
	if err := r.write(ctx, &journal); err != nil {
		return err
	}
	r.tell(KeyDeactivated, old.AccessKeyID)
	return nil
}

// finish deletes the old key once it is certain that the new one works without
// it, and closes the journal.
func (r *rotating) finish(ctx context.Context) error {
	if _, err := r.await(ctx, pairOf(r.item)); err != nil {
		return err
	}
	if _, err := r.current(ctx); err != nil {
		return err
	}
	journal := r.item.Rotation
	if err := r.deleteKey(ctx, journal.Retiring.AccessKeyID); err != nil {
		return err
	}
	r.result.Old, r.result.New, r.result.Began = journal.Retiring.AccessKeyID, r.item.AccessKeyID, journal.Began
	if err := r.write(ctx, nil); err != nil {
		return err
	}
	r.tell(KeyDeleted, r.result.Old)
	return nil
}

// survive looks, where an earlier run has switched, whether the new key still
// works. Where AWS knows it no more and the old one works, that is put back.
func (r *rotating) survive(ctx context.Context) error {
	if step := r.step(); step != keychain.RotationSwitched && step != keychain.RotationDeactivated {
		return nil
	}
	gone := r.item
	_, err := r.await(ctx, pairOf(gone))
	if !isUnknownKey(err) {
		return err
	}
	old := gone.Rotation.Retiring
	if _, oldErr := r.identity(ctx, old); oldErr != nil {
		return fault.Wrap(err, fault.Refused, fmt.Sprintf("AWS knows neither the new key %s nor the old one %s", LastFour(gone.AccessKeyID), LastFour(old.AccessKeyID)),
			"activate one of them in the IAM console")
	}
	if err := r.follow(ctx, gone.AccessKeyID, inUse(old, gone)); err != nil {
		return err
	}
	if err := r.store(ctx, func(item keychain.Key) keychain.Key { return inUse(old, item) }); err != nil {
		return err
	}
	r.tell(KeyGone, gone.AccessKeyID)
	return nil
}
