package cli

import (
	"fmt"
	"strings"

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

// tellShell says what else in a shell goes before the credentials, or beside
// them, and how it is taken out.
func (e *Export) tellShell(app *App, f format.Format, v format.Values) {
	if unsetting(f, "") == "" {
		return
	}
	if app.Getenv(format.SessionToken) != "" && v.Credentials.SessionToken == "" {
		app.Note("this shell has a session token, with which these make every request fail; take it out: " +
			unsetting(f, format.SessionToken, format.Expiration))
	}
	same := e.Wish == Wish{} && !e.narrows() && !e.RawKey
	if profile := app.Getenv(profileName); profile != "" && (profile != e.Profile || !same) {
		app.Note("this shell sets AWS_PROFILE, which some SDKs (JavaScript's) take before these; take it out: " + unsetting(f, profileName))
	}
	if names := app.outerEndpoints(); e.Local == "" && f == format.EnvNoExport && len(names) > 0 {
		app.Warn(fmt.Sprintf("this shell still sets %s, from when it had no real credentials: requests that are signed with these go there; take it out: %s",
			strings.Join(names, ", "), unsetting(f, names...)))
	}
}

// forgetting is what a shell is to run before it takes a format's lines: it
// forgets the endpoints of an outer --local, which must not get what is signed
// with real credentials. Others than shells may read NAME=value.
func (e *Export) forgetting(app *App, f format.Format) string {
	names := app.outerEndpoints()
	if e.Local != "" || len(names) == 0 {
		return ""
	}
	switch f {
	case format.Env: // with what ends it also in eval $(…), which makes all one line
		return unsetting(f, names...) + ";\n"
	case format.Fish, format.PowerShell:
		return unsetting(f, names...) + "\n"
	case format.WindowsCmd: // where for /f takes no more than one command from a line
		return "set " + strings.Join(names, "=\nset ") + "=\n"
	}
	return ""
}

// unsetting is how a shell that takes a format forgets variables; empty where no
// shell takes it.
func unsetting(f format.Format, names ...string) string {
	switch f {
	case format.Env, format.EnvNoExport:
		return "unset " + strings.Join(names, " ")
	case format.Fish:
		return "set -e " + strings.Join(names, " ")
	case format.PowerShell:
		return "Remove-Item Env:" + strings.Join(names, ", Env:") + " -ErrorAction Ignore"
	case format.WindowsCmd:
		return "(set " + strings.Join(names, "=) & (set ") + "=)"
	}
	return ""
}
