package e2e

import "golang.org/x/sys/unix"

// hasKernelKeyring reports whether the kernel keeps keys for us; containers
// mostly forbid it.
func hasKernelKeyring() bool {
	_, err := unix.KeyctlGetKeyringID(unix.KEY_SPEC_USER_KEYRING, true)
	return err == nil
}
