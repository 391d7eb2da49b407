package keychain

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/awsmint/awsmint/internal/fault"
)

// What went wrong, for errors.Is. The errors returned are *fault.Error around
// these, with status Missing for ErrNotFound, Person where nobody could be
// asked or the call was cancelled (then context.Canceled is in the chain too),
// and Keychain for the rest.
var (
	// ErrNotFound: nothing is kept for the account.
	ErrNotFound = errors.New("not found in the keychain")
	// ErrLocked: the keychain has to be unlocked first, and was not.
	ErrLocked = errors.New("the keychain is locked")
	// ErrUnreachable: the keychain is not there, or did not answer in time.
	ErrUnreachable = errors.New("the keychain can't be reached")
	// ErrDenied: the keychain or the file system refused this user or program.
	ErrDenied = errors.New("the keychain denied access")
	// ErrTooLarge: the value is longer than the keychain can keep.
	ErrTooLarge = errors.New("too large for the keychain")
	// ErrPassphrase: the vault's passphrase is wrong or empty.
	ErrPassphrase = errors.New("wrong passphrase")
)

// errDamaged is a vault that is not what awsmint wrote.
var errDamaged = errors.New("the vault is damaged")

// failure returns a fault of status Keychain that errors.Is finds as kind and,
// unless it is nil, as cause.
func failure(kind, cause error, fact, hint string) *fault.Error {
	return fault.Wrap(errors.Join(kind, cause), fault.Keychain, fact, hint)
}

// notFound is the fault for an account that the keychain, described by where,
// does not know.
func notFound(account, where string) *fault.Error {
	return fault.Wrap(ErrNotFound, fault.Missing,
		fmt.Sprintf("nothing is stored for %q in %s", account, where),
		storeHint(account)+"\nif it was stored in another keychain, set "+envKeychain+" (os or file) as it was then")
}

func storeHint(account string) string {
	if profile, ok := strings.CutPrefix(account, keyPrefix); ok {
		return "store the access key: awsmint add " + profile
	}
	if profile, ok := strings.CutPrefix(account, seedPrefix); ok {
		return "without a stored seed the code is asked for; to store one, give it to: awsmint add --stdin " + profile
	}
	return "it is made anew on the next login"
}

// cancelled is the fault for a call whose context was cancelled.
func cancelled(ctx context.Context, doing string) *fault.Error {
	return fault.Wrap(ctx.Err(), fault.Person, doing+" was cancelled", "run the command again")
}

// maxForeignText bounds what is shown of a text that came from elsewhere, in
// bytes, so that a message stays a line.
const maxForeignText = 200

// foreign makes one short line of another program's error text.
func foreign(err error) string {
	text := strings.Join(strings.Fields(err.Error()), " ")
	if len(text) > maxForeignText {
		text = strings.ToValidUTF8(text[:maxForeignText], "") + "…"
	}
	return text
}
