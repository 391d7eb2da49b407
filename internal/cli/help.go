package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// The widths of help in columns.
const (
	helpWidth  = 80 // where the terminal is not narrower
	narrow     = 60 // below it, what a flag does stands under it, not beside it
	leastWidth = 20 // below it, nothing would be gained by breaking lines
)

// PrintHelp prints the help of a command, or of awsmint, in one write.
func (a *App) PrintHelp(_ kong.HelpOptions, parsed *kong.Context) error {
	width := helpWidth
	if columns := a.columns(); columns > 0 {
		width = max(leastWidth, min(helpWidth, columns))
	}
	h := &help{width: width}
	node := parsed.Selected()
	if node == nil {
		node = parsed.Model.Node
		h.line("Usage: awsmint COMMAND")
	} else {
		h.paragraph(0, usageOf(node))
	}
	for paragraph := range strings.SplitSeq(node.Help, "\n\n") {
		h.line("")
		h.paragraph(0, paragraph)
	}
	h.entries("Commands:", commands(node))
	h.entries("Arguments:", positionals(node))
	h.entries("Flags:", flags(node))
	if len(node.Children) > 0 && node.Parent != nil {
		h.line("")
		h.paragraph(0, "Help on one of them: awsmint "+node.Path()+" COMMAND --help")
	} else if len(node.Children) > 0 {
		h.entries("Exit status:", statuses)
		h.entries("Environment (README.md says more):", variables)
		h.line("")
		h.paragraph(0, "Help on a command: awsmint COMMAND --help")
	}
	_, err := io.WriteString(a.Stdout, h.text.String())
	return err
}

func usageOf(node *kong.Node) string {
	if len(node.Children) > 0 {
		return "Usage: awsmint " + node.Path() + " COMMAND"
	}
	return "Usage: awsmint " + node.Path() + arguments(node)
}

// statuses are those of package fault, which scripts rely on.
var statuses = []entry{
	{"0", "success"},
	{"1", "failure"},
	{"2", "wrong usage, or a wrong setting"},
	{"3", "a person is needed and can't be asked, or declined"},
	{"4", "no such profile, or nothing stored for it"},
	{"5", "AWS refused"},
	{"6", "no network, or no answer"},
	{"7", "the keychain is locked or can't be reached"},
}

var variables = []entry{
	{"AWSMINT_KEYCHAIN", "os (the default) or file"},
	{"AWSMINT_VAULT", "where the file keychain is"},
	{"AWSMINT_PASSPHRASE", "opens the file keychain"},
	{"AWSMINT_PASSPHRASE_COMMAND", "a command that prints the passphrase"},
	{"AWSMINT_KERNEL_KEYRING", "how long Linux keeps what was opened, or off"},
	{"AWSMINT_NO_INPUT", "set to anything: never ask"},
	{"AWSMINT_TIMEOUT", "how long AWS has to answer"},
	{"AWSMINT_PROMPT_TIMEOUT", "how long a run may take in all"},
	{"AWSMINT_CACHE_DIR", "where sealed credentials are kept"},
	{"AWSMINT_LOG", "a file for debug logs, without secrets"},
}

// help is a text that is laid out.
type help struct {
	width int
	text  strings.Builder
}

// entry is a name, and what it stands for.
type entry struct{ name, meaning string }

func (h *help) line(text string) { h.text.WriteString(strings.TrimRight(text, " ") + "\n") }

// paragraph breaks a text into lines that begin with indent spaces.
func (h *help) paragraph(indent int, text string) {
	for _, line := range broken(text, h.width-indent) {
		h.line(strings.Repeat(" ", indent) + line)
	}
}

// entries are in two columns where there is room for them.
func (h *help) entries(title string, all []entry) {
	if len(all) == 0 {
		return
	}
	h.line("")
	h.line(title)
	const indent, gap = 2, 3
	column := 0
	for _, e := range all {
		column = max(column, indent+wide(e.name)+gap)
	}
	for _, e := range all {
		if h.width < narrow {
			h.line("  " + strings.TrimLeft(e.name, " "))
			h.paragraph(3*indent, e.meaning)
			continue
		}
		for i, line := range broken(e.meaning, h.width-column) {
			if i > 0 {
				e.name = ""
			}
			h.line(fmt.Sprintf("  %-*s%s", column-indent, e.name, line))
		}
	}
}

// broken is a text in lines of at most width columns, but for words that
// are longer.
func broken(text string, width int) (lines []string) {
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && wide(line)+1+wide(word) > width {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return append(lines, line)
}

func commands(node *kong.Node) (all []entry) {
	for _, child := range node.Children {
		if !child.Hidden {
			all = append(all, entry{child.Name, child.Help})
		}
	}
	return all
}

func positionals(node *kong.Node) (all []entry) {
	for _, p := range node.Positional {
		all = append(all, entry{argument(p), p.Help})
	}
	return all
}

// arguments are a command's, as they stand behind it: " PROFILE... [flags]".
// What takes everything that follows comes last.
func arguments(node *kong.Node) (text string) {
	rest := ""
	for _, p := range node.Positional {
		switch {
		case p.PassthroughMode != kong.PassThroughModeNone:
			rest = " [-- " + argument(p) + "]"
		case p.Required:
			text += " " + argument(p)
		default:
			text += " [" + argument(p) + "]"
		}
	}
	return text + " [flags]" + rest
}

func argument(p *kong.Positional) string {
	name := strings.ToUpper(p.Name)
	if p.IsCumulative() {
		name += "..."
	}
	return name
}

// flags are the node's and those of all commands.
func flags(node *kong.Node) (all []entry) {
	for _, group := range node.AllFlags(true) {
		for _, f := range group {
			name := "    --" + f.Name
			if f.Short != 0 {
				name = fmt.Sprintf("-%c, --%s", f.Short, f.Name)
			}
			if !f.IsBool() {
				name += "=" + f.FormatPlaceHolder()
			}
			all = append(all, entry{name, f.Help})
		}
	}
	return all
}
