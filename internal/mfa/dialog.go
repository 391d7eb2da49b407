package mfa

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/awsmint/awsmint/internal/child"
	"github.com/awsmint/awsmint/internal/secret"
)

// Dialog asks in a window, by the program that the desktop has for it. For
// each OS, dialog_*.go says which, when it can be shown, and how it tells that
// the person declined.
type Dialog struct {
	Getenv   func(string) string          // nil: os.Getenv
	LookPath func(string) (string, error) // nil: exec.LookPath
	Environ  []string                     // for the program; nil: os.Environ()
}

// Name returns "dialog".
func (*Dialog) Name() string { return NameDialog }

// Interactive returns true.
func (*Dialog) Interactive() bool { return true }

// Ready reports whether there is a display, and a program to ask with.
func (w *Dialog) Ready(context.Context) error {
	_, _, _, err := w.program("")
	return err
}

// dialogTitle is the window's title.
const dialogTitle = "awsmint"

// Code asks up to three times for six digits, which are not shown (see
// Terminal.Code). The window is closed when ctx ends.
func (w *Dialog) Code(ctx context.Context, req Request) (Code, error) {
	digits, err := askDigits(req, func(note string) (secret.String, error) {
		text := fmt.Sprintf("MFA code for profile %q\n%s", req.Profile, req.Serial)
		if note != "" {
			text = note + "\n" + text
		}
		return w.show(ctx, text)
	})
	if err != nil {
		return Code{}, err
	}
	return Code{Digits: digits, Way: NameDialog}, nil
}

// dialogDelay is how long a program that was killed may keep its pipes open.
const dialogDelay = time.Second

// show shows a window with text and returns what was entered.
func (w *Dialog) show(ctx context.Context, text string) (secret.String, error) {
	if ctx.Err() != nil {
		return secret.String{}, cancelled(ctx)
	}
	program, args, variables, err := w.program(text)
	if err != nil {
		return secret.String{}, err
	}
	environ := w.Environ
	if environ == nil {
		environ = os.Environ()
	}
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = append(child.Environ(environ), variables...)
	cmd.WaitDelay = dialogDelay
	out, complaint := child.Output{Limit: maxOutput}, child.Output{Limit: maxOutput}
	cmd.Stdout, cmd.Stderr = &out, &complaint
	err = cmd.Run()
	switch {
	case ctx.Err() != nil:
		return secret.String{}, cancelled(ctx)
	case err == nil:
		return secret.New(string(out.Bytes())), nil
	case interrupted(err) || declined(cmd.ProcessState.ExitCode(), string(complaint.Bytes())):
		return secret.String{}, ErrCancelled
	}
	return secret.String{}, Unavailable(fmt.Sprintf("%s: %v", filepath.Base(program), err))
}

func (w *Dialog) lookPath(name string) (string, error) {
	if w.LookPath != nil {
		return w.LookPath(name)
	}
	return exec.LookPath(name)
}
