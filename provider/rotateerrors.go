package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
)

// standing adds to an error where the rotation stands, as the keychain says now,
// and how to go on.
func (r *rotating) standing(ctx context.Context, err error) error {
	hint := fault.HintOf(err)
	if hint != "" {
		hint += "\n"
	}
	stands, next := r.stands(ctx)
	if next != "" && !strings.Contains(hint, "awsmint rotate ") {
		stands += fmt.Sprintf("; %s, run: awsmint rotate %s", next, r.Profile)
		if r.step() == keychain.RotationPending && len(r.Publish) > 0 {
			stands += ", with the same --publish if one was given" // those of the profile come by themselves
		}
	}
	return fault.Wrap(err, fault.StatusOf(err), err.Error(), hint+stands)
}

// stands is where the rotation stands, and what is left to be done by another
// run. Another process may have changed that since this one last wrote it.
func (r *rotating) stands(ctx context.Context) (stands, next string) {
	there, err := r.read(ctx, r.Profile)
	switch {
	case errors.Is(err, keychain.ErrNotFound):
		return fmt.Sprintf("profile %q has no key in the keychain any more", r.Profile) + r.elsewhere(keychain.Key{}), ""
	case err != nil:
		stands, next = standOf(r.item)
		return "when the keychain could last be read, " + stands, next
	case keychain.SameKeys(there, r.item):
		return standOf(there)
	case there.Rotation != nil:
		stands, next = standOf(there)
	default:
		stands = "the key " + LastFour(there.AccessKeyID) + ", which was stored meanwhile, is in use"
		if r.step() == keychain.RotationDeactivated && there.AccessKeyID == r.item.Rotation.Retiring.AccessKeyID {
			stands += "; at AWS it is inactive: activate it in the IAM console"
		}
	}
	return stands + r.elsewhere(there), next
}

// elsewhere names the keys of this run that the keychain does not hold any more
// and AWS has.
func (r *rotating) elsewhere(there keychain.Key) string {
	var named []string
	add := func(id, about string) {
		if id != "" && id != r.result.Old && !holds(there, id) && !slices.Contains(r.result.Deleted, id) {
			named = append(named, LastFour(id)+about)
		}
	}
	add(r.item.AccessKeyID, "")
	if journal := r.item.Rotation; journal != nil {
		add(journal.Pending.AccessKeyID, "")
		about := ""
		if journal.Step == keychain.RotationDeactivated {
			about = ", which is inactive"
		}
		add(journal.Retiring.AccessKeyID, about)
	}
	if r.unkept != "" && !holds(r.item, r.unkept) {
		add(r.unkept, ", whose secret nobody knows")
	}
	switch len(named) {
	case 0:
		return ""
	case 1:
		return "; at AWS there is " + named[0] + ": delete it in the IAM console if nobody uses it"
	}
	return "; at AWS there are " + strings.Join(named, " and ") + ": delete those in the IAM console that nobody uses"
}

// alsoSaying is an error with the fact and the advice of another that came of it.
func alsoSaying(err, other error) error {
	return fault.Wrap(err, fault.StatusOf(err), err.Error()+"; "+other.Error(), fault.HintOf(other))
}

// unread is for a key that could not be read.
func (r *rotating) unread(err error) error {
	if errors.Is(err, keychain.ErrNotFound) {
		return err
	}
	hint := fault.HintOf(err)
	if hint != "" {
		hint += "\n"
	}
	return fault.Wrap(err, fault.StatusOf(err), err.Error(), hint+"nothing was changed; then run: awsmint rotate "+r.Profile)
}

// Unfinished says where the rotation of a key stands that was interrupted, for
// a person: without a full stop, and without the command that finishes it. It
// is empty where there is none.
func Unfinished(item keychain.Key) string {
	if item.Rotation == nil {
		return ""
	}
	stands, _ := standOf(item)
	return stands
}

// standOf is where an item's rotation stands, and what is left to be done.
func standOf(item keychain.Key) (stands, next string) {
	current := LastFour(item.AccessKeyID)
	if item.Rotation == nil {
		return "the key " + current + " is in use as before", "to try again"
	}
	pending, retiring := LastFour(item.Rotation.Pending.AccessKeyID), LastFour(item.Rotation.Retiring.AccessKeyID)
	switch item.Rotation.Step {
	case keychain.RotationCreating:
		return "the key " + current + " is in use as before, and AWS may have made another that nobody knows the secret of",
			"to remove that and begin anew"
	case keychain.RotationPending:
		return fmt.Sprintf("the new key %s is stored, %s is in use as before, and both are valid", pending, current),
			"to go on from here"
	case keychain.RotationSwitched:
		return fmt.Sprintf("the new key %s is in use, and the old one %s still valid", current, retiring),
			"to deactivate and delete that"
	case keychain.RotationDeactivated:
		return fmt.Sprintf("the new key %s is in use, and the old one %s inactive", current, retiring),
			"to delete that"
	}
	return "the key " + current + " is in use", "once that is done"
}
