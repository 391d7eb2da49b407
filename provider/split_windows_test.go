package provider

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSplitIsThatOfTheCLibrary(t *testing.T) {
	for line, want := range map[string][]string{
		`C:\Tools\tool.exe a b`:       {`C:\Tools\tool.exe`, "a", "b"},
		`"C:\With space\t.exe" "a b"`: {`C:\With space\t.exe`, "a b"},
		`t a\\b \"c\" "d\\"`:          {"t", `a\\b`, `"c"`, `d\`},
		`t 'a b' ~ %PATH% $X`:         {"t", "'a", "b'", "~", "%PATH%", "$X"},
		`t ""`:                        {"t", ""},
	} {
		got, err := split(line)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", line, err, diff)
		}
	}
}
