package provider

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"strings"
	"time"
	"unicode"

	"github.com/awsmint/awsmint/internal/child"
	"github.com/awsmint/awsmint/internal/fault"
)

// maxComplaint is how many bytes of a program's stderr are looked at, from its
// end.
const maxComplaint = 4096

// program is a command of the user's that prints a secret.
type program struct {
	what  string // "the credential_process of profile \"work\""
	gave  string // what it is to print: "credentials"
	limit int    // of its output, in bytes
}

// output runs cmd, which was made with ctx, and returns what it prints. Its
// stdin is the null device: awsmint's own holds the data of whoever called. Its
// stderr is quoted when it fails; stdout never is, since it may be the secret.
func (p *program) output(ctx context.Context, cmd *exec.Cmd) ([]byte, error) {
	stdout, stderr := child.Output{Limit: p.limit}, child.Tail{Limit: maxComplaint}
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	child.Detach(cmd)
	began := time.Now() // ctx's time is the real one, too
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return nil, p.ended(ctx.Err(), time.Since(began))
	case err != nil && !errors.Is(err, exec.ErrWaitDelay): // it left another program running
		return nil, p.unsuccessful(cmd.Path, err, complaint(stderr.Bytes()))
	case stdout.Exceeded():
		return nil, p.failed(nil, fmt.Sprintf("it printed more than %d bytes", p.limit), "run that command in a terminal to see what it prints")
	case stdout.Total() == 0:
		return nil, p.failed(nil, "it printed nothing"+complaint(stderr.Bytes()), "run that command in a terminal to see what it does")
	}
	return stdout.Bytes(), nil
}

// failed tells what went wrong with the command, but not the command itself,
// since people write passwords into such lines.
func (p *program) failed(err error, how, hint string) error {
	return fault.Wrap(err, fault.Failure, fmt.Sprintf("%s gave no %s: %s", p.what, p.gave, how), hint)
}

// ended is for a command that was ended with ctx. What is left of a run's time
// may be less than the limit that is set, so the time is measured.
func (p *program) ended(why error, after time.Duration) error {
	if errors.Is(why, context.Canceled) {
		return fault.Wrap(why, fault.Person, "cancelled", "")
	}
	return p.failed(why, "it did not finish within "+Span(max(after, time.Second)),
		"run that command in a terminal; if it asks for something there, it needs a way to do without")
}

// unsuccessful is for a command that did not start, or did not end well.
func (p *program) unsuccessful(path string, err error, complaint string) error {
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) && exit.Exited():
		return p.failed(err, fmt.Sprintf("it ended with exit status %d%s", exit.ExitCode(), complaint),
			"run that command in a terminal to see what is wrong")
	case errors.As(err, &exit):
		// "signal: killed"
		return p.failed(err, fmt.Sprintf("it was ended by a %s%s", exit.ProcessState, complaint),
			"run that command in a terminal to see what is wrong")
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		return p.failed(err, fmt.Sprintf("there is no program %q", path),
			"write the program's absolute path: programs that are not started from a terminal often have a shorter PATH")
	case errors.Is(err, fs.ErrPermission):
		return p.failed(err, fmt.Sprintf("%q can't be executed", path),
			"look at the file's permissions (chmod +x), and whether it is a program")
	}
	return p.failed(err, fmt.Sprintf("%q can't be started: %v", path, innermost(err)),
		"a script needs #! and its interpreter in its first line; look whether the program is one for this machine")
}

// complaint is the end of what a program said on its stderr, to be quoted in a
// line; empty where it said nothing.
func complaint(stderr []byte) string {
	text := strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' ' // what a terminal would take for an order, too
	}, strings.ToValidUTF8(string(stderr), ""))
	text = strings.Join(strings.Fields(text), " ")
	if text == "" {
		return ""
	}
	if over := len(text) - maxQuoted; over > 0 {
		text = "…" + strings.ToValidUTF8(text[over:], "")
	}
	return fmt.Sprintf(" and says: %s", text)
}
