package atomicfile

import (
	"io/fs"
	"os"
)

// Windows has no modes, owners or directory syncs of this kind: a file in the
// user's profile is the user's by inheritance.

func chmod(*os.File, fs.FileMode) error { return nil }

func keepOwner(*os.File, fs.FileInfo) {}

func syncDir(string) {}
