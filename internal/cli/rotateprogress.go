package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/awsmint/awsmint/provider"
)

// rotationWatch says on stderr how a rotation goes on: on a terminal in one
// line that changes, else in a line a step.
type rotationWatch struct {
	to      io.Writer
	profile string
	columns int // of the terminal; 0: none
	waiting bool
}

// lastingEvents are what a person wants to find on the terminal afterwards: what was
// deleted beside the old key, and that all began anew.
var lastingEvents = []provider.RotationEvent{provider.KeyStray, provider.KeyUnused, provider.KeyGone}

// watchRotation has the rotation tell of itself.
func (a *App) watchRotation(rotation *provider.Rotation) *rotationWatch {
	w := &rotationWatch{to: a.Stderr, profile: rotation.Profile}
	if a.movesCursor(os.Stderr) {
		w.columns = columnsOf(os.Stderr)
	}
	rotation.Progress = w.tell
	rotation.Wait = w.wait
	return w
}

func (w *rotationWatch) tell(p provider.RotationProgress) {
	text := w.profile + ": " + p.Text()
	w.waiting = p.Event == provider.KeyAwaited
	switch {
	case w.columns == 0:
		w.write(text + "\n")
	case slices.Contains(lastingEvents, p.Event):
		w.write(clearLine + text + "\n")
	default:
		w.write(clearLine + cut(text, max(1, w.columns-echo)))
	}
}

// wait takes away the line that tells of waiting: what comes next may be a
// question for a code.
func (w *rotationWatch) wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	var err error
	select {
	case <-timer.C:
	case <-ctx.Done():
		err = ctx.Err()
	}
	if w.waiting {
		w.waiting = false
		w.end()
	}
	return err
}

// end leaves nothing of the line that changes.
func (w *rotationWatch) end() {
	if w.columns > 0 {
		w.write(clearLine)
	}
}

func (w *rotationWatch) write(text string) { _, _ = fmt.Fprint(w.to, text) }
