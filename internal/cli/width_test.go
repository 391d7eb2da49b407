package cli

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWidthsAreThoseOfATerminal(t *testing.T) {
	for text, want := range map[string]int{
		"work": 4, "東京": 4, "ｱ": 1, "Ａ": 2, "cafe\u0301": 4, "café": 4, "🔑": 2, "█░": 2, "…": 1, "": 0, "a\u200db": 2,
	} {
		if got := wide(text); got != want {
			t.Errorf("%q takes %d columns, want %d", text, got, want)
		}
	}
	if got := wideLine("\x1b[32m東京\x1b[0m ok"); got != 7 {
		t.Errorf("with colours: %d columns", got)
	}
}

func TestWideTextsAreCutAtACharacter(t *testing.T) {
	for columns, want := range map[int]string{6: "東京都", 5: "東京…", 4: "東…", 3: "東…", 2: "…", 1: "…"} {
		if got := cut("東京都", columns); got != want {
			t.Errorf("%d columns: %q, want %q", columns, got, want)
		}
	}
}

// What stands under each other takes as many columns as it looks.
func TestTablesOfWideCharactersAreStraight(t *testing.T) {
	const want = "" +
		"PROFILE   MFA\n" +
		"東京本番  alice\n" +
		"cafe\u0301      bob\n" +
		"a�[31mb   eve\n"
	got := lined([][]string{{"PROFILE", "MFA"}, {"東京本番", "alice"}, {"cafe\u0301", "bob"}, {"a\x1b[31mb", "eve"}}, layout{})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The texts below the table are broken at spaces, and nothing is lost.
func TestProblemsAreBrokenWhereTheTerminalEnds(t *testing.T) {
	rows := []row{{Profile: "round", Problem: "the profiles' sources form a circle\x1b[2J", Hint: "give the last profile of the chain credentials of its own\nor none", short: "see below"}}
	const want = "" +
		"\nround: the profiles' sources\n" +
		"form a circle�[2J\n" +
		"  give the last profile of the\n" +
		"  chain credentials of its own\n" +
		"  or none\n"
	if diff := cmp.Diff(want, problems(rows, 30)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, columns := range []int{0, 1, 200} {
		if got := problems(rows, columns); strings.Count(got, "\n") != 4 {
			t.Errorf("%d columns: %q", columns, got)
		}
	}
}
