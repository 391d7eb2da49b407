package term

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

// maxLine is the longest answer in bytes. It is below MAX_CANON of macOS
// (1,024; Linux has 4,096), where the kernel drops what comes after without a
// word: a line that was cut can't be taken for the whole one.
const maxLine = 1000

// errTooLong says that an answer reached maxLine.
var errTooLong error = fault.New(fault.Failure,
	fmt.Sprintf("the answer is longer than %d bytes", maxLine), "a terminal may have cut it; check what was pasted")

// question is how an answer is taken.
type question struct {
	hidden bool // without echo
	// fresh drops what was typed before the question was seen. Such keys were
	// meant for something else: taken for an answer they would send a wrong
	// code, store a wrong secret, or confirm what nobody has read.
	fresh bool
	// paste takes all lines to an empty one, however long they are.
	paste bool
}

// ReadLine asks for a line of at most 1,000 bytes, which is echoed. The error
// Is ErrCancelled, ErrBackground, or says that the line is too long.
func (t *Terminal) ReadLine(ctx context.Context, prompt string) (string, error) {
	return t.ask(ctx, prompt, question{})
}

// ReadSecret is ReadLine without echo. Input from before the prompt is
// dropped.
func (t *Terminal) ReadSecret(ctx context.Context, prompt string) (secret.String, error) {
	text, err := t.ask(ctx, prompt, question{hidden: true, fresh: true})
	return secret.New(text), err
}

// Confirm asks a question that only "y" and "yes" agree to, in either case.
// Input from before the question is dropped.
func (t *Terminal) Confirm(ctx context.Context, text string) (bool, error) {
	answer, err := t.ask(ctx, text+" [y/N] ", question{fresh: true})
	if err != nil {
		return false, err
	}
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "y" || answer == "yes", nil
}

// The two ways in which a question ends only to be asked anew.
var (
	errSuspend = errors.New("suspended") // Ctrl-Z: stop, then ask again
	errResumed = errors.New("resumed")   // the process was stopped and runs again, in modes that are the shell's
)

// ask asks until there is an answer, or an end to it.
func (t *Terminal) ask(ctx context.Context, prompt string, q question) (string, error) {
	leave, err := t.queue(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	signals := watchSignals()
	defer signals.stop()
	for {
		line, err := t.askOnce(ctx, printable(prompt), q, signals)
		switch err {
		case errSuspend:
			signals.suspend()
		case errResumed:
		default:
			return line, err
		}
	}
}

// askOnce sets the modes, shows the prompt, and waits for whatever ends it.
// Modes come before the prompt, so that whoever answers as soon as it shows is
// neither echoed nor dropped.
func (t *Terminal) askOnce(ctx context.Context, prompt string, q question, signals *signals) (line string, err error) {
	if ctx.Err() != nil {
		return "", cancelled(ctx.Err())
	}
	if err := t.foreground(); err != nil {
		return "", err
	}
	modes, err := t.setModes(q)
	if err != nil {
		return "", err
	}
	exchange, err := t.startExchange(prompt, modes.suspendKey, q.paste)
	if err != nil {
		modes.restore(false)
		return "", err
	}
	select {
	case a := <-exchange.answer:
		line, err = a.line, a.err
	case <-ctx.Done():
		err = cancelled(ctx.Err())
	case signal := <-signals.end:
		err = endedBy(signal)
	case <-signals.resumed:
		err = errResumed
	}
	exchange.stop()
	// An answer must not hide a signal that came with it.
	select {
	case signal := <-signals.end:
		line, err = "", endedBy(signal)
	default:
	}

	// From the background the modes are no longer ours to set: whoever took
	// the foreground has set its own.
	if t.foreground() == nil {
		if q.hidden || err != nil {
			_ = t.write("\n")
		}
		// A secret that was half typed must not turn up in the shell, nor what
		// stands below the end of a paste.
		modes.restore(q.hidden && err != nil || q.paste)
	}
	return line, err
}

// modes are those set for a question.
type modes struct {
	restore    func(dropInput bool) // puts the old ones back
	suspendKey byte                 // the key that ends the line in order to suspend; 0: none
}

// answer is what a line read from the terminal gave.
type answer struct {
	line string
	err  error
}

// exchange is a prompt being shown and a line being read.
type exchange struct {
	answer <-chan answer // gets one answer
	stop   func()        // ends it; nothing is read from the terminal afterwards
}

// endedBy is ErrCancelled because of a signal.
func endedBy(signal os.Signal) error { return fmt.Errorf("%w (%v)", ErrCancelled, signal) }

// cancelled is ErrCancelled because of err, that of a context.
func cancelled(err error) error { return fmt.Errorf("%w: %w", ErrCancelled, err) }
