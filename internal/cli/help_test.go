package cli

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestTextIsBrokenAtSpaces(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  []string
	}{
		{"", 10, []string{""}},
		{"one", 10, []string{"one"}},
		{"one two three", 7, []string{"one two", "three"}},
		{"one  two\nthree", 100, []string{"one two three"}},
		{"a-word-that-is-longer-than-the-line and", 8, []string{"a-word-that-is-longer-than-the-line", "and"}},
		{"← two", 5, []string{"← two"}},
	} {
		if diff := cmp.Diff(c.want, broken(c.text, c.width)); diff != "" {
			t.Errorf("%q in %d columns (-want +got):\n%s", c.text, c.width, diff)
		}
	}
}

func TestEntriesStandInTwoColumnsWhereThereIsRoom(t *testing.T) {
	all := []entry{{"-f, --force", "Mint anew although there are credentials that still live."}, {"    --device-code", "Open no browser."}}
	for width, want := range map[int]string{
		60: "\nFlags:\n" +
			"  -f, --force         Mint anew although there are\n" +
			"                      credentials that still live.\n" +
			"      --device-code   Open no browser.\n",
		40: "\nFlags:\n" +
			"  -f, --force\n" +
			"      Mint anew although there are\n" +
			"      credentials that still live.\n" +
			"  --device-code\n" +
			"      Open no browser.\n",
	} {
		h := &help{width: width}
		h.entries("Flags:", all)
		if diff := cmp.Diff(want, h.text.String()); diff != "" {
			t.Errorf("%d columns (-want +got):\n%s", width, diff)
		}
		for line := range strings.Lines(h.text.String()) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > width {
				t.Errorf("a line of %d columns in %d: %q", n, width, line)
			}
		}
	}
}
