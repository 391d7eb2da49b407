package cli

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/awsmint/awsmint/internal/format"
)

// statusPause is how often the status line is written anew: it tells whole
// minutes.
const statusPause = 15 * time.Second

// watch keeps a .env file fresh until it is told to end, and says on stderr
// how it stands: in one line that changes on a terminal, else in a line for
// each renewal.
type watch struct {
	file   *envFile
	supply *supply

	mu       sync.Mutex // guards the rest
	values   format.Values
	err      error // of the last renewal
	terminal bool
}

func (w *watch) run(ctx context.Context, values format.Values) {
	w.values = values
	w.terminal = term.IsTerminal(int(os.Stderr.Fd()))
	w.tell()
	ticking := make(chan struct{})
	go func() {
		defer close(ticking)
		w.tick(ctx)
	}()
	w.file.keepFresh(ctx, w.supply, values, func(v format.Values, err error) {
		w.mu.Lock()
		w.values, w.err = v, err
		w.mu.Unlock()
		w.tell()
	})
	<-ticking
	if w.terminal {
		_, _ = fmt.Fprintln(w.file.app.Stderr)
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
	app := w.file.app
	text := fmt.Sprintf("%s: %s, %s", w.file.path, w.supply.what, lasting(w.values.Credentials, app.Now()))
	if w.err != nil {
		text += "; not renewed: " + w.err.Error()
	}
	if !w.terminal {
		_, _ = fmt.Fprintln(app.Stderr, text)
		return
	}
	if width, _, err := term.GetSize(int(os.Stderr.Fd())); err == nil {
		text = cut(text, max(1, width-1))
	}
	const clearLine = "\r\x1b[K"
	_, _ = fmt.Fprint(app.Stderr, clearLine+text)
}
