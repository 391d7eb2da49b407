package keycheck

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/awsmint/awsmint/internal/secret"
)

// clean returns a value without what came into it by copying, and tells of
// that. The rest is checked as if it had not been there.
func (c *check) clean(where string, raw secret.String) string {
	value := raw.Reveal()
	if strings.ContainsFunc(value, isLineBreak) {
		c.lineBreak(where, value)
		value = strip(value, isLineBreak)
	}
	// A time may have a space in it, between the day and the hour.
	if i := strings.IndexFunc(value, isBlank); i >= 0 && (where != Expiration || strings.TrimFunc(value, isBlank) != value) {
		c.add(ValueHasSpace, Error, where,
			fmt.Sprintf("%s has %s %s", where, blankName([]rune(value[i:])[0]), place(value, isBlank)),
			"set it again without any: "+howToSet(where))
		if value = strings.TrimFunc(value, isBlank); where != Expiration {
			value = strip(value, isBlank)
		}
	}
	if strings.ContainsFunc(value, isQuote) {
		c.add(ValueQuoted, Error, where,
			fmt.Sprintf("%s has a quote %s, which is taken for a part of the value", where, place(value, isQuote)),
			"set it again without quotes; cmd's `set`, docker's --env-file and Make keep them as they are")
		value = strip(value, isQuote)
	}
	return value
}

func (c *check) lineBreak(where, value string) {
	fact := fmt.Sprintf("%s has a line break %s", where, place(value, isLineBreak))
	advice := "copy it again in one piece and set it again; a terminal that wraps long lines copies their breaks too"
	if !strings.ContainsFunc(strings.TrimRight(value, "\r"), isLineBreak) {
		fact = where + " has a carriage return at its end: it comes from a file with Windows line breaks"
		advice = "save that file with Unix line breaks (sed -i 's/\\r$//' FILE) and load it again"
	}
	c.add(ValueHasLineBreak, Error, where, fact, advice)
}

// howToSet names what puts a space into a value.
func howToSet(where string) string {
	if where == Expiration {
		return "it has the form 2006-01-02T15:04:05Z"
	}
	return "cmd takes one before && for a part of the value, and web pages and chats add some that don't show"
}

func isLineBreak(r rune) bool {
	switch r {
	case '\n', '\r', '\v', '\f', '\u0085', '\u2028', '\u2029':
		return true
	}
	return false
}

// isBlank reports whether r is a space of any kind, or shows as nothing.
func isBlank(r rune) bool {
	return !isLineBreak(r) && (unicode.IsSpace(r) || unicode.Is(unicode.Cf, r))
}

func isQuote(r rune) bool { return strings.ContainsRune("\"'`“”„‘’‚«»", r) }

// blankName names what can't be seen.
func blankName(r rune) string {
	switch r {
	case ' ':
		return "a space"
	case '\t':
		return "a tab"
	case '\u00a0', '\u202f':
		return fmt.Sprintf("a no-break space (U+%04X)", r)
	case '\ufeff':
		return "a byte order mark (U+FEFF)"
	}
	return fmt.Sprintf("a character that shows as nothing or as a space (U+%04X)", r)
}

// place says where in value the characters of a class are.
func place(value string, class func(rune) bool) string {
	front := strings.TrimLeftFunc(value, class) != value
	back := strings.TrimRightFunc(value, class) != value
	switch {
	case front && back:
		return "at both ends"
	case front:
		return "at its beginning"
	case back:
		return "at its end"
	}
	return "within it"
}

func strip(value string, class func(rune) bool) string {
	return strings.Map(func(r rune) rune {
		if class(r) {
			return -1
		}
		return r
	}, value)
}
