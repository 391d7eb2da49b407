package cli

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/awsmint/awsmint/internal/fault"
)

// Misuse is the failure for a command line that kong refuses, in words for
// who typed it.
func Misuse(err error) error {
	var refused *kong.ParseError
	var own *fault.Error
	if !errors.As(err, &refused) || errors.As(err, &own) {
		return err
	}
	command, group := "", false
	if refused.Context != nil && refused.Context.Selected() != nil {
		command = refused.Context.Selected().Path()
		group = len(refused.Context.Selected().Children) > 0
	}
	return misuse(err, command, plainly(command, group, refused.Error()))
}

func misuse(err error, command, fact string) error {
	return fault.Wrap(err, fault.Usage, fact, "run: "+strings.Join(strings.Fields("awsmint "+command+" --help"), " "))
}

// plainly puts kong's words plainly. Those that it does not know stay as they
// are. group: the command is one of several words, of which the last is missing
// or wrong.
func plainly(command string, group bool, text string) string {
	flag, _, wantsValue := strings.Cut(text, ": expected ")
	if wantsValue && strings.HasPrefix(flag, "-") && strings.Contains(text, " value but got ") {
		return flag + " needs a value"
	}
	if flag, _, ok := strings.Cut(text, ": bool value must be "); ok {
		return flag + " takes no value"
	}
	// A single letter is near to every other one.
	if short, suggestion, ok := strings.Cut(text, ", did you mean "); ok && strings.Contains(short, " -") && !strings.Contains(suggestion, "--") {
		return short
	}
	if strings.HasPrefix(text, "unknown flag ") {
		return strings.NewReplacer(", did", "; did", `"`, "").Replace(text)
	}
	if strings.HasPrefix(text, "expected one of ") {
		return "no command given"
	}
	for _, words := range []string{`expected "`, "missing positional arguments "} {
		if rest, ok := strings.CutPrefix(text, words); ok {
			name, _, _ := strings.Cut(strings.TrimLeft(rest, "<"), ">")
			return fmt.Sprintf("no %s given", strings.Trim(name, `"`))
		}
	}
	if rest, ok := strings.CutPrefix(text, "unexpected argument "); ok {
		word, suggestion, _ := strings.Cut(rest, ", did you mean ")
		if command != "" && !group {
			return fmt.Sprintf("unexpected argument %q", word)
		}
		if suggestion != "" {
			suggestion = "; did you mean " + suggestion
		}
		return fmt.Sprintf("there is no command %q", strings.TrimSpace(command+" "+word)) + suggestion
	}
	return text
}

// CheckValues refuses a flag with an empty value, and an empty profile name,
// such as a script's variable that was not set leaves: taken for one that is
// not there, it would ask for something else, or mean all profiles.
func CheckValues(parsed *kong.Context) error {
	for _, step := range parsed.Path {
		switch {
		case step.Flag != nil && isEmpty(step.Flag.Target):
			return misuse(nil, parsed.Selected().Path(), "--"+step.Flag.Name+" needs a value")
		case step.Positional != nil && step.Positional.Name == "profile" && hasEmpty(step.Positional.Target):
			return misuse(nil, parsed.Selected().Path(), `the profile's name is empty: ""`)
		}
	}
	return nil
}

func isEmpty(value reflect.Value) bool { return value.Kind() == reflect.String && value.Len() == 0 }

func hasEmpty(value reflect.Value) bool {
	list, _ := value.Interface().([]string)
	return isEmpty(value) || slices.Contains(list, "")
}

// Reworded are the arguments in the form that the grammar has: "--version" and
// "help COMMAND" are what people try first.
func Reworded(args []string) []string {
	switch {
	case len(args) == 0:
		return []string{"--help"}
	case args[0] == "--version":
		return append([]string{"version"}, args[1:]...)
	case args[0] == "help":
		return append(args[1:len(args):len(args)], "--help")
	}
	return args
}
