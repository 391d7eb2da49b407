package awsconfig

import (
	"fmt"
	"strings"

	"github.com/awsmint/awsmint/internal/fault"
)

const (
	// whitespace is what the format knows within a line.
	whitespace = " \t"
	// bom is the byte order mark that some Windows editors put in front.
	bom = "\ufeff"
)

// source is the text of one file and an index of its sections. The properties
// in them are not looked at before they are asked for, so that a file of
// thousands of profiles costs one pass for its brackets, and a broken line in
// one profile does not keep the others from being read.
type source struct {
	name     string // for errors: the path, or what stands in for it
	text     string
	sections []section
}

// usualSection is the length in bytes of a section, for a first guess at their
// number: that of a short role profile.
const usualSection = 200

// section is where a section stands in the text: the offsets of its header's
// line, of the line below, and of the next section or the text's end.
type section struct {
	title            title
	start, body, end int
}

// index finds the sections in text. It fails where something other than a
// comment stands before the first, or a header has no end: then nobody can say
// whose the lines are.
func index(name, text string) (*source, error) {
	s := &source{name: name, text: text, sections: make([]section, 0, 1+len(text)/usualSection)}
	if strings.HasPrefix(text, "\xff\xfe") || strings.HasPrefix(text, "\xfe\xff") {
		return s, s.fault(0, "the file is UTF-16, which no SDK reads", "save it again as UTF-8 (PowerShell: Set-Content -Encoding utf8)")
	}
	first := len(text) - len(strings.TrimPrefix(text, bom))
	for at := first; at < len(text); {
		i := strings.IndexByte(text[at:], '[')
		if i < 0 {
			break
		}
		bracket := at + i
		ln := lineAt(text, at+strings.LastIndexByte(text[at:bracket], '\n')+1)
		at = ln.next
		if !isBlank(text[ln.start:bracket]) {
			continue
		}
		t, ok := parseHeader(text[bracket:ln.end])
		switch {
		case ok:
			s.add(section{title: t, start: ln.start, body: ln.next, end: len(text)})
		case bracket == ln.start:
			if err := s.checkPreamble(first, ln.start); err != nil {
				return s, err
			}
			return s, s.fault(ln.start, "profile definition must end with ']'", "write it as: [profile NAME]")
		}
		// An indented line that only begins like a header continues a value.
	}
	return s, s.checkPreamble(first, len(text))
}

func (s *source) add(sec section) {
	if n := len(s.sections); n > 0 {
		s.sections[n-1].end = sec.start
	}
	s.sections = append(s.sections, sec)
}

// checkPreamble fails when the lines from first on, up to limit or the first
// section, hold more than comments.
func (s *source) checkPreamble(first, limit int) error {
	if len(s.sections) > 0 {
		limit = s.sections[0].start
	}
	for at := first; at < limit; {
		ln := lineAt(s.text, at)
		if raw := s.text[ln.start:ln.end]; !isBlank(raw) && !isComment(raw) {
			return s.fault(at, "expected a profile definition, found something else before the first one", "put a header such as [default] or [profile NAME] above it")
		}
		at = ln.next
	}
	return nil
}

// find returns the sections that h names, in the file's order. Where both
// [profile default] and [default] are there, the latter is as if it were not.
func (s *source) find(h Header) []section {
	var found, bare []section
	for _, sec := range s.sections {
		switch {
		case !h.matches(sec.title):
		case sec.title.kind == h.kind:
			found = append(found, sec)
		default:
			bare = append(bare, sec)
		}
	}
	if len(found) == 0 {
		return bare
	}
	return found
}

// names returns the names of the sections of a kind.
func (s *source) names(kind string) (names []string) {
	for _, sec := range s.sections {
		if sec.title.kind == kind && sec.title.usable() {
			names = append(names, sec.title.name)
		}
	}
	return names
}

// line returns the number of the line at offset, counted from 1.
func (s *source) line(offset int) int { return 1 + strings.Count(s.text[:offset], "\n") }

// fault says what is wrong with the line at offset. The line itself is not
// quoted: it may be a secret that was pasted with a line break in it.
func (s *source) fault(offset int, fact, hint string) error {
	return fault.New(fault.Failure, fmt.Sprintf("%s:%d: %s", s.name, s.line(offset), fact), hint)
}

// line is where a line of the text begins, where it ends without its line
// break, and where the next one begins.
type line struct{ start, end, next int }

// lineAt returns the line that begins at start.
func lineAt(text string, start int) line {
	ln := line{start, len(text), len(text)}
	if i := strings.IndexByte(text[start:], '\n'); i >= 0 {
		ln.end, ln.next = start+i, start+i+1
	}
	if ln.end > start && text[ln.end-1] == '\r' {
		ln.end--
	}
	return ln
}

func isBlank(s string) bool { return strings.TrimSpace(s) == "" }

// isComment reports whether a line is one as a whole. It may be indented, also
// within a value: the Go SDK and botocore both pass over it there.
func isComment(s string) bool {
	s = strings.TrimLeft(s, whitespace)
	return s != "" && (s[0] == '#' || s[0] == ';')
}

func isIndented(s string) bool { return s != "" && (s[0] == ' ' || s[0] == '\t') }
