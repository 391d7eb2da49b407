package cli

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/format"
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

func (w *watch) run(ctx context.Context, values format.Values) {
	w.values = values
	w.terminal = term.IsTerminal(int(os.Stderr.Fd())) && w.file.app.Getenv("TERM") != "dumb"
	w.file.begins = w.begin
	w.tell()
	ticking := make(chan struct{})
	go func() {
		defer close(ticking)
		w.tick(ctx)
	}()
	w.file.keepFresh(ctx, w.supply, values, w.end)
	<-ticking
	if w.terminal {
		w.write(clearLine + w.line() + "\n")
	}
}

// begin leaves the terminal's line to whoever is asked for a code.
func (w *watch) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.busy = true
	if w.terminal {
		w.write(clearLine)
	}
}

func (w *watch) end(v format.Values, err error) {
	w.mu.Lock()
	w.values, w.err, w.busy = v, err, false
	w.mu.Unlock()
	w.tell()
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
			w.tell()
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
	case w.terminal:
		w.write(clearLine + w.line())
	default:
		w.write(w.status() + "\n")
	}
}

// line is the status as far as the terminal has room for it.
func (w *watch) line() string {
	width, _, err := term.GetSize(int(os.Stderr.Fd()))
	if err != nil || width == 0 {
		width = unsized
	}
	return cut(w.status(), max(1, width-echo))
}

// status begins with what must be seen in a narrow terminal too. What went wrong
// stands before what is as ever.
func (w *watch) status() string {
	end, now := w.values.Credentials.Expires, w.file.app.Now()
	text := w.file.path + ": expired"
	if now.Before(end) {
		text = fmt.Sprintf("%s: %s", w.file.path, left(end, now))
	}
	if w.err == nil {
		return fmt.Sprintf("%s, until %s (%s)", text, clock(end, now), w.supply.what)
	}
	text += "; not renewed: " + w.err.Error()
	if fault.StatusOf(w.err) == fault.Person {
		text += "; run: awsmint login " + w.supply.what
	}
	return text
}

func (w *watch) write(text string) { _, _ = fmt.Fprint(w.file.app.Stderr, text) }
