package keychain

import (
	"errors"
	"fmt"

	"github.com/zalando/go-keyring"
)

// The way round an OS keychain that does not work.
const (
	fileHint      = "keep the secrets in a file sealed with a passphrase: " + envKeychain + "=file"
	elsewhereHint = "or " + fileHint
)

// errBroken is a call that panicked inside go-keyring.
var errBroken = errors.New("the connection broke off")

// explain turns an error of the OS keychain into one that says what to do.
func (k *osKeychain) explain(err error, account, doing string) error {
	switch kind := kindOf(err); kind {
	case ErrNotFound:
		return notFound(account, osName)
	case ErrLocked:
		return failure(kind, err, fmt.Sprintf("%s is locked, or the dialog to unlock it was dismissed (%s)", osName, doing),
			osUnlockHint+"\n"+elsewhereHint)
	case ErrTooLarge:
		return failure(kind, err, fmt.Sprintf("the value is too large for %s (%s)", osName, doing),
			osLimitHint+"\n"+elsewhereHint)
	case ErrDenied:
		return failure(kind, err, fmt.Sprintf("%s denied access (%s): %s", osName, doing, foreign(err)),
			osDeniedHint+"\n"+elsewhereHint)
	case ErrUnreachable:
		return failure(kind, err, fmt.Sprintf("%s can't be reached (%s): %s", osName, doing, foreign(err)),
			osAnswerHint+"\n"+elsewhereHint)
	default:
		return failure(nil, err, fmt.Sprintf("%s failed (%s): %s", osName, doing, foreign(err)),
			osAnswerHint+"\n"+elsewhereHint)
	}
}

// kindOf returns which of this package's errors err is, or nil.
func kindOf(err error) error {
	switch {
	case errors.Is(err, keyring.ErrNotFound):
		return ErrNotFound
	case errors.Is(err, keyring.ErrSetDataTooBig):
		return ErrTooLarge
	case errors.Is(err, keyring.ErrUnsupportedPlatform), errors.Is(err, errBroken):
		return ErrUnreachable
	case errors.Is(err, errNotKept):
		return ErrLocked
	}
	return kindOfOS(err)
}

// securityKind says what an exit status of macOS's /usr/bin/security means. It
// is the last byte of an OSStatus: -25300 (errSecItemNotFound) ends as 44. The
// numbers are those of SecBase.h.
func securityKind(exit int) error {
	switch exit {
	case 44: // errSecItemNotFound, -25300
		return ErrNotFound
	case 29, 36: // errSecInteractionRequired, -25315; errSecInteractionNotAllowed, -25308
		return ErrLocked
	case 128: // errSecUserCanceled, -128
		return ErrLocked
	case 30, 51, 52, 195: // errSecMissingEntitlement, -34018; errSecAuthFailed, -25293; errSecReadOnly, -25292; wrPermErr, -61
		return ErrDenied
	case 42: // errSecDataTooLarge, -25302
		return ErrTooLarge
	case 37, 49, 50, 53: // errSecNoDefaultKeychain, -25307; errSecInvalidKeychain, -25295; errSecNoSuchKeychain, -25294; errSecNotAvailable, -25291
		return ErrUnreachable
	}
	return nil
}
