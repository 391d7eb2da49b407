package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/format"
	"github.com/awsmint/awsmint/internal/term"
)

// statusPause is how often the status line is written anew: it tells whole
// minutes.
const statusPause = 15 * time.Second

// What moves within the line of a terminal.
const (
	clearLine = "\r\x1b[K"
	// echo is the room that stays free at the line's end: for the cursor, and
	// for the ^C that a terminal shows where somebody types it.
	echo = 3
)

// watch keeps a .env file fresh until it is told to end, and says on stderr
// how it stands: in one line that changes on a terminal, else in a line for
// each renewal.
type watch struct {
	file   *envFile
	supply *supply

	mu       sync.Mutex // guards the rest
	values   format.Values
	err      error // of the last renewal
	busy     bool  // a renewal is under way, and may ask on the terminal
	terminal bool
}

// run returns keepFresh's error.
func (w *watch) run(ctx context.Context, values format.Values) error {
	// Who reads stderr may go; the file is still somebody's. By default a write
	// to a broken pipe is the end. Ignored, the signal would stay so for the
	// programs that renewals start.
	pipes := make(chan os.Signal, 1)
	signal.Notify(pipes, syscall.SIGPIPE)

	w.values = values
	w.terminal = w.file.app.movesCursor(os.Stderr)
	w.file.begins = w.begin
	w.tell()
	ticking, cancel := context.WithCancel(ctx)
	ticked := make(chan struct{})
	go func() {
		defer close(ticked)
		w.tick(ticking)
	}()
	err := w.file.keepFresh(ctx, w.supply, values, w.end)
	cancel()
	<-ticked
	if w.changing() {
		w.write(clearLine + w.line() + "\n")
	}
	return err
}

// changing reports whether the status is one line that changes. While awsmint is
// in the background of its terminal, that line is the shell's: somebody types
// there.
func (w *watch) changing() bool {
	return w.terminal && !errors.Is(term.Available(), term.ErrBackground)
}

// begin leaves the terminal's line to whoever is asked for a code.
func (w *watch) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.busy = true
	if w.changing() {
		w.write(clearLine)
	}
}

func (w *watch) end(v format.Values, err error) {
	w.mu.Lock()
	w.values, w.err, w.busy = v, err, false
	w.mu.Unlock()
	if !errors.Is(err, errTaken) { // which the run ends with
		w.tell()
	}
}

// tick writes the status line anew where it is one that changes.
func (w *watch) tick(ctx context.Context) {
	if !w.terminal {
		<-ctx.Done()
		return
	}
	ticker := time.NewTicker(statusPause)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			if w.changing() {
				w.tell()
			}
		case <-ctx.Done():
			return
		}
	}
}

// tell writes the status.
func (w *watch) tell() {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.busy:
	case w.changing():
		w.write(clearLine + w.line())
	default:
		w.write(w.status() + "\n")
	}
}

// line is the status as far as the terminal has room for it.
func (w *watch) line() string {
	return cut(w.status(), max(1, columnsOf(os.Stderr)-echo))
}

// status begins with what must be seen in a narrow terminal too. What went wrong
// stands before what is as ever.
func (w *watch) status() string {
	c, now := w.values.Credentials, w.file.app.Now()
	text, until := "expired", ", until "+clock(c.Expires, now)
	switch {
	case !c.CanExpire:
		text, until = lasting(c, now), ""
	case now.Before(c.Expires):
		text = left(c.Expires, now)
	}
	text = w.file.path + ": " + text
	if w.err == nil || errors.Is(w.err, errTaken) {
		return fmt.Sprintf("%s%s (%s)", text, until, w.supply.what)
	}
	text += "; not renewed: " + w.err.Error()
	if fault.StatusOf(w.err) == fault.Person {
		text += "; run: " + w.supply.login()
	}
	return text
}

func (w *watch) write(text string) { _, _ = fmt.Fprint(w.file.app.Stderr, text) }
