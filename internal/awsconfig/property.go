package awsconfig

import "strings"

// property is one property as it stands in the text.
type property struct {
	key      string // in lower case
	value    string // lines joined with \n
	start    int    // where the value stands in the text, and
	end      int    // where it ends, in its own line; equal if nothing is there
	nested   bool   // nothing behind the '=': the lines below are sub-properties
	indented bool
	lines    []line // its own, then those that continue it
}

// properties reads a section. Broken lines are passed over; the first of them
// is the error.
//
// An indented line continues the property above it. But where that one has a
// value of its own, or there is none, an indented "name = value" is a property
// like any other: the Go SDK reads it so, and botocore where all lines of a
// profile are indented, which is how such files come about.
func (s *source) properties(sec section) (found []property, err error) {
	fail := func(ln line, fact, hint string) {
		if err == nil {
			err = s.fault(ln.start, fact, hint)
		}
	}
	var current *property
	for at := sec.body; at < sec.end; {
		ln := lineAt(s.text, at)
		at = ln.next
		raw := s.text[ln.start:ln.end]
		if isBlank(raw) || isComment(raw) {
			continue
		}
		p, wrong := parseProperty(raw, ln)
		indented := isIndented(raw)
		switch {
		case indented && current != nil && (current.nested || wrong == noEquals):
			current.lines = append(current.lines, ln)
			if current.nested && wrong != none {
				fail(ln, wrong.of("sub-property"), "write it as: name = value")
			}
		case indented && current == nil && wrong == noEquals:
			fail(ln, "expected a property definition, found continuation", "write it as: name = value, without spaces in front")
		case wrong != none:
			fail(ln, wrong.of("property"), "write it as: name = value")
			current = nil
		default:
			found = append(found, p)
			current = &found[len(found)-1]
		}
	}
	for i := range found {
		found[i].join(s.text)
	}
	return found, err
}

// problem is what can be wrong with a line that should be a property.
type problem int

const (
	none problem = iota
	noEquals
	noName
)

// of puts the problem in the words of the conformance suite.
func (p problem) of(what string) string {
	if p == noName {
		return what + " did not have a name"
	}
	return "expected an '=' sign defining a " + what
}

// parseProperty reads "name = value # comment".
func parseProperty(raw string, ln line) (p property, wrong problem) {
	content := cutComment(raw)
	equals := strings.IndexByte(content, '=')
	if equals < 0 {
		return p, noEquals
	}
	p.key = strings.ToLower(strings.TrimSpace(content[:equals]))
	if p.key == "" {
		return p, noName
	}
	p.indented = isIndented(raw)
	p.lines = []line{ln}

	p.value = strings.TrimSpace(content[equals+1:])
	p.nested = p.value == ""
	p.start = ln.start + equals + 1
	if !p.nested {
		p.start += strings.Index(content[equals+1:], p.value)
	}
	p.end = p.start + len(p.value)
	p.value = unquote(p.key, p.value)
	return p, none
}

// join puts the lines that continue p behind its value. What looks like a
// comment within them is part of the value.
func (p *property) join(text string) {
	if len(p.lines) == 1 {
		return
	}
	var value strings.Builder
	value.WriteString(p.value)
	for _, ln := range p.lines[1:] {
		value.WriteByte('\n')
		value.WriteString(strings.TrimSpace(text[ln.start:ln.end]))
	}
	p.value = value.String()
}

// cutComment takes the comment off a line: from the first # or ; that has a
// space or tab before it. "value;" and "value#1" have none.
func cutComment(s string) string {
	for i := 1; i < len(s); i++ {
		if (s[i] == '#' || s[i] == ';') && isIndented(s[i-1:]) {
			return s[:i-1]
		}
	}
	return s
}

// unquote takes off the quotes that a value stands in as a whole, as the Go
// SDK does. A command keeps its quotes, because without them the shell would
// take a quoted path with a space in it apart.
func unquote(key, value string) string {
	if strings.HasSuffix(key, "_process") {
		return value
	}
	return trimQuotes(value)
}

// trimQuotes takes the quotes off s if it begins and ends with the same kind.
func trimQuotes(s string) string {
	if n := len(s); n >= 2 && (s[0] == '"' || s[0] == '\'') && s[n-1] == s[0] {
		return s[1 : n-1]
	}
	return s
}
