package term

import (
	"context"
	"fmt"
	"strings"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

// maxPaste is the longest paste in bytes: a dozen session tokens.
const maxPaste = 64 << 10

// errPasteTooLong says that a paste reached maxPaste.
var errPasteTooLong error = fault.New(fault.Failure,
	fmt.Sprintf("the paste is longer than %d KiB", maxPaste>>10), "copy the key alone, or give it in a file on stdin")

// endOfTransmission is Ctrl-D.
const endOfTransmission = "\x04"

// ReadPaste asks for text of several lines, without echo, which an empty line
// or Ctrl-D ends. Lines may be as long as session tokens are, longer than a
// terminal passes on of one that is typed; 64 KiB in all. Input from before the
// prompt is dropped, and so is what follows the end: it may be a secret, and
// would go to the shell. The error is as ReadLine's.
func (t *Terminal) ReadPaste(ctx context.Context, prompt string) (secret.String, error) {
	text, err := t.ask(ctx, prompt, question{hidden: true, fresh: true, paste: true})
	return secret.New(text), err
}

// endOfPaste returns the text before its end: an empty line at the end, below
// others, or Ctrl-D. Empty lines on top are what precedes a paste.
func endOfPaste(raw []byte) (text string, ended bool) {
	text = strings.ReplaceAll(string(raw), "\r\n", "\n")
	if before, _, ok := strings.Cut(text, endOfTransmission); ok {
		return before, true
	}
	above, complete := strings.CutSuffix(text, "\n")
	last := above[strings.LastIndexByte(above, '\n')+1:]
	return text, complete && strings.TrimSpace(last) == "" && strings.TrimSpace(above) != ""
}
