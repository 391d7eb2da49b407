package cli

import "github.com/awsmint/awsmint/internal/shellword"

// quoted is a value as it is typed in a command line.
func quoted(value string) string { return shellword.Quote(value) }
