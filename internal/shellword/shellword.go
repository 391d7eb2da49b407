// Package shellword writes what a person is told to type: advice that is copied
// into a shell must mean what it says.
package shellword

import "strings"

// plainMarks are the characters beside letters and digits that no shell takes
// for anything but themselves.
const plainMarks = "-_./:+@"

// Quote is a value as it is typed in a command line. Double quotes are those of
// every shell, cmd.exe included; what means something within them takes the
// single ones of a POSIX shell.
func Quote(value string) string {
	switch {
	case value == "":
		return `""`
	case strings.IndexFunc(value, func(r rune) bool { return !isPlain(r) }) < 0:
		return value
	case strings.ContainsAny(value, actsInQuotes):
		return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
	}
	return `"` + value + `"`
}

func isPlain(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune(plainMarks, r)
}
