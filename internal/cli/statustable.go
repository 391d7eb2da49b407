package cli

import (
	"fmt"
	"slices"
	"time"
)

// statusColumn is a column of the table. Where the terminal is narrow, texts
// are cut down to least; then whole columns go, those of the lowest rank first.
type statusColumn struct {
	title string
	rank  int
	least int // the width in columns that a longer text is cut to; 0: it is not cut
	cell  func(r *row, v *statusView) string
}

// statusColumns are those of status, in order. What has no session to show has
// a sentence to say, which may be cut.
var statusColumns = []statusColumn{
	{"PROFILE", 8, 16, func(r *row, _ *statusView) string { return r.Profile }},
	{"ACCOUNT", 5, 0, func(r *row, _ *statusView) string { return orDash(r.Account) }},
	{"IDENTITY", 6, 12, func(r *row, _ *statusView) string { return r.identityColumn() }},
	{"KIND", 1, 8, func(r *row, _ *statusView) string { return orDash(r.Kind) }},
	{"KEY", 3, 0, func(r *row, v *statusView) string { return r.ageColumn(v) }},
	{"MFA", 2, 8, func(r *row, _ *statusView) string { return r.mfaColumn() }},
	{"SESSION", 7, 17, func(r *row, v *statusView) string { return r.lifeColumn(v) }},
	{"RENEWAL", 4, 0, func(r *row, v *statusView) string { return r.renewalColumn(v.now) }},
}

// statusView is how the table is drawn.
type statusView struct {
	now time.Time
	display
	ascii bool // for bars: a dumb terminal may know no more
}

// statusText is the table, and what stands below it: what is wrong in full.
func statusText(rows []row, now time.Time, d display) (table, below string) {
	if len(rows) == 0 {
		return noRows, ""
	}
	return statusTable(rows, now, d), problems(rows, d.columns)
}

func statusTable(rows []row, now time.Time, d display) string {
	v := &statusView{now: now, display: d, ascii: !d.moves}
	table := make([][]string, len(rows)+1)
	for _, column := range statusColumns {
		table[0] = append(table[0], column.title)
		for i := range rows {
			table[i+1] = append(table[i+1], column.cell(&rows[i], v))
		}
	}
	shown, least := fitting(table, d.columns)
	for i, cells := range table {
		table[i] = nil
		for _, column := range shown {
			table[i] = append(table[i], cells[column])
		}
	}
	l := layout{columns: d.columns, least: least}
	if d.colours {
		l.paint = func(line, column int, text string) string {
			if line == 0 {
				return text
			}
			return rows[line-1].colour(statusColumns[shown[column]].title, now).paint(text)
		}
	}
	return lined(table, l)
}

// fitting are the numbers of the columns that a terminal has room for, and the
// width that each needs at least.
func fitting(table [][]string, columns int) (shown, least []int) {
	needs, total := make([]int, len(statusColumns)), -gap
	for i, column := range statusColumns {
		shown = append(shown, i)
		needs[i] = needed(table, i, column.least)
		total += gap + needs[i]
	}
	for columns > 0 && total > columns && len(shown) > 1 {
		lowest := slices.MinFunc(shown, func(a, b int) int { return statusColumns[a].rank - statusColumns[b].rank })
		total -= gap + needs[lowest]
		shown = slices.DeleteFunc(shown, func(i int) bool { return i == lowest })
	}
	for _, i := range shown {
		least = append(least, needs[i])
	}
	if len(shown) == 1 {
		least[0] = 1 // a terminal that has hardly any room
	}
	return shown, least
}

// needed is the width of a column, or the one that it can be cut to.
func needed(table [][]string, column, least int) (width int) {
	for _, cells := range table {
		width = max(width, wide(cells[column]))
	}
	if least > 0 {
		width = min(width, least)
	}
	return width
}

// identityColumn is who the credentials are, without what all ARNs have in
// common.
func (r *row) identityColumn() string {
	switch {
	case r.Role != "":
		return "role/" + afterSlash(r.Role)
	case r.SSORole != "":
		return "role/" + r.SSORole
	case r.User != "":
		return resourceIn(r.User)
	}
	return "-"
}

// ageColumn is the key's age, with signs where it may be more and where the key
// is to be replaced.
func (r *row) ageColumn(v *statusView) string {
	switch {
	case r.unopened && r.SignInURL == "":
		return "?"
	case r.KeyDays == nil:
		return "-"
	}
	text := fmt.Sprintf("%dd", *r.KeyDays)
	switch {
	case r.AtLeast && v.ascii && v.columns > 0:
		text = ">=" + text
	case r.AtLeast:
		text = "≥" + text
	}
	if r.KeyTooOld {
		text += "!"
	}
	return text
}

// lifeColumn draws what is left of a session where somebody looks at it.
func (r *row) lifeColumn(v *statusView) string {
	if r.short != "" || r.Expires == nil {
		return r.sessionColumn(v.now)
	}
	text := remaining(*r.Expires, v.now)
	if v.columns == 0 {
		return text
	}
	return bar(r.Expires.Sub(v.now), r.Expires.Sub(*r.Issued), v.ascii) + " " + text
}

// renewalColumn is when whoever asks gets new credentials.
func (r *row) renewalColumn(now time.Time) string {
	switch {
	case r.Renewal == nil || r.short != "":
		return "-"
	case !now.Before(*r.Renewal):
		return "due"
	}
	return clock(*r.Renewal, now)
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
