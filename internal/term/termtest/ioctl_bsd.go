//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package termtest

import "golang.org/x/sys/unix"

// The requests behind tcgetattr and tcsetattr.
const (
	getModes = unix.TIOCGETA
	setModes = unix.TIOCSETA
)
