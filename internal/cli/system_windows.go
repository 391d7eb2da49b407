package cli

import (
	"io/fs"
	"os"

	"golang.org/x/sys/windows"
)

// openToOthers is for Unix: a file on Windows has no mode of this kind.
func openToOthers(fs.FileInfo) (mode fs.FileMode, others bool) { return 0, false }

// takesEscapes has a console act on escape sequences, which those of Windows do
// when a program asks for it, and reports whether it does: before Windows 10
// they show them.
// https://learn.microsoft.com/en-us/windows/console/console-virtual-terminal-sequences
func takesEscapes(f *os.File) bool {
	console := windows.Handle(f.Fd())
	var mode uint32
	if err := windows.GetConsoleMode(console, &mode); err != nil {
		return false
	}
	return windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
