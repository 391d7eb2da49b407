//go:build unix

package cli

import (
	"io/fs"
	"os"
)

// openToOthers returns a file's mode, and whether it lets anybody but the owner
// at the file.
func openToOthers(info fs.FileInfo) (mode fs.FileMode, others bool) {
	mode = info.Mode().Perm()
	return mode, mode&0o077 != 0
}

// takesEscapes prepares a terminal for escape sequences, and reports whether it
// takes them: every terminal does.
func takesEscapes(*os.File) bool { return true }
