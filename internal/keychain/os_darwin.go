package keychain

import (
	"errors"
	"os/exec"
)

const (
	osName       = "the macOS keychain"
	osUnlockHint = "unlock it: security unlock-keychain"
	osDeniedHint = "allow access in the dialog, or in Keychain Access, item \"awsmint\", Access Control"
	osAnswerHint = "check it: security show-keychain-info"
	// osLimitHint gives the length of a command line of "security -i", 4,096
	// bytes, less the command, in base64.
	osLimitHint = "macOS takes about 2,900 bytes"
)

// reachOS finds nothing to check: /usr/bin/security comes with the system.
func reachOS(func(string) string) func() error { return func() error { return nil } }

// dialogPossible is true: macOS asks in a dialog whenever someone is logged
// in, and answers at once where nobody is.
func dialogPossible(func(string) string) bool { return true }

// lockedOS finds nothing: /usr/bin/security has no way to look without a dialog,
// and none comes up where the login keychain is open, as it is after a login.
func lockedOS(string, string) error { return nil }

func kindOfOS(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return securityKind(exit.ExitCode())
	}
	if errors.Is(err, exec.ErrNotFound) {
		return ErrUnreachable
	}
	return nil
}
