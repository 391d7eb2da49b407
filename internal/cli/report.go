package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/awsmint/awsmint/internal/fault"
)

// maxReport is the length in bytes of what a failure prints: SDKs put all of
// it into an exception, and Java's deadlocks on a full pipe.
const maxReport = 1000

// each does something for one profile after the other. A failure of one is told
// and stops none of the others; the run ends with the first one's status.
func (a *App) each(ctx context.Context, profiles []string, do func(profile string) error) error {
	var first error
	for _, profile := range profiles {
		err := do(profile)
		switch {
		case err == nil:
		case len(profiles) == 1 || ctx.Err() != nil:
			return err
		default:
			Report(a.Stderr, err)
			if first == nil {
				first = reported{err}
			}
		}
	}
	return first
}

// reported is a failure that was told where it happened: it has only its status
// left to give.
type reported struct{ error }

func (r reported) Unwrap() error { return r.error }

// Report writes a failure to stderr, the fact and then the hint, and returns
// the exit status.
func Report(stderr io.Writer, err error) int {
	if err == nil {
		return 0
	}
	if told := (reported{}); errors.As(err, &told) { // kong wraps what a command returns
		return int(fault.StatusOf(err))
	}
	text := "awsmint: " + err.Error() + "\n"
	if hint := fault.HintOf(err); hint != "" {
		text += "  " + strings.ReplaceAll(hint, "\n", "\n  ") + "\n"
	}
	if len(text) > maxReport {
		text = strings.ToValidUTF8(text[:maxReport], "") + "…\n"
	}
	_, _ = fmt.Fprint(stderr, text)
	return int(fault.StatusOf(err))
}
