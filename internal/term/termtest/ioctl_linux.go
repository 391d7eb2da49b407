package termtest

import "golang.org/x/sys/unix"

// The requests behind tcgetattr and tcsetattr.
const (
	getModes = unix.TCGETS
	setModes = unix.TCSETS
)
