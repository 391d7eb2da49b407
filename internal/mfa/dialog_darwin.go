package mfa

import "strings"

// dialogScript takes the text as an argument; nothing is spliced into it.
const dialogScript = `on run argv
	activate
	set answer to display dialog (item 1 of argv) default answer "" with hidden answer with title (item 2 of argv)
	return text returned of answer
end run`

// program is osascript, which is part of macOS.
func (w *Dialog) program(text string) (path string, args, variables []string, err error) {
	path, err = w.lookPath("/usr/bin/osascript")
	if err != nil {
		return "", nil, nil, Unavailable("no osascript")
	}
	return path, []string{"-e", dialogScript, text, dialogTitle}, nil, nil
}

// declined reports whether Cancel was pressed: AppleScript's error -128
// (userCanceledErr). Without a desktop session there is another (-1713).
func declined(_ int, complaint string) bool { return strings.Contains(complaint, "(-128)") }
