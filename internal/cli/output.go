package cli

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/awsmint/awsmint/internal/fault"
)

// output is the process's stdout. What can't be written there is a failure
// that says so: a script must not take half an answer, or none, for the whole.
type output struct{ file *os.File }

// errClosed says that the caller started the run without a stdout.
var errClosed = errors.New("stdout is closed")

// report is stdout for commands whose work is not to print: that nobody wants
// to read of it is no failure. Node and Python discard output in a way that
// looks like a stdout which is closed.
func (a *App) report() io.Writer {
	if o, ok := a.Stdout.(output); ok && wasClosed(o.file) {
		return io.Discard
	}
	return a.Stdout
}

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

// isDeserted reports whether stdout is a pipe that nobody reads any more.
func (a *App) isDeserted() bool {
	o, ok := a.Stdout.(output)
	return ok && isDeserted(o.file)
}

// columns is how wide stdout is where it is a terminal; 0 where it is none.
func (a *App) columns() int {
	columns, _ := a.size()
	return columns
}
