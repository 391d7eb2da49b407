package mfa

import (
	"context"
	"errors"

	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/internal/term"
)

// Terminal asks at the controlling terminal.
type Terminal struct {
	Open  func() (*term.Terminal, error) // nil: term.Open
	Taken bool                           // another program reads from it: nobody is asked there
}

// Name returns "terminal".
func (*Terminal) Name() string { return NameTerminal }

// Interactive returns true.
func (*Terminal) Interactive() bool { return true }

// Ready reports whether there is a terminal that can be asked on.
func (w *Terminal) Ready(context.Context) error {
	tty, err := w.open()
	if err != nil {
		return fromTerminal(err)
	}
	return tty.Close()
}

// errTaken keeps a question from a program that has the terminal: it would read
// the answer, and awsmint what is typed for it.
var errTaken = Unavailable("the terminal is the command's")

func (w *Terminal) open() (*term.Terminal, error) {
	if w.Taken {
		return nil, errTaken
	}
	if w.Open != nil {
		return w.Open()
	}
	return term.Open()
}

// Code asks up to three times for six digits. They are not echoed, as the AWS
// CLI does it: until it is sent the code is worth a session, and terminals are
// shared, recorded and scrolled back. Hidden prompts also drop what was typed
// before they showed, so that no stray number is sent for a code.
func (w *Terminal) Code(ctx context.Context, req Request) (Code, error) {
	tty, err := w.open()
	if err != nil {
		return Code{}, fromTerminal(err)
	}
	defer tty.Close()
	digits, err := askDigits(req, func(note string) (secret.String, error) {
		if note != "" {
			_ = tty.Print(note)
		}
		return tty.ReadSecret(ctx, prompt(req))
	})
	if err != nil {
		return Code{}, fromTerminal(err)
	}
	return Code{Digits: digits, Way: NameTerminal}, nil
}

// fromTerminal makes a terminal that can't be used a reason to try the next
// way.
func fromTerminal(err error) error {
	switch {
	case errors.Is(err, term.ErrNone):
		return Unavailable("no terminal")
	case errors.Is(err, term.ErrBackground):
		return Unavailable("not in the terminal's foreground")
	}
	return err
}
