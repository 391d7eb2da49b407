package cli

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// noon is a time without a summer or winter clock near it.
var noon = time.Date(2026, 8, 5, 12, 0, 0, 0, time.Local)

// session is a row's, of 12 hours with so much left; renewed 20 minutes before
// the end.
func session(r row, left time.Duration) row {
	expires := noon.Add(left)
	issued, renewal := expires.Add(-12*time.Hour), expires.Add(-20*time.Minute)
	r.Issued, r.Expires, r.Renewal = &issued, &expires, &renewal
	return r
}

func daysOld(n int) *int { return &n }

func someRows() []row {
	return []row{
		session(row{Profile: "work", Account: "111122223333", User: "arn:aws:iam::111122223333:user/staff/alice", Kind: "key", Key: "JZDM", KeyDays: daysOld(120), KeyTooOld: true, Serial: "arn:aws:iam::111122223333:mfa/alice"}, 6*time.Hour),
		session(row{Profile: "prod", Account: "444455556666", Role: "arn:aws:iam::444455556666:role/team/Admin", Kind: "role", Serial: "arn:aws:iam::111122223333:mfa/alice"}, 43*time.Minute),
		session(row{Profile: "ends", Account: "444455556666", SSORole: "Dev", Kind: "sso"}, 20*time.Minute),
		{Profile: "gone", Account: "111122223333", User: "arn:aws:iam::111122223333:root", Kind: "key", Expired: true, codeless: true},
	}
}

func TestBarsShowWhatIsLeft(t *testing.T) {
	for _, test := range []struct {
		left, life time.Duration
		want       string
	}{
		{12 * time.Hour, 12 * time.Hour, "########"},
		{11 * time.Hour, 12 * time.Hour, "########"},
		{6 * time.Hour, 12 * time.Hour, "####----"},
		{time.Second, 12 * time.Hour, "#-------"},
		{0, 12 * time.Hour, "--------"},
		{-time.Hour, 12 * time.Hour, "--------"},
		{13 * time.Hour, 12 * time.Hour, "########"}, // the clock was set back
		{time.Hour, 0, "########"},
	} {
		if got := bar(test.left, test.life, true); got != test.want {
			t.Errorf("%s of %s: %q, want %q", test.left, test.life, got, test.want)
		}
	}
	if got := bar(time.Hour, 2*time.Hour, false); got != "████░░░░" {
		t.Errorf("on a terminal: %q", got)
	}
}

