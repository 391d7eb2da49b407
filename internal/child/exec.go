package child

import (
	"fmt"

	"github.com/awsmint/awsmint/internal/fault"
)

// The exit statuses for a command that can't be run, those of shells.
// https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_08_02
const (
	NotExecutable fault.Status = 126 // it was found, and can't be run
	NotFound      fault.Status = 127
)

// killedStatus and a signal's number make the exit status that shells give for
// a command which the signal has ended: 130 for SIGINT, 143 for SIGTERM.
const killedStatus = 128

// End is how a command ended. The zero value is success.
type End struct {
	Code   int // its exit status, where it ended by itself
	Signal int // the number of the signal that ended it; 0: none
}

// Status is the exit status that shells have for it.
func (e End) Status() int {
	if e.Signal != 0 {
		return killedStatus + e.Signal
	}
	return e.Code
}

func notFound(program string, err error) error {
	return fault.Wrap(err, NotFound, fmt.Sprintf("command %q is not found", program),
		"check its name and PATH, or give the command by its path; an alias, a function or a shell's own command needs the shell: sh -c '...'")
}

func notExecutable(program string, err error, why, hint string) error {
	return fault.Wrap(err, NotExecutable, fmt.Sprintf("command %q can't be run: %s", program, why), hint)
}
