package term

import "golang.org/x/sys/unix"

// The requests behind tcgetattr, and tcsetattr with TCSANOW and TCSAFLUSH.
const (
	getModes          = unix.TCGETS
	setModesNow       = unix.TCSETS
	setModesDropInput = unix.TCSETSF
)

// noKey stands for "no key" among a terminal's control keys (_POSIX_VDISABLE).
const noKey = 0
