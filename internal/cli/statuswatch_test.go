package cli

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// Where there is no terminal, time that goes by is no reason for another table,
// but what a person would act on is.
func TestWatchPrintsChangesAlone(t *testing.T) {
	var out bytes.Buffer
	w := &statusWatch{status: &Status{}, app: &App{Stdout: &out}}
	printed := func(rows []row, after time.Duration, err error) bool {
		t.Helper()
		out.Reset()
		if err := w.print(rows, noon.Add(after), display{}, err); err != nil {
			t.Fatal(err)
		}
		return out.Len() > 0
	}
	rows := []row{session(row{Profile: "work"}, 3*time.Hour)}
	if !printed(rows, 0, nil) || strings.HasPrefix(out.String(), "\n") {
		t.Errorf("the first table: %q", out.String())
	}
	for _, step := range []struct {
		what  string
		rows  []row
		after time.Duration
		err   error
		want  bool
	}{
		{"a minute later", rows, time.Minute, nil, false},
		{"an hour is left", rows, 2 * time.Hour, nil, false},
		{"less is left", rows, 2*time.Hour + time.Second, nil, true},
		{"still less", rows, 2*time.Hour + 30*time.Minute, nil, false},
		{"in the window", rows, 2*time.Hour + 40*time.Minute, nil, true},
		{"renewed", []row{session(row{Profile: "work"}, 12*time.Hour)}, 2*time.Hour + 41*time.Minute, nil, true},
		{"it can't be read", nil, 3 * time.Hour, errors.New("no such file"), true},
		{"nor now", nil, 4 * time.Hour, errors.New("no such file"), false},
	} {
		if got := printed(step.rows, step.after, step.err); got != step.want {
			t.Errorf("%s: printed %v, want %v: %q", step.what, got, step.want, out.String())
		}
		if text := out.String(); text != "" && !strings.HasPrefix(text, "\n") {
			t.Errorf("%s: no empty line before %q", step.what, text)
		}
	}
}

// The table is drawn over the one before, and never taller than the terminal.
func TestWatchDrawsInPlace(t *testing.T) {
	var out bytes.Buffer
	w := &statusWatch{app: &App{Stdout: &out}}
	d := display{columns: 10, rows: 5, moves: true}
	for _, step := range []struct{ text, want string }{
		{"one\ntwo\n", "\rone\x1b[K\ntwo\x1b[K\n\x1b[J"},
		{"one\n\nthree is long\n", "\x1b[2A\rone\x1b[K\n\x1b[K\nthree is …\x1b[K\n\x1b[J"},
		{"1\n2\n3\n4\n", "\x1b[3A\r1\x1b[K\n2\x1b[K\n3\x1b[K\n4\x1b[K\n\x1b[J"},
		{"1\n2\n3\n4\n5\n", "\x1b[4A\r1\x1b[K\n2\x1b[K\n3\x1b[K\n… 2 more …\x1b[K\n\x1b[J"},
		{"\x1b[31mten is ten\x1b[0m\n", "\x1b[4A\r\x1b[31mten is ten\x1b[0m\x1b[K\n\x1b[J"},
	} {
		out.Reset()
		if err := w.draw(step.text, "", d); err != nil {
			t.Fatal(err)
		}
		if got := out.String(); got != step.want {
			t.Errorf("%q is drawn as\n%q, want\n%q", step.text, got, step.want)
		}
	}
	out.Reset()
	d.columns = 5 // the ten columns are two lines now
	if err := w.draw("end\n", "", d); err != nil || !strings.HasPrefix(out.String(), fmt.Sprintf(upLines, 2)) {
		t.Errorf("in a narrower terminal: %q, %v", out.String(), err)
	}
}

// What is wrong is seen although there are more profiles than lines, and some
// profiles although much is wrong.
func TestWatchShowsWhatIsWrongInFewLines(t *testing.T) {
	for _, c := range []struct {
		table, below string
		most         int
		want         string
	}{
		{"h 1 2 3", "", 4, "h 1 2 3"},
		{"h 1 2 3", "a", 5, "h 1 2 3 a"},
		{"h 1 2 3", "a", 4, "h 1 +2 a"},
		{"h 1 2 3 4 5", "a b", 6, "h 1 2 +3 a b"},
		{"h 1 2 3 4 5", "a b c d e", 6, "h 1 +4 a b +3"},
		{"h 1", "a b c d e", 6, "h 1 a b c +2"},
		{"h 1 2 3", "a b", 3, "h 1 +4"},
		{"h 1 2 3", "a b", 2, "h +5"},
		{"h 1 2 3", "a b", 1, "+6"},
	} {
		got := strings.Join(fitted(strings.Fields(c.table), strings.Fields(c.below), c.most), " ")
		got = strings.NewReplacer("… ", "+", " more lines", "").Replace(got)
		if got != c.want {
			t.Errorf("%s and %s in %d lines: %q, want %q", c.table, c.below, c.most, got, c.want)
		}
	}
}
