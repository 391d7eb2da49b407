package cli

import (
	"os"

	"golang.org/x/term"
)

// display is what stdout can show.
type display struct {
	columns, rows int  // of the terminal; 0: it is none
	moves         bool // its cursor can be moved
	colours       bool
}

// The width and height taken for a terminal that does not know its own, as the
// pseudo-terminals of some programs.
const (
	unsized     = 80
	unsizedRows = 24
)

// display looks at stdout. NO_COLOR, set to anything, keeps colours out
// (https://no-color.org); a dumb terminal takes no escape sequences at all.
func (a *App) display() (d display) {
	if d.columns, d.rows = a.size(); d.columns == 0 {
		return d
	}
	d.moves = a.movesCursor(a.Stdout.(output).file)
	d.colours = d.moves && a.Getenv("NO_COLOR") == ""
	return d
}

// size is that of stdout where it is a terminal; 0 where it is none.
func (a *App) size() (columns, rows int) {
	o, ok := a.Stdout.(output)
	if !ok {
		return 0, 0
	}
	columns, rows, err := term.GetSize(int(o.file.Fd()))
	if err != nil {
		return 0, 0
	}
	if columns == 0 {
		columns = unsized
	}
	if rows == 0 {
		rows = unsizedRows
	}
	return columns, rows
}

// movesCursor reports whether a terminal takes escape sequences.
func (a *App) movesCursor(f *os.File) bool {
	return term.IsTerminal(int(f.Fd())) && a.Getenv("TERM") != "dumb" && takesEscapes(f)
}

// columnsOf is the width of a terminal.
func columnsOf(f *os.File) int {
	if columns, _, err := term.GetSize(int(f.Fd())); err == nil && columns > 0 {
		return columns
	}
	return unsized
}
