package cli

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// wide is how many columns of a terminal a text takes: two for a character of
// China, Japan and Korea or a picture, none for a mark on the one before.
// https://www.unicode.org/reports/tr11/
func wide(text string) (columns int) {
	for _, r := range text {
		columns += wideRune(r)
	}
	return columns
}

func wideRune(r rune) int {
	if r < unicode.MaxASCII {
		return 1
	}
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// wideLine is how many columns a line takes, without the colours in it.
func wideLine(line string) (columns int) {
	for {
		before, after, found := strings.Cut(line, "\x1b[")
		columns += wide(before)
		if !found {
			return columns
		}
		_, line, _ = strings.Cut(after, "m")
	}
}

// cut shortens a text to a number of columns, with a sign that it was longer.
func cut(text string, columns int) string {
	if wide(text) <= columns {
		return text
	}
	room := columns - 1
	for i, r := range text {
		if room -= wideRune(r); room < 0 {
			return text[:i] + "…"
		}
	}
	return text
}

// printable has a sign in the place of each control character: a terminal would
// do what it says.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// wrapped breaks the lines that are wider than the terminal, at spaces, and
// keeps what they are indented by. With columns 0 there is no terminal.
func wrapped(text string, columns int) string {
	if columns < leastWidth {
		return text
	}
	var out strings.Builder
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if wide(line) <= columns {
			out.WriteString(line + "\n")
			continue
		}
		indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
		for _, part := range broken(line, columns-len(indent)) {
			out.WriteString(indent + part + "\n")
		}
	}
	return out.String()
}
