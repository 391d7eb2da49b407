package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
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
		table, below := w.text(rows, now, d, err)
		return w.draw(table, below, d)
	case d.moves: // the lines are the shell's, and somebody types there
		w.drawn = nil
		return nil
	}
	return w.print(rows, now, d, err)
}

func (w *statusWatch) text(rows []row, now time.Time, d display, err error) (table, below string) {
	if rows != nil {
		table, below = statusText(rows, now, d)
	}
	if err != nil {
		var failure strings.Builder
		Report(&failure, err)
		below = "\n" + failure.String() + below
	}
	return table, below
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
	table, below := w.text(rows, now, d, err)
	if w.drawn != nil {
		table = "\n" + table
	}
	w.drawn = []int{}
	_, err = fmt.Fprint(w.app.Stdout, table+below)
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

// draw writes the texts over those before, in one write so that it does not
// flicker. Lines are cut, not wrapped, and there are fewer than the terminal
// has, so that the way back up is known.
func (w *statusWatch) draw(table, below string, d display) error {
	lines := fitted(linesOf(table), linesOf(below), max(1, d.rows-1))
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

// fewForBoth is how many lines are too few for a table and what stands below it,
// each with what tells of the rest.
const fewForBoth = 3

// fitted are the lines for which there is room. Where there is less than they
// take, half of it is for what stands below the table, as far as that needs it.
func fitted(table, below []string, most int) []string {
	if most <= fewForBoth {
		return cutAt(slices.Concat(table, below), most)
	}
	under := min(len(below), max(most/2, most-len(table)))
	return slices.Concat(cutAt(table, most-under), cutAt(below, under))
}

// cutAt is the first of the lines, and in the last place how many more there are.
func cutAt(lines []string, most int) []string {
	if len(lines) <= most {
		return lines
	}
	return append(slices.Clip(lines[:most-1]), fmt.Sprintf("… %d more lines", len(lines)-most+1))
}

func linesOf(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// risen is how many lines of a terminal the drawn ones take: it may have become
// narrower since, and wrapped them.
func risen(drawn []int, columns int) (lines int) {
	for _, width := range drawn {
		lines += max(1, (width+columns-1)/columns)
	}
	return lines
}
