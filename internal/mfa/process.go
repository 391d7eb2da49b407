package mfa

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"

	"github.com/awsmint/awsmint/internal/child"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/term"
)

// Process runs the user's command that prints a code, such as ykman.
type Process struct {
	Command      string                         // a line for the shell; empty: the way is not available
	Environ      []string                       // for the command, of the form of os.Environ; nil: os.Environ()
	OpenTerminal func() (*term.Terminal, error) // nil: term.Open
}

// Name returns "process".
func (*Process) Name() string { return NameProcess }

// Interactive returns false: within a step the command prints the same code
// again.
func (*Process) Interactive() bool { return false }

// Ready reports whether there is a command.
func (w *Process) Ready(context.Context) error {
	if w.Command == "" {
		return Unavailable("no awsmint_mfa_process is set")
	}
	return nil
}

// Code runs the command, which must print six digits and nothing else and end
// with exit status 0. It is killed when ctx ends.
//
// Its stderr, and its stdin, are the terminal where there is one, so that
// "touch your YubiKey" is seen and a PIN can be typed although awsmint's own
// streams are captured. Otherwise they are the null device: awsmint's stdin
// holds the caller's data.
func (w *Process) Code(ctx context.Context, req Request) (Code, error) {
	if err := w.Ready(ctx); err != nil {
		return Code{}, err
	}
	if ctx.Err() != nil {
		return Code{}, cancelled(ctx)
	}
	environ := w.Environ
	if environ == nil {
		environ = os.Environ()
	}
	cmd := child.Shell(ctx, w.Command, environ)
	out := child.Output{Limit: maxOutput}
	cmd.Stdout = &out
	release := w.attach(cmd)
	err := cmd.Run()
	release()

	switch {
	case ctx.Err() != nil:
		return Code{}, cancelled(ctx)
	case interrupted(err):
		return Code{}, ErrCancelled
	case err != nil:
		return Code{}, w.failed(req, err, err.Error())
	}
	digits, err := codeIn(&out)
	if err != nil {
		return Code{}, w.failed(req, err, err.Error()+", not six digits")
	}
	return Code{Digits: digits, Way: NameProcess}, nil
}

// attach gives the command the terminal, if there is one to be had. release
// puts the terminal's modes back, since a command that was killed at a prompt
// of its own could not.
func (w *Process) attach(cmd *exec.Cmd) (release func()) {
	open := w.OpenTerminal
	if open == nil {
		open = term.Open
	}
	tty, err := open()
	if err != nil {
		// Away from the terminal the command can be a session of its own, which
		// is killed whole. At the terminal that would take its right to read.
		child.Detach(cmd)
		return func() {}
	}
	cmd.Stdin, cmd.Stderr = tty.In(), tty.Out()
	restore := tty.SaveModes()
	return func() {
		restore()
		_ = tty.Close()
	}
}

// failed tells what went wrong with the command, but not the command itself,
// since people write passwords into such lines.
func (w *Process) failed(req Request, err error, what string) error {
	return fault.Wrap(err, fault.Failure,
		fmt.Sprintf("the awsmint_mfa_process of profile %q gave no MFA code: %s", req.Profile, what),
		"run that command in a terminal to see what it prints, or use another way: awsmint_mfa = "+NameTerminal)
}

// cancelled is ErrCancelled because ctx ended.
func cancelled(ctx context.Context) error { return fmt.Errorf("%w: %w", ErrCancelled, ctx.Err()) }

// interrupted reports whether a program was ended by a signal that the person
// sent to everything in the terminal's foreground (Ctrl-C), which may reach the
// program before awsmint.
func interrupted(err error) bool {
	var exit *exec.ExitError
	return errors.As(err, &exit) && endedByPerson(exit)
}
