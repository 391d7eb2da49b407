package mfa

import "context"

// Forbidden is a way that asks a person, in a run that may ask nobody: it is
// never available, and says why.
func Forbidden(way Way) Way { return forbidden{way} }

type forbidden struct{ Way }

var errForbidden = Unavailable("this run may ask nobody (--no-input, AWSMINT_NO_INPUT)")

func (f forbidden) Ready(context.Context) error { return errForbidden }

func (f forbidden) Code(context.Context, Request) (Code, error) { return Code{}, errForbidden }
