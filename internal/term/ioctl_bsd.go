//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package term

import "golang.org/x/sys/unix"

// The requests behind tcgetattr, and tcsetattr with TCSANOW and TCSAFLUSH.
const (
	getModes          = unix.TIOCGETA
	setModesNow       = unix.TIOCSETA
	setModesDropInput = unix.TIOCSETAF
)

// noKey stands for "no key" among a terminal's control keys (_POSIX_VDISABLE).
const noKey = 0xff
