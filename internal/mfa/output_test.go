package mfa

import (
	"regexp"
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/child"
)

// whatCame is the form of every complaint about output: numbers and kinds, and
// no room for a byte of the output itself.
var whatCame = regexp.MustCompile(`^it printed (nothing|more than 4096 bytes|\d+ bytes? \(\d+ (digits?|letters?|spaces?|line breaks?|others?)(, \d+ (digits?|letters?|spaces?|line breaks?|others?))*\))$`)

// sixDigits is the whole of what is accepted, said another way.
var sixDigits = regexp.MustCompile(`^[ \t\r\n]*[0-9]{6}[ \t\r\n]*$`)

func FuzzProcessOutput(f *testing.F) {
	for _, seed := range []string{"", "123456", "123456\n", " 123456\r\n", "123 456", "12345", "1234567", "123456\n123456\n",
		"\u00a0123456", "１２３４５６", "123456\x00", "+12345", "\xff\xfe", "hunter2\n", strings.Repeat(" ", 4090) + "123456", strings.Repeat(" ", 4091) + "123456"} {
		f.Add([]byte(seed), 3)
	}
	f.Fuzz(func(t *testing.T, text []byte, cut int) {
		// It comes in pieces, as from a pipe.
		out := child.Output{Limit: maxOutput}
		cut = min(max(cut, 0), len(text))
		for _, piece := range [][]byte{text[:cut], text[cut:]} {
			if n, err := out.Write(piece); n != len(piece) || err != nil {
				t.Fatalf("Write = %d, %v: the program would get SIGPIPE", n, err)
			}
		}
		if len(out.Bytes()) > maxOutput || len(out.Bytes()) < min(len(text), maxOutput) {
			t.Fatalf("kept %d of %d bytes", len(out.Bytes()), len(text))
		}
		digits, err := codeIn(&out)
		good := len(text) <= maxOutput && sixDigits.Match(text)
		switch {
		case good != (err == nil):
			t.Fatalf("%q: %v", text, err)
		case good && digits.Reveal() != strings.Trim(string(text), " \t\r\n"):
			t.Fatalf("%q gave %q", text, digits.Reveal())
		case !good && !digits.IsZero():
			t.Fatalf("%q gave a code and an error", text)
		case !good && !whatCame.MatchString(err.Error()):
			t.Fatalf("%q is told as %q", text, err)
		}
	})
}
