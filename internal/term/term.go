// Package term talks to the person at the controlling terminal.
//
// It opens the terminal itself (/dev/tty, or CONIN$ and CONOUT$) and never
// touches the three standard streams: a program that runs awsmint as its
// credential_process captures them, and stdin holds that program's data. Only
// a process in the terminal's foreground may ask: any other would be stopped
// by the kernel for trying, and its caller would wait for ever.
//
// The terminal's modes are put back on every way out of a question: an answer,
// the end of the context, and the signals that end a run.
package term

import (
	"os"
	"strings"
	"unicode"

	"github.com/awsmint/awsmint/internal/fault"
)

var (
	// ErrNone says that this process has no controlling terminal.
	ErrNone error = fault.New(fault.Person, "there is no terminal to ask on", "run it in a terminal")

	// ErrBackground says that there is a terminal, but this process is not in
	// its foreground process group: a read would stop it with SIGTTIN.
	ErrBackground error = fault.New(fault.Person, "the terminal is not ours to ask on: this process is not in its foreground", "run it in the foreground of a terminal")

	// ErrCancelled says that the person declined: Ctrl-C, Ctrl-D, or a signal;
	// or that the context ended, and then the error Is also the context's.
	ErrCancelled error = fault.New(fault.Person, "cancelled at the prompt", "")
)

// Terminal is the controlling terminal of this process, opened.
type Terminal struct{ in, out *os.File }

// Open opens the controlling terminal. It returns an error that Is ErrNone
// where there is none, and ErrBackground where asking would stop the process.
func Open() (*Terminal, error) {
	t, err := open()
	if err != nil {
		return nil, err
	}
	if err := t.foreground(); err != nil {
		_ = t.Close()
		return nil, err
	}
	return t, nil
}

// Available reports whether a question could be asked now: nil, or an error
// that Is ErrNone or ErrBackground. It keeps nothing open.
func Available() error {
	t, err := Open()
	if err != nil {
		return err
	}
	return t.Close()
}

// In returns the terminal as the input of a program that is to be run.
func (t *Terminal) In() *os.File { return t.in }

// Out returns the terminal as the output of a program that is to be run.
func (t *Terminal) Out() *os.File { return t.out }

// Print writes a line to the person, such as "touch your key". It does not
// wait for a terminal whose output is stopped (Ctrl-S).
func (t *Terminal) Print(text string) error {
	if err := t.foreground(); err != nil {
		return err
	}
	return t.write(printable(text) + "\n")
}

// printable replaces what a terminal would obey rather than show: names in
// questions come from files, and an escape sequence in one could forge the
// text around it.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, text)
}
