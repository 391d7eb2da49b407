package cli

import (
	"fmt"

	"github.com/awsmint/awsmint/internal/format"
)

// what is the part of the command line that says which credentials.
func (e *Export) what() (text string) {
	for _, word := range []string{quotedWord(e.Profile), flagWord("--local", e.Local), flagWord("--service", e.Service), flagWord("--region", e.Region)} {
		text += word
	}
	text += e.Wish.words() + e.Narrowing.words()
	if e.RawKey {
		text += " --raw-key"
	}
	return text
}

// words are what to type again.
func (e *Export) words() string {
	text := "awsmint export" + e.what() + flagWord("--format", e.Format)
	if e.WithRegion {
		text += " --with-region"
	}
	return text
}

func quotedWord(value string) string {
	if value == "" {
		return ""
	}
	return " " + quoted(value)
}

func flagWord(flag, value string) string {
	if value == "" {
		return ""
	}
	return " " + flag + " " + quoted(value)
}

// howToUse says how a shell takes what the command prints. What goes to a file
// goes to one that is the owner's alone.
func (e *Export) howToUse(f, shell format.Format) string {
	const here, toFile = "To set them in this shell: ", "To write them to a file: "
	command := e.words()
	switch f {
	case format.Env:
		return fmt.Sprintf("%seval \"$(%s)\"", here, command)
	case format.EnvNoExport:
		return fmt.Sprintf("%sset -a; eval \"$(%s)\"; set +a", here, command)
	case format.Fish:
		return here + command + " | source"
	case format.PowerShell:
		return here + command + " | Invoke-Expression"
	case format.WindowsCmd:
		return fmt.Sprintf("%sfor /f \"delims=\" %%i in ('%s') do @%%i", here, command)
	case format.DotEnv:
		return toFile + "awsmint export" + e.what() + " --file FILE"
	}
	switch shell {
	case format.Env:
		return toFile + "(umask 077; " + command + " > FILE)"
	case format.Fish:
		return toFile + "touch FILE; and chmod 600 FILE; and " + command + " > FILE"
	}
	return toFile + command + " > FILE"
}

// unsetting is how a shell that takes a format forgets a session token and when
// it ends; empty where no shell takes it.
func unsetting(f format.Format) string {
	const token, end = format.SessionToken, format.Expiration
	switch f {
	case format.Env, format.EnvNoExport:
		return "unset " + token + " " + end
	case format.Fish:
		return "set -e " + token + " " + end
	case format.PowerShell:
		return "Remove-Item Env:" + token + ", Env:" + end + " -ErrorAction Ignore"
	case format.WindowsCmd:
		return "(set " + token + "=) & (set " + end + "=)"
	}
	return ""
}
