package cli

import (
	"fmt"
	"strings"
	"time"
)

// printTable prints the rows, and below them the problems in full. On a
// terminal the table is as narrow as that is.
func printTable(app *App, rows []row) error {
	if len(rows) == 0 {
		_, err := fmt.Fprint(app.Stdout, noRows)
		return err
	}
	table := [][]string{{"PROFILE", "CREDENTIALS", "MFA", "SESSION"}}
	for _, r := range rows {
		table = append(table, []string{r.Profile, r.credentialsColumn(), r.mfaColumn(), r.sessionColumn(app.Now())})
	}
	_, err := fmt.Fprint(app.Stdout, lined(table, layout{columns: app.columns()})+problems(rows, app.columns()))
	return err
}

const noRows = "no profiles yet; store a key with: awsmint add PROFILE\n"

// problems are what stands below the table, each after an empty line. On a
// terminal their lines are broken where it ends.
func problems(rows []row, columns int) (text string) {
	for _, r := range rows {
		if r.Problem != r.short {
			text += fmt.Sprintf("\n%s: %s\n", r.Profile, printable(r.Problem))
			if r.Hint != "" {
				text += "  " + strings.ReplaceAll(r.Hint, "\n", "\n  ") + "\n"
			}
		}
		if advice := r.advice(); advice != "" {
			text += fmt.Sprintf("\n%s: %s\n", r.Profile, advice)
		}
	}
	return wrapped(text, columns)
}

func (r *row) credentialsColumn() string {
	switch {
	case r.what != "":
		return r.what
	case r.Key != "":
		return r.Kind + " …" + r.Key
	case r.unopened:
		return r.Kind + " ?"
	case r.Kind == "":
		return "-"
	}
	return r.Kind
}

// mfaColumn leaves out what all ARNs have in common. Whether there was MFA at a
// sign-in, or where another program gets credentials, awsmint can't know.
func (r *row) mfaColumn() string {
	switch {
	case r.Serial != "":
		return afterSlash(r.Serial)
	case r.codeless:
		return "none"
	}
	return "-"
}

func (r *row) sessionColumn(now time.Time) string {
	switch {
	case r.short != "":
		return r.short
	case r.Expires != nil:
		return left(*r.Expires, now)
	case r.SessionOff:
		return "off"
	case r.SignedIn == nil && r.Expired:
		return "expired"
	case r.SignedIn == nil:
		return "none"
	case !*r.SignedIn:
		return "sign in: awsmint login " + r.Profile
	case r.SignInEnd == nil:
		return "signed in"
	}
	return "signed in until " + clock(*r.SignInEnd, now)
}

// gap is the room between two columns.
const gap = 2

// layout is how cells are put into lines.
type layout struct {
	columns int   // of the terminal; 0: any number
	least   []int // the width that a column is cut to at most; nil: that of its title

	// paint, where given, puts escape sequences round what stands in a cell:
	// they take no room.
	paint func(line, column int, text string) string
}

// lined writes cells in columns. Where they are wider than the terminal, the
// widest are cut.
func lined(table [][]string, l layout) string {
	widths, least := make([]int, len(table[0])), l.least
	for _, cells := range table {
		for i, cell := range cells {
			cells[i] = printable(cell)
			widths[i] = max(widths[i], wide(cell))
		}
	}
	if least == nil {
		for _, title := range table[0] {
			least = append(least, wide(title))
		}
	}
	if l.columns > 0 {
		fit(widths, least, l.columns)
	}
	var text strings.Builder
	for number, cells := range table {
		line := ""
		for i, cell := range cells {
			cell = cut(cell, widths[i])
			room := widths[i] + gap - wide(cell)
			if l.paint != nil {
				cell = l.paint(number, i, cell)
			}
			line += cell + strings.Repeat(" ", room)
		}
		text.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return text.String()
}

// fit takes from the widest column until all have room, and from none what it
// needs at least.
func fit(widths, least []int, columns int) {
	total := gap * (len(widths) - 1)
	for _, width := range widths {
		total += width
	}
	for ; total > columns; total-- {
		widest := -1
		for i, width := range widths {
			if width > least[i] && (widest < 0 || width > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return
		}
		widths[widest]--
	}
}
