package paste

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/awsmint/awsmint/internal/fault"
)

// table is one of the console's CSV files, or a table copied from its page:
// a line of names, and a key in each line below it. The files were, over the
// years, with and without the user's name, a password and a link.
type table struct {
	comma   rune
	line    int // of the names, counted from 1
	columns map[int]field
}

// findTable looks for a line that names both an id and a secret. Commas are
// the console's, tabs come with what is copied from a page, and semicolons
// from spreadsheets in much of Europe.
func findTable(text string) (table, bool) {
	n := 0
	for line := range strings.Lines(text) {
		n++
		for _, comma := range ",\t;" {
			if columns := columnsOf(line, comma); columns != nil {
				return table{comma, n, columns}, true
			}
		}
	}
	return table{}, false
}

func columnsOf(line string, comma rune) map[int]field {
	if !strings.ContainsRune(line, comma) || !strings.Contains(strings.ToLower(line), "secret") {
		return nil // as are nearly all lines, at a fraction of what a reader costs
	}
	cells, err := cellsOf(line, comma).Read()
	if err != nil {
		return nil
	}
	columns, has := map[int]field{}, map[field]bool{}
	for i, cell := range cells {
		if f, known := fieldOf(normal(cell)); known {
			columns[i], has[f] = f, true
		}
	}
	if !has[keyID] || !has[secretKey] {
		return nil
	}
	return columns
}

func cellsOf(text string, comma rune) *csv.Reader {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = comma
	r.FieldsPerRecord = -1
	r.TrimLeadingSpace = comma != '\t' // where a blank is an empty cell
	return r
}

// read reads the lines below the names. A line that has nothing in the columns
// of a key is passed over, as that of a user without one.
func (t table) read(text string) ([]*group, error) {
	lines := strings.SplitAfterN(text, "\n", t.line+1)
	if len(lines) <= t.line {
		return nil, nil
	}
	cells := cellsOf(lines[t.line], t.comma)
	var groups []*group
	for {
		record, err := cells.Read()
		if errors.Is(err, io.EOF) {
			return groups, nil
		}
		if err != nil {
			var broken *csv.ParseError
			at := t.line
			if errors.As(err, &broken) {
				at += broken.StartLine
			}
			return nil, fault.New(fault.Usage, fmt.Sprintf("the quotes in line %d of the table are not closed, or stand within a value", at), "download the file again, or copy the table again")
		}
		if len(record) == 1 && len(t.columns) > 1 {
			continue // what stands below the table on its page
		}
		at, _ := cells.FieldPos(0)
		g := newGroup("")
		for i, cell := range record {
			if f, known := t.columns[i]; known {
				if err := g.set(f, withoutButtons(cell), t.line+at); err != nil {
					return nil, err
				}
			}
		}
		groups = append(groups, g)
	}
}

// withoutButtons takes off what the console has behind a secret.
func withoutButtons(text string) string {
	text = strings.TrimFunc(text, isBlank)
	if i := strings.LastIndexFunc(text, isBlank); i >= 0 && isButton(strings.TrimFunc(text[i:], isBlank)) {
		return text[:i]
	}
	return text
}
