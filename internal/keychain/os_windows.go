package keychain

import (
	"errors"

	"golang.org/x/sys/windows"
)

const (
	osName       = "the Windows Credential Manager"
	osUnlockHint = "sign in to Windows and try again"
	osDeniedHint = "check that this account may use stored credentials (policy \"Do not allow storage of passwords\")"
	osAnswerHint = "check that the service \"Credential Manager\" (VaultSvc) runs, and that this is not a network logon such as SSH with a key"
	// osLimitHint gives CRED_MAX_CREDENTIAL_BLOB_SIZE (wincred.h), 5*512.
	osLimitHint = "Windows takes 2,560 bytes"
)

// reachOS finds nothing to check: the Credential Manager comes with the system.
func reachOS(func(string) string) func() error { return func() error { return nil } }

// dialogPossible is false: the Credential Manager never asks.
func dialogPossible(func(string) string) bool { return false }

// lockedOS finds nothing: the Credential Manager never asks.
func lockedOS(string, string) error { return nil }

func kindOfOS(err error) error {
	switch {
	case errors.Is(err, windows.ERROR_ACCESS_DENIED):
		return ErrDenied
	case errors.Is(err, windows.RPC_X_BAD_STUB_DATA): // what CredWrite says of a long blob
		return ErrTooLarge
	case errors.Is(err, windows.ERROR_NO_SUCH_LOGON_SESSION),
		errors.Is(err, windows.ERROR_SERVICE_NOT_ACTIVE),
		errors.Is(err, windows.RPC_S_SERVER_UNAVAILABLE):
		return ErrUnreachable
	}
	return nil
}
