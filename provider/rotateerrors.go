package provider

import (
	"errors"
	"fmt"
	"strings"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
)

// standing adds to an error where the rotation stands and how to go on.
func (r *rotating) standing(err error) error {
	hint := fault.HintOf(err)
	if hint != "" {
		hint += "\n"
	}
	stands, next := "the key "+LastFour(r.item.AccessKeyID)+" is in use as before", "to try again"
	if r.item.Rotation != nil {
		stands, next = standOf(r.item)
	}
	if !strings.Contains(hint, "awsmint rotate ") {
		stands += fmt.Sprintf("; %s, run: awsmint rotate %s", next, r.Profile)
	}
	return fault.Wrap(err, fault.StatusOf(err), err.Error(), hint+stands)
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

// standOf is where a journal stands, and what is left to be done.
func standOf(item keychain.Key) (stands, next string) {
	current := LastFour(item.AccessKeyID)
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
