package paste

import (
	"strings"
	"unicode/utf8"
)

// assignment is a name at the start of some words, and the value behind it.
type assignment struct {
	field field
	value word
	mark  byte // '=' or ':'; 0 where the value merely follows
	used  int  // the number of words, the value's included
}

// maxLabelWords is the length of the longest label: "AWS secret access key".
const maxLabelWords = 4

// readAssignment looks for one at the start of words. Without a mark the value
// is left for the caller to judge: the words may be prose. Where nothing is
// behind the mark the value is the next word, unless that is an assignment.
func readAssignment(words []word) (a assignment, ok bool) {
	f, used, mark := readName(words)
	if used == 0 || mark < 0 {
		return assignment{field: f, used: used}, used > 0
	}
	last := words[used-1]
	text := nameText(words, used-1)
	a = assignment{field: f, value: word{text: text[mark+1:], open: last.open}, mark: text[mark], used: used}
	if rest := words[used:]; a.value.text == "" && !last.open && len(rest) > 0 && !rest[0].separator {
		if _, _, mark := readName(rest); mark < 0 {
			a.value = rest[0]
			a.used++
		}
	}
	a.value.text = strings.TrimSuffix(a.value.text, ",")
	return a, true
}

// readName returns the field that the first words name, how many words the
// name takes up, none if there is none, and where in the last of them the mark
// is, or -1.
func readName(words []word) (f field, used, mark int) {
	name := ""
	for n, w := range words[:min(len(words), maxLabelWords+1)] {
		if w.separator {
			break
		}
		text := nameText(words, n)
		if at := strings.IndexAny(text, "=:"); at >= 0 {
			if marked, known := fieldOf(name + normal(text[:at])); known {
				return marked, n + 1, at
			}
			break
		}
		name += normal(text)
		if longer, known := fieldOf(name); known {
			f, used = longer, n+1
		}
	}
	return f, used, -1
}

// nameText returns a word of a name, the first without PowerShell's drive.
func nameText(words []word, n int) string {
	if n == 0 {
		return withoutDrive(words[0].text)
	}
	return words[n].text
}

// withoutDrive takes PowerShell's $Env: off a name.
func withoutDrive(text string) string {
	const drive = "$env:"
	if len(text) > len(drive) && strings.EqualFold(text[:len(drive)], drive) {
		return text[len(drive):]
	}
	return text
}

// keywords returns how many words at the start are no more than what the
// shells, and lists in YAML, have in front of a name; and whether one of them
// takes the value as a word of its own.
func keywords(words []word) (n int, spaced bool) {
	for ; n < len(words); n++ {
		switch text := strings.ToLower(words[n].text); text {
		case "set", "setx", "setenv":
			spaced = true
		case "export", "env", "declare", "typeset", "readonly", "$", "%", ">":
		default:
			if !strings.HasPrefix(text, "-") {
				return n, spaced
			}
		}
	}
	return n, spaced
}

// firstVariable returns the index of the first word that sets one of AWS's
// variables, or the number of words: a prompt, or a command, is before it.
func firstVariable(words []word) int {
	for i, w := range words {
		name := strings.ToUpper(withoutDrive(w.text))
		if a, ok := readAssignment(words[i:]); ok && a.mark == '=' && strings.HasPrefix(name, "AWS_") {
			return i
		}
	}
	return len(words)
}

// isTrailer reports whether a word behind a value means nothing: the mark of a
// line that goes on below, a comma, or a button.
func isTrailer(w word) bool {
	if r, size := utf8.DecodeRuneInString(w.text); size == len(w.text) && size > 0 {
		return strings.ContainsRune("\\^`,", r)
	}
	return isButton(w.text)
}
