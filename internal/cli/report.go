package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/awsmint/awsmint/internal/fault"
)

// maxReport is the length in bytes of what a failure prints: SDKs put all of
// it into an exception, and Java's deadlocks on a full pipe.
const maxReport = 1000

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
	if _, done := err.(reported); done {
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
