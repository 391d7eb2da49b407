package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/windows"
)

// Windows has no modes, owners or directory syncs of this kind: a file in the
// user's profile is the user's by inheritance.

func chmod(*os.File, fs.FileMode) error { return nil }

func keepOwner(*os.File, fs.FileInfo) {}

func syncDir(string) {}

// How long a file is taken for busy: pauses of 1, 2, 4, 8 and then 16 ms, one
// second in all. Who reads one of these files has it open for less than a
// millisecond, a virus scanner for some hundred.
const (
	busyTries    = 66
	longestPause = 16 * time.Millisecond
)

// whileBusy tries again as long as a file is in use. Windows neither replaces
// nor removes a file that somebody has open, unless all who do share it for
// deletion, and Go's os.Open, like most programs, does not. For the same
// reason a file can't be opened while it is being renamed.
func whileBusy(try func() error) error {
	pause := time.Millisecond
	for range busyTries - 1 {
		if err := try(); !busy(err) {
			return err
		}
		time.Sleep(pause)
		pause = min(2*pause, longestPause)
	}
	return try()
}

// busy reports whether err may be due to another's use of the file. Replacing
// one that is open is "access denied", as is what will never be allowed.
func busy(err error) bool {
	return errors.Is(err, windows.ERROR_SHARING_VIOLATION) ||
		errors.Is(err, windows.ERROR_LOCK_VIOLATION) ||
		errors.Is(err, windows.ERROR_ACCESS_DENIED)
}
