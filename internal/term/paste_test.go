//go:build unix

package term

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/awsmint/awsmint/internal/term/termtest"
)

// TestPasteIsTakenWhole: with lines longer than a terminal passes on of one that
// is typed, an empty line in it, and one on top. Nothing of it shows, and what
// was typed ahead is no part of it.
func TestPasteIsTakenWhole(t *testing.T) {
	long := strings.Repeat("IQoJb3JpZ2lu", 700)
	for _, test := range []struct{ name, typed, want string }{
		{"lines", "id\nsecret\n" + long + "\n\n", "id\nsecret\n" + long + "\n\n"},
		{"an empty line within it", "\nid\n\n" + long + "\r\r", "\nid\n\n" + long + "\n\n"},
		{"Ctrl-D", "id\nsecret\x04", "id\nsecret"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, a := termtest.Open(t), newAsker(t, "paste", "line")
			before := s.Modes()
			s.Type("ahead\n")
			s.Start(a.Cmd, false)
			s.Started()
			s.Expect("Paste: ")
			if s.Echoes() {
				t.Error("the terminal echoes at a paste")
			}
			s.Type(test.typed)
			s.Expect("Line: ")
			if diff := cmp.Diff(before, s.Modes()); diff != "" {
				t.Errorf("modes changed:\n%s", diff)
			}
			s.Type("next\n")
			s.Expect("next\r\n")
			wantOutcome(t, s, a, fmt.Sprintf("paste: %q", test.want), `line: "next"`)
			if strings.Contains(strings.Split(s.Screen(), "Paste: ")[1], "secret") {
				t.Errorf("the paste shows:\n%s", s.Screen())
			}
		})
	}
}

func TestPasteIsDeclined(t *testing.T) {
	for name, typed := range map[string]string{"Ctrl-C": "id\n\x03", "Ctrl-D with nothing": "\n\x04"} {
		t.Run(name, func(t *testing.T) {
			s, a := termtest.Open(t), newAsker(t, "paste")
			s.Start(a.Cmd, false)
			s.Started()
			s.Expect("Paste: ")
			s.Type(typed)
			wantOutcome(t, s, a, "paste: cancelled")
			if !s.Echoes() {
				t.Error("the terminal was left without echo")
			}
		})
	}
}

func TestPasteThatIsTooLong(t *testing.T) {
	s, a := termtest.Open(t), newAsker(t, "paste")
	s.Start(a.Cmd, false)
	s.Started()
	s.Expect("Paste: ")
	// The reader may leave before all is typed.
	go func() { _, _ = s.Keyboard().WriteString(strings.Repeat("x", maxPaste+2)) }()
	wantOutcome(t, s, a, "paste: "+errPasteTooLong.Error())
}