func TestColoursTellHowSessionsStand(t *testing.T) {
	no := false
	for name, test := range map[string]struct {
		row  row
		want colour
	}{
		"an hour left":           {session(row{}, time.Hour), green},
		"under an hour":          {session(row{}, time.Hour-time.Second), amber},
		"before its window":      {session(row{}, 20*time.Minute+time.Second), amber},
		"in its window":          {session(row{}, 20*time.Minute), red},
		"expired":                {row{Expired: true}, red},
		"nothing cached":         {row{}, plain},
		"nobody signed in":       {row{SignedIn: &no}, red},
		"signed out but cached":  {session(row{SignedIn: &no}, 2*time.Hour), green},
		"gives no credentials":   {row{Problem: "circle"}, red},
		"broken with a session":  {session(row{Problem: "no key stored"}, 2*time.Hour), red},
		"expired, and a new one": {session(row{Expired: true}, 2*time.Hour), green},
	} {
		if got := test.row.life(noon); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// What a terminal has no room for is left out, a column after the other; the
// profile and its session stay to the last.
func TestStatusFitsTheTerminal(t *testing.T) {
	for columns, want := range map[int]string{
		0: "" +
			"PROFILE  ACCOUNT       IDENTITY    KIND  KEY    MFA    SESSION  RENEWAL\n" +
			"work     111122223333  user/alice  key   120d!  alice  6h       17:40\n" +
			"prod     444455556666  role/Admin  role  -      alice  43m      12:23\n" +
			"ends     444455556666  role/Dev    sso   -      -      20m      due\n" +
			"gone     111122223333  root        key   -      none   expired  -\n",
		80: "" +
			"PROFILE  ACCOUNT       IDENTITY    KIND  KEY    MFA    SESSION       RENEWAL\n" +
			"work     111122223333  user/alice  key   120d!  alice  ████░░░░ 6h   17:40\n" +
			"prod     444455556666  role/Admin  role  -      alice  █░░░░░░░ 43m  12:23\n" +
			"ends     444455556666  role/Dev    sso   -      -      █░░░░░░░ 20m  due\n" +
			"gone     111122223333  root        key   -      none   expired       -\n",
		60: "" +
			"PROFILE  ACCOUNT       IDENTITY    SESSION       RENEWAL\n" +
			"work     111122223333  user/alice  ████░░░░ 6h   17:40\n" +
			"prod     444455556666  role/Admin  █░░░░░░░ 43m  12:23\n" +
			"ends     444455556666  role/Dev    █░░░░░░░ 20m  due\n" +
			"gone     111122223333  root        expired       -\n",
		40: "" +
			"PROFILE  IDENTITY    SESSION\n" +
			"work     user/alice  ████░░░░ 6h\n" +
			"prod     role/Admin  █░░░░░░░ 43m\n" +
			"ends     role/Dev    █░░░░░░░ 20m\n" +
			"gone     root        expired\n",
		22: "" +
			"PROFILE  SESSION\n" +
			"work     ████░░░░ 6h\n" +
			"prod     █░░░░░░░ 43m\n" +
			"ends     █░░░░░░░ 20m\n" +
			"gone     expired\n",
		5: "PROF…\nwork\nprod\nends\ngone\n",
	} {
		got := statusTable(someRows(), noon, display{columns: columns, rows: 24, moves: true})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d columns (-want +got):\n%s", columns, diff)
		}
	}
}

// Whatever is in the rows, no line is wider than the terminal, coloured or not.
func TestStatusIsNeverWiderThanTheTerminal(t *testing.T) {
	no := false
	rows := append(someRows(),
		session(row{Profile: strings.Repeat("long-", 20), Account: "111122223333", Role: "arn:aws:iam::111122223333:role/" + strings.Repeat("R", 64), Kind: "web identity", Serial: "arn:aws:iam::111122223333:mfa/" + strings.Repeat("m", 60)}, 36*time.Hour),
		row{Profile: "ünï", SignedIn: &no}, row{Profile: strings.Repeat("東京", 12), Expired: true})
	for columns := 1; columns <= 200; columns++ {
		for _, colours := range []bool{false, true} {
			for line := range strings.Lines(statusTable(rows, noon, display{columns: columns, rows: 24, moves: true, colours: colours})) {
				if n := wideLine(strings.TrimSuffix(line, "\n")); n > columns {
					t.Fatalf("%d columns: a line of %d: %q", columns, n, line)
				}
			}
		}
	}
}

// An age that may be more says so, where it is too much already too.
func TestAgesThatMayBeMoreSaySo(t *testing.T) {
	for want, r := range map[string]row{
		"12d":    {KeyDays: daysOld(12)},
		"≥12d":   {KeyDays: daysOld(12), AtLeast: true},
		"≥120d!": {KeyDays: daysOld(120), AtLeast: true, KeyTooOld: true},
		"-":      {AtLeast: true},
		"?":      {unopened: true},
	} {
		if got := r.ageColumn(&statusView{}); got != want {
			t.Errorf("%+v: %q, want %q", r, got, want)
		}
	}
	r := row{Profile: "work", Key: "JZDM", KeyDays: daysOld(120), AtLeast: true, KeyTooOld: true}
	if got := r.advice(); !strings.HasPrefix(got, "its key …JZDM is at least 120 days old\n") {
		t.Errorf("the advice: %q", got)
	}
}

// A long name costs no column: it is cut first.
func TestLongNamesAreCutFirst(t *testing.T) {
	rows := someRows()[:1]
	rows[0].Profile, rows[0].KeyDays = strings.Repeat("long-", 10), daysOld(5)
	const want = "" +
		"PROFILE             ACCOUNT       IDENTITY    KEY  MFA    SESSION      RENEWAL\n" +
		"long-long-long-lo…  111122223333  user/alice  5d!  alice  ████░░░░ 6h  17:40\n"
	if diff := cmp.Diff(want, statusTable(rows, noon, display{columns: 78, rows: 24, moves: true})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestColoursTakeNoRoom(t *testing.T) {
	d := display{columns: 80, rows: 24, moves: true}
	uncoloured := statusTable(someRows(), noon, d)
	d.colours = true
	coloured := statusTable(someRows(), noon, d)
	for _, want := range []string{"\x1b[31m120d!\x1b[0m", "\x1b[32m████░░░░ 6h\x1b[0m ", "\x1b[33m█░░░░░░░ 43m\x1b[0m", "\x1b[31m█░░░░░░░ 20m\x1b[0m", "\x1b[31mexpired\x1b[0m"} {
		if !strings.Contains(coloured, want) {
			t.Errorf("%q is not in:\n%s", want, coloured)
		}
	}
	for _, escape := range []string{"\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[0m"} {
		coloured = strings.ReplaceAll(coloured, escape, "")
	}
	if diff := cmp.Diff(uncoloured, coloured); diff != "" {
		t.Errorf("the table is another one (-without +with colours):\n%s", diff)
	}
}

// A dumb terminal has bars of the letters that all have.
func TestDumbTerminalsHaveBarsOfASCII(t *testing.T) {
	rows := someRows()
	rows[0].AtLeast = true
	if got := statusTable(rows, noon, display{columns: 80, rows: 24}); !strings.Contains(got, "  >=120d!  alice  ####---- 6h ") || utf8.RuneCountInString(got) != len(got) {
		t.Errorf("it shows:\n%s", got)
	}
}

func TestWaysBackUpCountWrappedLines(t *testing.T) {
	for columns, want := range map[int]int{80: 3, 40: 3, 39: 4, 20: 5} {
		if got := risen([]int{40, 0, 30}, columns); got != want {
			t.Errorf("%d columns: %d lines, want %d", columns, got, want)
		}
	}
}

func TestParseShortTakesThePromptsLineAlone(t *testing.T) {
	for line, want := range map[string]string{
		"status --short work":        "work",
		"status work --short":        "work",
		"status --short":             "",
		"status work":                "",
		"status work prod":           "",
		"status --short --json":      "",
		"status --short work --json": "",
		"status --short -x":          "",
		"list --short work":          "",
	} {
		got, ok := ParseShort(strings.Fields(line))
		if ok != (want != "") || ok && got.Profile != want {
			t.Errorf("%q: %v, %v; want %q", line, got, ok, want)
		}
	}
	if _, ok := ParseShort([]string{"status", "--short", ""}); ok {
		t.Error("an empty name is taken for a profile")
	}
}

// What lives has some time left, and never more than it has, in whole minutes.
func TestRemainingTimeIsNeverNone(t *testing.T) {
	for left, want := range map[time.Duration]string{
		time.Millisecond:                  "1s",
		58*time.Second + 1:                "59s",
		59*time.Second + 1:                "1m",
		time.Minute:                       "1m",
		time.Hour - 1:                     "59m",
		12*time.Hour - time.Second:        "11h59m",
		12 * time.Hour:                    "12h",
		36*time.Hour + 30*time.Second + 1: "36h",
	} {
		if got := remaining(noon.Add(left), noon); got != want {
			t.Errorf("%s: %q, want %q", left, got, want)
		}
	}
}
