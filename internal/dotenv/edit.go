package dotenv

import (
	"fmt"
	"slices"
	"strings"

	"github.com/awsmint/awsmint/internal/fault"
)

// Set returns data with the variables set, each by one line:
//
//   - the last line that sets it, with the value replaced: the indentation,
//     `export`, blanks, quotes, comment and line break stay, but backquotes,
//     which only Node knows, become double quotes. Earlier lines that set it
//     have no effect on anybody, and go;
//   - else the last line that sets it behind a #, without the # (prose is not
//     taken for such a line: its value is one word or in quotes);
//   - else a new line, after the variable that comes before it in values, or
//     after the last AWS_ variable of the file, or at the end. It has the
//     quotes, blanks and `export` of the variable before it, or of the last.
//
// Quotes are added where the value would be misread without. A value that
// libraries would not all read as it is, because of a quote, backslash, '$',
// '#', line break or character beyond ASCII, is an error, which doesn't tell
// the value; so is a name that no environment can have.
func Set(data []byte, values []Variable) ([]byte, error) {
	f := parse(data)
	previous := ""
	for _, v := range values {
		if err := check(v); err != nil {
			return nil, err
		}
		at := f.only(v.Name)
		if at < 0 {
			at = f.uncomment(v.Name)
		}
		if at < 0 {
			at = f.insert(v.Name, previous)
		}
		f.statements[at].assign(v.Value.Reveal())
		previous = v.Name
	}
	return f.bytes(), nil
}

// Clear returns data with the values of those of the names that it sets
// emptied, in the last line of each; earlier lines that set it go.
func Clear(data []byte, names ...string) []byte {
	f := parse(data)
	for _, name := range names {
		if at := f.only(name); at >= 0 {
			f.statements[at].assign("")
		}
	}
	return f.bytes()
}

// Remove returns data without the lines that set the names. Lines behind a #
// stay.
func Remove(data []byte, names ...string) []byte {
	f := parse(data)
	before := len(f.statements)
	if before == 0 {
		return data
	}
	end := f.statements[before-1].lineBreak
	f.statements = slices.DeleteFunc(f.statements, func(s statement) bool {
		return s.isActive() && slices.Contains(names, s.assignment.name)
	})
	// A file that ended without a line break still does.
	if n := len(f.statements); n > 0 && n < before && end == "" {
		f.statements[n-1].lineBreak = ""
	}
	return f.bytes()
}

// last returns the index of the last statement that sets name, or -1.
func (f *file) last(name string) int {
	return f.lastFunc(func(s statement) bool { return s.isActive() && s.assignment.name == name })
}

func (f *file) lastFunc(match func(statement) bool) int {
	for i := len(f.statements) - 1; i >= 0; i-- {
		if match(f.statements[i]) {
			return i
		}
	}
	return -1
}

// only removes the statements that set name but for the last, and returns the
// index of that, or -1.
func (f *file) only(name string) int {
	last := f.last(name)
	i := -1
	f.statements = slices.DeleteFunc(f.statements, func(s statement) bool {
		i++
		return i != last && s.isActive() && s.assignment.name == name
	})
	return f.last(name)
}

// uncomment makes the last commented-out assignment of name a real one and
// returns its index, or -1.
func (f *file) uncomment(name string) int {
	at := f.lastFunc(func(s statement) bool { return s.commented && s.assignment.name == name })
	if at >= 0 {
		f.statements[at].commented = false
	}
	return at
}

// insert makes a statement for name, which still has to be assigned to, and
// returns its index.
func (f *file) insert(name, previous string) int {
	at := f.last(previous)
	if at < 0 {
		at = f.lastFunc(func(s statement) bool { return s.isActive() && strings.HasPrefix(s.assignment.name, "AWS_") })
	}
	model := at
	if at < 0 {
		at, model = len(f.statements)-1, f.lastFunc(statement.isActive)
	}

	s := statement{assignment: &assignment{name: name, sep: "="}, lineBreak: "\n"}
	if model >= 0 {
		like := f.statements[model].assignment
		s.assignment.lead, s.assignment.sep, s.assignment.quote = strings.TrimLeftFunc(like.lead, isBlank), like.sep, like.quote
	}
	if at >= 0 {
		before := &f.statements[at]
		if s.lineBreak = before.lineBreak; before.lineBreak == "" {
			before.lineBreak = f.lineBreak()
		}
	}
	f.statements = slices.Insert(f.statements, at+1, s)
	return at + 1
}

// lineBreak is the one that the file uses.
func (f *file) lineBreak() string {
	if b := f.statements[0].lineBreak; b != "" {
		return b
	}
	return "\n"
}

// assign gives the statement's variable a value that check has passed.
func (s *statement) assign(value string) {
	a := s.assignment
	a.raw = value
	comment := strings.IndexByte(a.tail, '#')
	switch {
	case comment < 0:
		a.tail = ""
	case comment == 0:
		a.tail = " " + a.tail
		comment = 1
	}
	// Without quotes python-dotenv and godotenv take a comment for the value
	// where there is none, and godotenv takes the last # for its beginning.
	misread := comment >= 0 && (value == "" || commentStart(a.tail[comment+1:]) < len(a.tail)-comment-1)
	// No value that check has passed needs backquotes.
	if a.quote == "`" || a.quote == "" && (misread || !isPlain(value)) {
		a.quote = `"`
	}
	if strings.Contains(a.sep, ":") {
		a.sep = "=" // which the libraries that know the colon read, too
	}
	s.text = a.text()
}

// isPlain reports whether value needs no quotes, not even where a shell reads
// the file: it is made of the characters that shells take as they are.
func isPlain(value string) bool {
	return strings.Trim(value, nameCharacters+"%+,/:=@") == ""
}

// check refuses what can't be written so that every library reads it back.
func check(v Variable) error {
	if v.Name == "" || strings.Trim(v.Name, nameCharacters) != "" {
		return fault.New(fault.Usage, fmt.Sprintf("%q can't be the name of a variable", v.Name), "use letters, digits and '_'")
	}
	for _, c := range []byte(v.Value.Reveal()) {
		if c < ' ' || c > '~' || strings.IndexByte("\"'`\\$#", c) >= 0 {
			return fault.New(fault.Failure,
				fmt.Sprintf("the value of %s has a character that can't be written to a .env file so that every program reads it alike", v.Name),
				"use a value without quotes, '\\', '$', '#' and line breaks; `awsmint exec` hands any value to a program as it is")
		}
	}
	return nil
}
