package paste

import (
	"fmt"
	"strings"

	"github.com/awsmint/awsmint/internal/fault"
)

// lineReader reads everything that has a name and a value in each line, or a
// label with its value below.
type lineReader struct {
	groups  []*group
	current *group
	labels  []field // those whose values are still to come
	at      int     // the line, counted from 1
	filled  bool    // the line above gave a part of a key
}

func readLines(text string) ([]*group, error) {
	r := &lineReader{current: newGroup("")}
	r.groups = []*group{r.current}
	for line := range strings.Lines(text) {
		r.at++
		filled := r.filled
		r.filled = false
		line = strings.TrimFunc(line, isBlank)
		if line == "" || isComment(line) {
			continue
		}
		if name, ok := sectionName(line); ok {
			r.section(name)
			continue
		}
		if err := r.line(split(line), filled); err != nil {
			return nil, err
		}
	}
	return r.groups, nil
}

func isComment(line string) bool {
	lower := strings.ToLower(line)
	for _, mark := range []string{"#", ";", "//", "::", "rem "} {
		if strings.HasPrefix(lower, mark) {
			return true
		}
	}
	return false
}

// sectionName returns the name between the brackets of a section's header,
// without the word that the config file has in front of a profile's.
func sectionName(line string) (string, bool) {
	inside, ok := strings.CutPrefix(line, "[")
	end := strings.IndexByte(inside, ']')
	if !ok || end < 0 {
		return "", false
	}
	if rest := strings.TrimFunc(inside[end+1:], isBlank); rest != "" && !isComment(rest) {
		return "", false
	}
	name := strings.TrimFunc(inside[:end], isBlank)
	if kind, rest, ok := strings.Cut(name, " "); ok && kind == "profile" {
		name = strings.Trim(strings.TrimFunc(rest, isBlank), `"'`)
	}
	return name, true
}

// section makes the group of that name the current one.
func (r *lineReader) section(name string) {
	r.labels = nil
	for _, g := range r.groups {
		if g.profile == name {
			r.current = g
			return
		}
	}
	r.current = newGroup(name)
	r.groups = append(r.groups, r.current)
}

// line reads the words of one line; filled tells of the line above.
func (r *lineReader) line(words []word, filled bool) error {
	skip, spaced := keywords(words)
	_, ok := readAssignment(words[skip:])
	if !ok {
		skip = firstVariable(words)
		if skip == len(words) {
			return r.bare(words, filled)
		}
	}
	keyword := skip > 0
	for words = words[skip:]; len(words) > 0; {
		a, ok := readAssignment(words)
		if !ok {
			return nil // another command
		}
		used, err := r.assign(a, words, spaced, keyword)
		if err != nil {
			return err
		}
		if words, err = r.behind(words[used:], a.field); err != nil {
			return err
		}
		skip, spaced = keywords(words)
		keyword = skip > 0
		words = words[skip:]
	}
	return nil
}

// assign takes the value of an assignment at the start of words, and returns
// how many of them it has used. Without a mark it is one if a keyword says so,
// or if the one word that follows can't be prose; a label alone waits for the
// line below.
func (r *lineReader) assign(a assignment, words []word, spaced, keyword bool) (int, error) {
	if a.mark == 0 {
		rest := words[a.used:]
		value := withoutTrailers(rest)
		switch {
		case len(value) == 0:
			if !keyword {
				r.expect(a.field)
			}
			return len(words), nil
		case spaced, a.field.isCredential() && len(value) == 1 && isLongCode(value[0].text):
			a.value = rest[0]
			a.used++
		default:
			return len(words), nil
		}
	}
	if a.mark == ':' && a.value.text == "" {
		r.expect(a.field)
		return a.used, nil
	}
	return a.used, r.set(a.field, a.value)
}

// behind returns the words of the next command or assignment in the line. What
// else stands behind a part of a key may belong to it.
func (r *lineReader) behind(words []word, f field) ([]word, error) {
	for len(words) > 0 && isTrailer(words[0]) {
		words = words[1:]
	}
	if len(words) == 0 || words[0].separator {
		for len(words) > 0 && words[0].separator {
			words = words[1:]
		}
		return words, nil
	}
	n, _ := keywords(words)
	if a, ok := readAssignment(words[n:]); ok && a.mark != 0 {
		return words[n:], nil
	}
	if f.isCredential() {
		return nil, fault.New(fault.Usage,
			fmt.Sprintf("line %d has something behind the %s: a space within it, or another command", r.at, f),
			"copy it again, or take out what is not the value")
	}
	return words[firstVariable(words):], nil
}

// bare reads a line without a name: the value of a label above, or what may be
// the rest of the value in the line above.
func (r *lineReader) bare(words []word, filled bool) error {
	words = withoutTrailers(words)
	if len(words) != 1 {
		return nil
	}
	text := words[0].text
	switch {
	case len(r.labels) > 0 && isLongCode(text):
		f := r.labels[0]
		r.labels = r.labels[1:]
		return r.set(f, words[0])
	case filled && len(r.labels) == 0 && isRest(strings.TrimRight(text, `"'”’`)):
		return fault.New(fault.Usage,
			fmt.Sprintf("line %d looks like the rest of the value in line %d: a line break was copied into it", r.at, r.at-1),
			"copy it again in one piece, or join the two lines")
	}
	return nil
}

// expect waits for the value of a label. The same label twice in a row is a
// heading and a label.
func (r *lineReader) expect(f field) {
	if n := len(r.labels); f.isCredential() && (n == 0 || r.labels[n-1] != f) {
		r.labels = append(r.labels, f)
	}
}

func (r *lineReader) set(f field, w word) error {
	if w.text == "{" || w.text == "[" || f == bareToken {
		return nil // JSON that is not alone in the text; prose
	}
	if w.open && f.isCredential() {
		return fault.New(fault.Usage,
			fmt.Sprintf("the quote before the %s in line %d is not closed: part of it may be missing", f, r.at),
			"copy it again, whole and without a line break in it")
	}
	r.filled = r.filled || f.isCredential() && w.text != ""
	return r.current.set(f, w.text, r.at)
}

// withoutTrailers returns the words up to those at the end that mean nothing.
func withoutTrailers(words []word) []word {
	for n := len(words); n > 0 && (words[n-1].separator || isTrailer(words[n-1])); n-- {
		words = words[:n-1]
	}
	return words
}
