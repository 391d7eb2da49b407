//go:build unix

package provider

import (
	"errors"
	"strings"
)

// The characters that Python's shlex gives a meaning in POSIX mode.
const (
	shlexSpace  = " \t\r\n"
	shlexQuotes = `'"`
	shlexEscape = '\\'
)

var (
	errOpenQuote = errors.New("a quotation mark is not closed")
	errOpenWord  = errors.New("a backslash stands at its end")
)

// split takes a command line apart as botocore does on Unix, which is by
// Python's shlex.split: quotes and backslashes count, and nothing else does, so
// that ~, $ and * stay as they are.
// https://docs.python.org/3/library/shlex.html#parsing-rules
func split(line string) (words []string, err error) {
	var word []byte
	inWord := false // a word of no characters, "", is one too
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case strings.IndexByte(shlexSpace, c) >= 0:
			if inWord {
				words, word, inWord = append(words, string(word)), nil, false
			}
		case strings.IndexByte(shlexQuotes, c) >= 0:
			quoted, length, err := unquote(line[i+1:], c)
			if err != nil {
				return nil, err
			}
			word, inWord = append(word, quoted...), true
			i += length
		case c == shlexEscape:
			if i++; i == len(line) {
				return nil, errOpenWord
			}
			word, inWord = append(word, line[i]), true
		default:
			word, inWord = append(word, c), true
		}
	}
	if inWord {
		words = append(words, string(word))
	}
	return words, nil
}

// unquote reads text up to the closing quote. length counts that quote too. In
// double quotes a backslash makes plain characters of a quote and of itself, and
// stays before others; in single quotes it is one of them.
func unquote(text string, quote byte) (quoted []byte, length int, err error) {
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == quote:
			return quoted, i + 1, nil
		case c == shlexEscape && quote == '"' && i+1 < len(text) && (text[i+1] == quote || text[i+1] == shlexEscape):
			i++
			c = text[i]
		}
		quoted = append(quoted, c)
	}
	return nil, 0, errOpenQuote
}
