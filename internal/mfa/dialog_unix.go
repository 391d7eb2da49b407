//go:build unix && !darwin

package mfa

import (
	"os"
	"strings"
)

// program is zenity, or kdialog, which a KDE desktop has instead. Both take
// the text as an argument, so no shell reads it.
func (w *Dialog) program(text string) (path string, args, variables []string, err error) {
	if w.getenv("DISPLAY") == "" && w.getenv("WAYLAND_DISPLAY") == "" {
		return "", nil, nil, Unavailable("no display")
	}
	names := []string{"zenity", "kdialog"}
	if strings.Contains(w.getenv("XDG_CURRENT_DESKTOP"), "KDE") {
		names = []string{"kdialog", "zenity"}
	}
	for _, name := range names {
		path, err := w.lookPath(name)
		if err != nil {
			continue
		}
		if name == "zenity" {
			return path, []string{"--entry", "--hide-text", "--title=" + dialogTitle, "--text=" + zenityLabel(text)}, nil, nil
		}
		return path, []string{"--title", dialogTitle, "--password", text}, nil, nil
	}
	return "", nil, nil, Unavailable("neither zenity nor kdialog is installed")
}

func (w *Dialog) getenv(name string) string {
	if w.Getenv != nil {
		return w.Getenv(name)
	}
	return os.Getenv(name)
}

// zenityLabel escapes what zenity reads in the text of an entry: backslashes
// as in C, and an underscore as the mark of a shortcut.
func zenityLabel(text string) string {
	return strings.NewReplacer(`\`, `\\`, `_`, `__`).Replace(text)
}

// declined reports whether the window was cancelled or closed. Both programs
// end with 1 then; zenity does so too when it can't reach the display, and
// complains.
func declined(exitCode int, complaint string) bool {
	return exitCode == 1 && !strings.Contains(complaint, "open display")
}
