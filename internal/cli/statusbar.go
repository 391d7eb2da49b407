package cli

import (
	"strings"
	"time"
)

// barWidth is the length of a whole session in columns.
const barWidth = 8

// bar is what is left of a life. While anything is, it is not empty.
func bar(left, life time.Duration, ascii bool) string {
	full, empty := "█", "░"
	if ascii {
		full, empty = "#", "-"
	}
	filled := barWidth
	if life > 0 {
		filled = int((left*barWidth + life - 1) / life)
	}
	filled = min(max(filled, 0), barWidth)
	return strings.Repeat(full, filled) + strings.Repeat(empty, barWidth-filled)
}

// colour is the number of a colour of terminals (ECMA-48, SGR); 0 is none.
type colour string

const (
	plain colour = ""
	red   colour = "31"
	green colour = "32"
	amber colour = "33"
)

// soon is when a session's end becomes worth a look.
const soon = time.Hour

func (c colour) paint(text string) string {
	if c == plain {
		return text
	}
	return "\x1b[" + string(c) + "m" + text + "\x1b[0m"
}

// colour is that of a cell: red for what is to be done something about.
func (r *row) colour(title string, now time.Time) colour {
	switch title {
	case "KEY":
		if r.KeyTooOld {
			return red
		}
	case "SESSION":
		return r.life(now)
	}
	return plain
}

// life is the colour of what is left of a session.
func (r *row) life(now time.Time) colour {
	switch {
	case r.Problem != "":
		return red
	case r.Expires == nil && (r.Expired || r.SignedIn != nil && !*r.SignedIn):
		return red
	case r.Expires == nil:
		return plain
	case !now.Before(*r.Renewal):
		return red
	case r.Expires.Sub(now) < soon:
		return amber
	}
	return green
}
