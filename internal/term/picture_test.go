//go:build unix

package term

import (
	"strings"
	"testing"

	"github.com/creack/pty"

	"github.com/awsmint/awsmint/internal/term/termtest"
)

func TestPictureIsBlackOnWhite(t *testing.T) {
	for step, want := range map[string]string{
		"picture":       "\x1b[38;5;16;48;5;231m█▀ ▄\x1b[0m\r\n\x1b[38;5;16;48;5;231m?[2J\x1b[0m\r\n",
		"plain picture": "█▀ ▄\r\n?[2J\r\n",
	} {
		want = strings.ReplaceAll(want, "?", "\uFFFD")
		session := termtest.Open(t)
		session.Start(newAsker(t, step).Cmd, false)
		session.Started()
		session.Expect(want)
	}
}

func TestWhereColoursCanBeChosen(t *testing.T) {
	for _, c := range []struct {
		kind, refused string
		want          bool
	}{
		{"xterm-256color", "", true}, {"xterm-256color", "1", false}, {"dumb", "", false}, {"", "", false},
	} {
		getenv := func(name string) string {
			return map[string]string{"TERM": c.kind, "NO_COLOR": c.refused}[name]
		}
		if got := (&Terminal{}).Coloured(getenv); got != c.want {
			t.Errorf("TERM=%s NO_COLOR=%s: %v", c.kind, c.refused, got)
		}
	}
}

func TestColumns(t *testing.T) {
	keyboard, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer keyboard.Close()
	terminal := &Terminal{in: tty, out: tty}
	defer terminal.Close()
	if got := terminal.Columns(); got != 80 {
		t.Errorf("%d columns of a terminal that does not know its size", got)
	}
	if err := pty.Setsize(keyboard, &pty.Winsize{Rows: 24, Cols: 57}); err != nil {
		t.Fatal(err)
	}
	if got := terminal.Columns(); got != 57 {
		t.Errorf("%d columns, want 57", got)
	}
}
