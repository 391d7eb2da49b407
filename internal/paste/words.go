package paste

import (
	"strings"
	"unicode/utf8"
)

// word is a part of a line between blanks, without its quotes.
type word struct {
	text      string
	separator bool // ; & or |, which end a command
	open      bool // it begins a quote that nothing ends
}

// quotes are those that open a quoted text, and what closes it. Word processors
// and chats make the bent ones of the others.
var quotes = map[rune]string{'"': `"`, '\'': "'", '“': "”“", '”': "”", '‘': "’", '’': "’", '„': "“”"}

// split takes a line into its words, up to a comment. A quote counts at the
// start of a word and behind = or :, so that the apostrophe in "user's" is
// none.
func split(line string) []word {
	var words []word
	var text strings.Builder
	begun, open := false, false
	end := func() {
		if begun {
			words = append(words, word{text: text.String(), open: open})
		}
		text.Reset()
		begun, open = false, false
	}
	last := ' '
	endless := map[rune]bool{} // quotes that nothing in the rest of the line ends
	for i := 0; i < len(line); {
		r, size := utf8.DecodeRuneInString(line[i:])
		rest := line[i+size:]
		i += size
		closing, quote := quotes[r]
		switch {
		case isBlank(r):
			end()
		case r == '#' && !begun:
			return words
		case r == ';' || r == '&' || r == '|':
			end()
			words = append(words, word{separator: true})
		case quote && (!begun || last == '=' || last == ':'):
			begun = true
			n := -1
			if !endless[r] {
				n = strings.IndexAny(rest, closing)
			}
			if n < 0 {
				endless[r], open = true, true
				break
			}
			text.WriteString(rest[:n])
			_, width := utf8.DecodeRuneInString(rest[n:])
			i += n + width
		default:
			begun = true
			text.WriteRune(r)
		}
		last = r
	}
	end()
	return words
}

// isCode reports whether text is made of the characters of keys and tokens,
// which are base64.
func isCode(text string) bool {
	text = strings.TrimRight(text, "=")
	return text != "" && strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") == ""
}

// leastCode is the length in characters from which code is taken for a value
// where nothing but a label says so: that of the shortest access key id.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_Credentials.html
const leastCode = 16

func isLongCode(text string) bool { return len(text) >= leastCode && isCode(text) }

// isRest reports whether text, on a line of its own, may be what a line break
// has cut off a value. NAME= is a variable without a value.
func isRest(text string) bool {
	if strings.ToUpper(text) == text && strings.HasSuffix(text, "=") && !strings.HasSuffix(text, "==") {
		return false
	}
	return isLongCode(text) || isCode(text) && strings.ContainsAny(text, "0123456789+/=")
}

// isButton reports whether text is what one clicks on in the console.
func isButton(text string) bool {
	switch strings.ToLower(text) {
	case "hide", "show", "copy", "copied":
		return true
	}
	return false
}
