//go:build unix

package cli

import (
	"os"

	"golang.org/x/sys/unix"
)

// wasClosed reports whether a standard stream was closed when the program
// started. Go's runtime then puts /dev/null in its place, open for reading and
// writing, and whatever is written is lost without an error. A caller that
// sends output to /dev/null on purpose mostly opens it for writing alone.
func wasClosed(f *os.File) bool {
	fd := int(f.Fd())
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	if err != nil {
		return true
	}
	if flags&unix.O_ACCMODE != unix.O_RDWR {
		return false
	}
	var here, null unix.Stat_t
	if unix.Fstat(fd, &here) != nil || unix.Stat(os.DevNull, &null) != nil {
		return false
	}
	return here.Mode&unix.S_IFMT == unix.S_IFCHR && here.Rdev == null.Rdev
}
