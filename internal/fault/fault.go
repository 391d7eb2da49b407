// Package fault is the shape of awsmint's errors: the fact, a hint with what
// to do next, and the exit status that the run ends with.
//
// A fact is lowercase, quotes the values it speaks of and says what is so; a
// hint names the next command or setting. Neither ever holds a secret.
package fault

import (
	"context"
	"errors"
	"strings"
)

// Status is the exit status of a run. The numbers are part of awsmint's
// interface: scripts depend on them.
type Status int

// The exit statuses. 0 is success.
const (
	Failure  Status = 1 // anything that has no status of its own
	Usage    Status = 2 // the command line is wrong
	Person   Status = 3 // a person is needed and can't be asked, or declined
	Missing  Status = 4 // no such profile, or nothing stored for it
	Refused  Status = 5 // AWS refused
	Network  Status = 6 // no network, or no answer
	Keychain Status = 7 // the keychain is locked or unreachable
)

// Error is a fact with a hint.
type Error struct {
	Status Status
	Fact   string // without a full stop or line break
	Hint   string // empty, or lines that say what to do
	Err    error  // what lies beneath; not printed, since Fact tells it
}

// New returns an Error without a cause.
func New(status Status, fact, hint string) *Error {
	return &Error{Status: status, Fact: fact, Hint: hint}
}

// Wrap returns an Error with a cause, which errors.Is and errors.As reach. A
// fact that ends with the cause's text loses the full stop that Windows's
// messages have.
func Wrap(err error, status Status, fact, hint string) *Error {
	return &Error{Status: status, Fact: strings.TrimSuffix(fact, "."), Hint: hint, Err: err}
}

// Also returns err with a line more in its hint.
func Also(err error, line string) *Error {
	return Wrap(err, StatusOf(err), err.Error(), strings.TrimLeft(HintOf(err)+"\n"+line, "\n"))
}

func (e *Error) Error() string { return e.Fact }

func (e *Error) Unwrap() error { return e.Err }

// StatusOf returns the exit status for err: 0 for nil, that of the outermost
// Error in its chain, Person for a cancelled context, else Failure.
func StatusOf(err error) Status {
	var e *Error
	switch {
	case err == nil:
		return 0
	case errors.As(err, &e):
		return e.Status
	case errors.Is(err, context.Canceled):
		return Person
	}
	return Failure
}

// HintOf returns the hint of the outermost Error in err's chain that has one.
func HintOf(err error) string {
	for err != nil {
		var e *Error
		if !errors.As(err, &e) {
			return ""
		}
		if e.Hint != "" {
			return e.Hint
		}
		err = e.Err
	}
	return ""
}
