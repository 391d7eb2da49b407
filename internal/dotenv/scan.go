package dotenv

import (
	"strings"
)

// bom is the mark that some Windows editors begin a UTF-8 file with.
const bom = "\ufeff"

// file is a .env file in pieces, which put together again are the file.
type file struct {
	bom        string
	statements []statement
}

// statement is a line, or the lines of one value in quotes.
type statement struct {
	text       string // without its line break
	lineBreak  string // "" at the end of a file that doesn't end with one
	assignment *assignment
	commented  bool // the assignment stands behind a #
}

func (s statement) isActive() bool { return s.assignment != nil && !s.commented }

// assignment is the parts of a statement that sets a variable.
type assignment struct {
	lead  string // blanks, and "export "
	name  string
	sep   string // '=' or ':', with the blanks round it
	quote string // what stands on both sides of raw: nothing, ", ' or `
	raw   string
	tail  string // blanks and a comment
}

func (a *assignment) text() string {
	return a.lead + a.name + a.sep + a.quote + a.raw + a.quote + a.tail
}

func parse(data []byte) *file {
	rest := string(data)
	f := &file{}
	if strings.HasPrefix(rest, bom) {
		f.bom, rest = bom, rest[len(bom):]
	}
	for rest != "" {
		s := next(rest)
		f.statements = append(f.statements, s)
		rest = rest[len(s.text)+len(s.lineBreak):]
	}
	return f
}

func (f *file) bytes() []byte {
	var out strings.Builder
	out.WriteString(f.bom)
	for _, s := range f.statements {
		out.WriteString(s.text)
		out.WriteString(s.lineBreak)
	}
	return []byte(out.String())
}

// next returns the statement at the start of rest.
func next(rest string) statement {
	line, lineBreak := cutLine(rest)
	indent := line[:blanks(line)]
	if content := line[len(indent):]; strings.HasPrefix(content, "#") {
		s := statement{text: line, lineBreak: lineBreak}
		content = strings.TrimLeft(content, "#")
		if a := readAssignment(content[blanks(content):]); a != nil && a.isCommentedOut() {
			a.lead = indent + a.lead
			s.assignment, s.commented = a, true
		}
		return s
	}
	a := readAssignment(rest)
	if a == nil {
		return statement{text: line, lineBreak: lineBreak}
	}
	text := a.text()
	_, lineBreak = cutLine(rest[len(text):])
	return statement{text: text, lineBreak: lineBreak, assignment: a}
}

// isCommentedOut tells a line that somebody has put a # before from prose that
// happens to have a name and an = in it: it has one word for a value.
func (a *assignment) isCommentedOut() bool {
	return strings.Contains(a.sep, "=") && (a.quote != "" || !strings.ContainsFunc(a.raw, isBlank))
}

// readAssignment reads the assignment at the start of rest, or returns nil
// where there is none. A value in quotes may go over the end of the line.
func readAssignment(rest string) *assignment {
	line, _ := cutLine(rest)
	lead := blanks(line)
	if after := strings.TrimPrefix(line[lead:], "export"); len(after) < len(line[lead:]) {
		// A variable may be called export, too.
		if n := blanks(after); n > 0 && after[n:] != "" && !strings.ContainsAny(after[n:n+1], "=:") {
			lead = len(line) - len(after) + n
		}
	}
	name := line[lead:]
	name = name[:len(name)-len(strings.TrimLeft(name, nameCharacters))]
	sep := line[lead+len(name):]
	before := blanks(sep)
	if name == "" || len(sep) == before || sep[before] != '=' && sep[before] != ':' {
		return nil
	}
	sep = sep[:before+1+blanks(sep[before+1:])]
	a := &assignment{lead: line[:lead], name: name, sep: sep}
	a.readValue(rest[lead+len(name)+len(sep):])
	return a
}

// nameCharacters are those of names for Node's dotenv.
const nameCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"

// readValue reads the value at the start of rest, and what follows it up to the
// end of its line.
func (a *assignment) readValue(rest string) {
	if rest != "" && strings.IndexByte("\"'`", rest[0]) >= 0 {
		if end := closingQuote(rest); end > 0 {
			a.quote, a.raw = rest[:1], rest[1:end]
			a.tail, _ = cutLine(rest[end+1:])
			return
		}
	}
	line, _ := cutLine(rest)
	a.raw = strings.TrimRightFunc(line[:commentStart(line)], isBlank)
	a.tail = line[len(a.raw):]
	// After "NAME=" the blanks before a comment, or before nothing, belong to
	// these; after "NAME = " to the way the line is written.
	if a.raw == "" && blanks(a.sep) == 0 {
		sep := strings.TrimRightFunc(a.sep, isBlank)
		a.tail = a.sep[len(sep):] + a.tail
		a.sep = sep
	}
}

// closingQuote returns the index in rest of the quote that closes the value
// that rest[0] opens, or 0 if nothing does.
func closingQuote(rest string) int {
	quote := rest[0]
	var escaped []int
	for i := 1; i < len(rest); i++ {
		switch {
		case rest[i] != quote:
		case rest[i-1] == '\\':
			escaped = append(escaped, i)
		case endsLine(rest[i+1:]):
			return i
		default:
			i = len(rest)
		}
	}
	for i := len(escaped) - 1; i >= 0; i-- {
		if endsLine(rest[escaped[i]+1:]) {
			return escaped[i]
		}
	}
	return 0
}

// endsLine reports whether nothing but a comment comes before the end of line.
func endsLine(rest string) bool {
	rest = rest[blanks(rest):]
	return rest == "" || strings.IndexByte("\r\n#", rest[0]) >= 0
}

// commentStart returns the index in a line of the # that begins a comment, or
// the line's length.
func commentStart(line string) int {
	blank := true
	for i, r := range line {
		if r == '#' && blank {
			return i
		}
		blank = isBlank(r)
	}
	return len(line)
}

// cutLine returns the line at the start of rest, and its line break: "" where
// the file ends without one. A lone CR is one too, as for Node and Python.
func cutLine(rest string) (line, lineBreak string) {
	end := strings.IndexAny(rest, "\r\n")
	switch {
	case end < 0:
		return rest, ""
	case strings.HasPrefix(rest[end:], "\r\n"):
		return rest[:end], "\r\n"
	}
	return rest[:end], rest[end : end+1]
}

// blanks returns the length of the blanks at the start of s.
func blanks(s string) int { return len(s) - len(strings.TrimLeftFunc(s, isBlank)) }

// isBlank reports whether r is a space within a line: also the no-break space
// that comes with text copied from a web page.
func isBlank(r rune) bool {
	switch r {
	case ' ', '\t', '\v', '\f', '\u0085', '\u00a0':
		return true
	}
	return false
}
