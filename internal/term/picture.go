package term

import "golang.org/x/term"

// Columns is how wide the terminal is; 80 where it does not know.
func (t *Terminal) Columns() int {
	width, _, err := term.GetSize(int(t.out.Fd()))
	if err != nil || width <= 0 {
		return 80
	}
	return width
}

// Black on white, whatever the terminal's own colours are: the colours 16 and
// 231 are the ends of the grey scale in each of the usual palettes.
const (
	blackOnWhite = "\x1b[38;5;16;48;5;231m"
	ownColours   = "\x1b[0m"
)

// Coloured reports whether colours can be chosen: the person has not forbidden
// it (https://no-color.org), and the terminal knows how.
func (t *Terminal) Coloured(getenv func(string) string) bool {
	return getenv("NO_COLOR") == "" && t.obeysEscapes(getenv("TERM"))
}

// Picture writes lines that make a picture: black on white, or else in the
// terminal's own colours.
func (t *Terminal) Picture(lines []string, coloured bool) error {
	if err := t.foreground(); err != nil {
		return err
	}
	before, after := "", ""
	if coloured {
		before, after = blackOnWhite, ownColours
	}
	for _, line := range lines {
		if err := t.write(before + printable(line) + after + "\n"); err != nil {
			return err
		}
	}
	return nil
}
