// Package dotenv reads and edits .env files: the files of NAME=value lines that
// programs load into their environment. They are other people's files, so an
// edit changes the lines of the names that it is given and no other byte.
//
// There is no standard for them. Where the libraries agree (dotenv for Node and
// for Ruby, Node's own --env-file, python-dotenv, godotenv) this package does
// as they do. Where they don't:
//
//   - A '#' in a value without quotes begins a comment for Node anywhere, for
//     the others after a blank. It does after a blank here, and right after the
//     '='. A line that is replaced keeps what is a comment to all.
//   - Quotes count where nothing but a comment follows the closing one, as for
//     Node's dotenv. Otherwise the line is taken as having none: python-dotenv
//     skips such a line, and godotenv refuses the file.
//   - A backslash before a quote keeps it from closing the value, even after
//     another backslash; all agree. If the value would never end otherwise, it
//     closes the value after all (DIR='C:\temp\').
//   - Of the escapes in double quotes all know \n and \r; \", \\ and \$ are the
//     character itself for godotenv, and here; Node keeps the backslash.
//   - Backquotes are quotes for Node, and here.
//   - `NAME: value` is an assignment for Node's and Ruby's dotenv and godotenv,
//     and here.
//   - Of a name that is set twice the last counts; all agree.
//   - $NAME in a value is replaced by some; never here.
//
// What Set writes is the same to all of them.
package dotenv

import (
	"strings"

	"github.com/awsmint/awsmint/internal/secret"
)

// Variable is a name and its value.
type Variable = secret.Variable

// Lookup returns the value of a name, and whether the file has it.
func Lookup(data []byte, name string) (value secret.String, ok bool) {
	f := parse(data)
	at := f.last(name)
	if at < 0 {
		return secret.String{}, false
	}
	return secret.New(f.statements[at].assignment.value()), true
}

// Line returns the line that sets a name, the one that counts, counted from 1; 0
// where none does.
func Line(data []byte, name string) int {
	f := parse(data)
	at := f.last(name)
	if at < 0 {
		return 0
	}
	line := 1
	for _, s := range f.statements[:at] {
		line += strings.Count(lineBreaks.Replace(s.text+s.lineBreak), "\n")
	}
	return line
}

// All returns the variables of a file, each once, in the order of the lines
// that count.
func All(data []byte) []Variable {
	f := parse(data)
	last := make(map[string]int)
	for i, s := range f.statements {
		if s.isActive() {
			last[s.assignment.name] = i
		}
	}
	var all []Variable
	for i, s := range f.statements {
		if s.isActive() && last[s.assignment.name] == i {
			all = append(all, Variable{Name: s.assignment.name, Value: secret.New(s.assignment.value())})
		}
	}
	return all
}

// The escapes in double quotes that most libraries know.
var escapes = strings.NewReplacer(`\n`, "\n", `\r`, "\r", `\"`, `"`, `\\`, `\`, `\$`, "$")

// lineBreaks makes every line break the one that programs expect.
var lineBreaks = strings.NewReplacer("\r\n", "\n", "\r", "\n")

func (a *assignment) value() string {
	switch a.quote {
	case "":
		return a.raw
	case `"`:
		return escapes.Replace(lineBreaks.Replace(a.raw))
	}
	return lineBreaks.Replace(a.raw)
}
