// Package mfa knows where a one-time code comes from: a stored seed, a command,
// the terminal, a dialog; and that AWS accepts each code only once, however
// many processes ask.
package mfa

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/internal/term"
)

var (
	// ErrUnavailable is what a way returns (see Unavailable) when it can't be
	// used here and the next one is to be tried.
	ErrUnavailable = errors.New("this way to get an MFA code is not available")

	// ErrCancelled says that the person declined, or that the context ended
	// before there was an answer; then the error Is also the context's. It is
	// the terminal's word too.
	ErrCancelled = term.ErrCancelled

	// ErrRefused is for the function that is handed a code: AWS did not accept
	// it, and another one may be asked for.
	ErrRefused = errors.New("the MFA code was refused")

	// ErrCooldown says that nobody was asked, because a prompt for the same
	// device was cancelled or failed a moment ago.
	ErrCooldown = errors.New("a prompt for this device failed a moment ago")
)

// Request says whose code is wanted.
type Request struct {
	Profile string
	Serial  string    // the device's ARN, or a hardware token's number
	Started time.Time // when the run began that wants it; zero: now

	// What Codes.Use tells a way:
	Refused bool          // AWS refused the code given before: say so
	Next    time.Duration // until the next code comes; set where Refused is
	Attempt int           // 1 for the first code
	Note    string        // what a person is to be told before the first question; mostly empty
	Again   string        // Codes.Again
}

// Code is a six-digit one-time code.
type Code struct {
	Digits secret.String
	Way    string // the name of the way that it came
}

// Way is one place that a code can come from.
type Way interface {
	// Name is the way's word in awsmint_mfa.
	Name() string
	// Interactive reports whether a person answers, who can be asked again
	// when a code was refused.
	Interactive() bool
	// Ready returns nil where Code would come to ask or to compute, and an
	// error that Is ErrUnavailable where the way can't be used. It asks
	// nobody.
	Ready(ctx context.Context) error
	// Code returns a code. An error that Is ErrUnavailable means that the next
	// way is to be tried; any other, ErrCancelled among them, ends the run.
	Code(ctx context.Context, req Request) (Code, error)
}

// Unavailable returns an error that Is ErrUnavailable and whose text is the
// reason alone.
func Unavailable(reason string) error { return unavailable(reason) }

type unavailable string

func (u unavailable) Error() string        { return string(u) }
func (u unavailable) Is(target error) bool { return target == ErrUnavailable }

// codeLength is the number of digits that AWS takes: TokenCode is six digits in
// both GetSessionToken and AssumeRole.
const codeLength = 6

// errNotSixDigits never holds the text that was looked at.
var errNotSixDigits = fmt.Errorf("an MFA code has %d digits and nothing else", codeLength)

// ParseCode returns the code in text: exactly six digits (ASCII), with spaces,
// tabs and line breaks before and after them allowed. The error does not hold the text.
func ParseCode(text string) (secret.String, error) {
	text = strings.Trim(text, " \t\r\n")
	if len(text) != codeLength {
		return secret.String{}, errNotSixDigits
	}
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return secret.String{}, errNotSixDigits
		}
	}
	return secret.New(text), nil
}

// maxAsks is how often a person is asked for the same thing: a code that AWS
// takes, or six digits at all.
const maxAsks = 3

// prompt is what a person is asked.
func prompt(req Request) string {
	return fmt.Sprintf("MFA code for profile %q (%s): ", req.Profile, req.Serial)
}

const malformedNote = "An MFA code has six digits."

func refusedNote(req Request) string {
	return fmt.Sprintf("AWS refused that code; the next code comes in %s.", seconds(req.Next))
}

// askDigits asks a person up to three times until the answer is six digits,
// which may be typed in groups ("123 456"). note is what is to be said first;
// it is empty at the beginning.
func askDigits(req Request, ask func(note string) (secret.String, error)) (secret.String, error) {
	note := req.Note
	if req.Refused {
		note = refusedNote(req)
	}
	for range maxAsks {
		answer, err := ask(note)
		if err != nil {
			return secret.String{}, err
		}
		typed := strings.Join(strings.Fields(answer.Reveal()), "")
		if digits, err := ParseCode(typed); err == nil {
			return digits, nil
		}
		note = malformedNote
	}
	return secret.String{}, malformed(req)
}
