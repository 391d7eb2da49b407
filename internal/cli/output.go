package cli

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/term"

	"github.com/awsmint/awsmint/internal/fault"
)

// output is the process's stdout. What can't be written there is a failure
// that says so: a script must not take half an answer, or none, for the whole.
type output struct{ file *os.File }

// errClosed says that the caller started the run without a stdout.
var errClosed = errors.New("stdout is closed")

func (o output) Write(p []byte) (int, error) {
	if wasClosed(o.file) {
		return 0, fault.Wrap(errClosed, fault.Failure, "the output can't be written: stdout is closed", "")
	}
	n, err := o.file.Write(p)
	if err != nil {
		err = fault.Wrap(err, fault.Failure, fmt.Sprintf("the output can't be written: %v", err), "")
	}
	return n, err
}

// unsized is the width taken for a terminal that does not know its own, as the
// pseudo-terminals of some programs.
const unsized = 80

// columns is how wide stdout is where it is a terminal; 0 where it is none.
func (a *App) columns() int {
	o, ok := a.Stdout.(output)
	if !ok {
		return 0
	}
	width, _, err := term.GetSize(int(o.file.Fd()))
	switch {
	case err != nil:
		return 0
	case width == 0:
		return unsized
	}
	return width
}
