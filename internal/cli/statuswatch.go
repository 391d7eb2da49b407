package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/awsmint/awsmint/internal/term"
)

const (
	// redrawPause is from one look at the config and the cache to the next.
	redrawPause = 2 * time.Second

	// keychainPause is that for the keychain, which tells of keys' ages and of
	// sign-ins: opening one may take a good part of a second.
	keychainPause = time.Minute
)

// What moves within a terminal's lines (ECMA-48).
const (
	upLines   = "\x1b[%dA\r"
	clearRest = "\x1b[K"
	clearDown = "\x1b[J"
)

// statusWatch shows the status again and again.
type statusWatch struct {
	status *Status
	app    *App
	lister *lister
	opened time.Time // when the lister was new

	drawn []int  // the widths of the lines that are on the terminal
	last  string // what was printed where there is none
}

// watch goes on until ctx ends or nobody reads it any more, which is no failure.
func (s *Status) watch(ctx context.Context, app *App, l *lister) error {
	w := &statusWatch{status: s, app: app, lister: l, opened: app.Now()}
	if _, err := l.rows(ctx, s.Profiles); err != nil {
		return err
	}
	ticker := time.NewTicker(redrawPause)
	defer ticker.Stop()
	resized, stop := resizes()
	defer stop()
	for !app.isDeserted() {
		if err := w.show(ctx); err != nil {
			return err
		}
		select {
		case <-ticker.C:
		case <-resized:
		case <-ctx.Done():
			if len(w.drawn) > 0 {
				// The terminal has put a ^C behind the table.
				_, _ = fmt.Fprint(app.Stdout, clearLine)
			}
			return nil
		}
	}
	return nil
}

// show makes the rows anew and shows them.
func (w *statusWatch) show(ctx context.Context) error {
	now, d := w.app.Now(), w.app.display()
	if now.Sub(w.opened) >= keychainPause && w.lister.unopened == nil {
		if l, err := w.app.newLister(); err == nil {
			w.lister, w.opened = l, now
		}
	}
	rows, err := w.lister.rows(ctx, w.status.Profiles)
	if ctx.Err() != nil {
		return nil // what it cut short says nothing
	}
	err = errors.Join(err, w.lister.unopened)
	switch {
	case w.status.JSON:
		return w.printJSON(rows, err)
	case d.moves && !errors.Is(term.Available(), term.ErrBackground):
		return w.draw(w.text(rows, now, d, err), d)
	case d.moves: // the lines are the shell's, and somebody types there
		w.drawn = nil
		return nil
	}
	return w.print(rows, now, d, err)
}

func (w *statusWatch) text(rows []row, now time.Time, d display, err error) (text string) {
	if rows != nil {
		text = statusText(rows, now, d)
	}
	if err != nil {
		var failure strings.Builder
		Report(&failure, err)
		text += "\n" + failure.String()
	}
	return text
}

// print prints the table where something has changed since the last one. That
// time goes by is no change, unless it brings a session nearer to its end than
// a look would tell apart by colour.
func (w *statusWatch) print(rows []row, now time.Time, d display, err error) error {
	state := fmt.Sprint(err)
	for i := range rows {
		state += string(rows[i].life(now))
	}
	if !w.changes(rows, state) {
		return nil
	}
	text := w.text(rows, now, d, err)
	if w.drawn != nil {
		text = "\n" + text
	}
	w.drawn = []int{}
	_, err = fmt.Fprint(w.app.Stdout, text)
	return err
}

func (w *statusWatch) printJSON(rows []row, err error) error {
	if rows == nil || !w.changes(rows, fmt.Sprint(err)) {
		return nil
	}
	encoder := json.NewEncoder(w.app.Stdout)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(rows)
}

func (w *statusWatch) changes(rows []row, state string) bool {
	// Texts, numbers and times: there is nothing that can't be encoded.
	content, _ := json.Marshal(rows)
	last := w.last
	w.last = string(content) + state
	return w.last != last
}

// draw writes the text over the one before, in one write so that it does not
// flicker. Lines are cut, not wrapped, and there are fewer than the terminal
// has, so that the way back up is known.
func (w *statusWatch) draw(text string, d display) error {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if most := max(1, d.rows-1); len(lines) > most {
		lines = append(lines[:most-1:most-1], fmt.Sprintf("… %d more lines", len(lines)-most+1))
	}
	var out strings.Builder
	if up := risen(w.drawn, d.columns); up > 0 {
		fmt.Fprintf(&out, upLines, up)
	} else {
		out.WriteString("\r")
	}
	w.drawn = w.drawn[:0]
	for _, line := range lines {
		if wideLine(line) > d.columns {
			line = cut(line, d.columns)
		}
		w.drawn = append(w.drawn, wideLine(line))
		out.WriteString(line + clearRest + "\n")
	}
	out.WriteString(clearDown)
	_, err := fmt.Fprint(w.app.Stdout, out.String())
	return err
}

// risen is how many lines of a terminal the drawn ones take: it may have become
// narrower since, and wrapped them.
func risen(drawn []int, columns int) (lines int) {
	for _, width := range drawn {
		lines += max(1, (width+columns-1)/columns)
	}
	return lines
}
