//go:build unix

package e2e

import (
	"context"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/creack/pty"

	"github.com/awsmint/awsmint/internal/lab"
)

// onTerminal is what a run shows on a terminal of so many columns.
func onTerminal(t *testing.T, l *lab.Lab, columns uint16, args ...string) string {
	t.Helper()
	shown, status := ranOnTerminal(t, l, columns, args...)
	if status != 0 {
		t.Errorf("%q: status %d\n%s", args, status, shown)
	}
	return shown
}

// terminalFails is what a run shows on a terminal that ends with a status.
func terminalFails(t *testing.T, l *lab.Lab, want int, args ...string) string {
	t.Helper()
	shown, status := ranOnTerminal(t, l, 200, args...)
	if status != want {
		t.Errorf("%q: status %d, want %d\n%s", args, status, want, shown)
	}
	return shown
}

func ranOnTerminal(t *testing.T, l *lab.Lab, columns uint16, args ...string) (shown string, status int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := l.Command(ctx, l.Binary, args...)
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: columns})
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	all, _ := io.ReadAll(terminal) // ends with an error where the program ends
	_ = cmd.Wait()
	return strings.ReplaceAll(string(all), "\r\n", "\n"), cmd.ProcessState.ExitCode()
}

// A table is as narrow as the terminal and says where it is cut; help is broken
// at spaces. Nothing is cut for a program that reads along.
func TestNarrowTerminals(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	const name = "a-profile-with-quite-a-long-name-for-a-role"
	if r := l.Run("", "add", name, "--role-arn", admin, "--source-profile", "work"); r.Err != nil {
		t.Fatal(r.Stderr)
	}
	for _, columns := range []int{40, 80} {
		for _, args := range [][]string{{"list"}, {"--help"}, {"add", "--help"}, {"login", "--help"}} {
			for line := range strings.Lines(onTerminal(t, l, uint16(columns), args...)) {
				if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > columns {
					t.Errorf("%q: a line of %d columns on a terminal of %d: %s", args, n, columns, line)
				}
			}
		}
	}
	if shown := onTerminal(t, l, 80, "list"); !strings.Contains(shown, "\na-profile-with-quite-a-long-na…  role Admin in 444455556666 fro…  alice  none\n") {
		t.Errorf("in 80 columns:\n%s", shown)
	}
	for how, shown := range map[string]string{"on a wide terminal": onTerminal(t, l, 200, "list"), "in a pipe": l.Run("", "list").Stdout} {
		if !strings.Contains(shown, name+"  role Admin in 444455556666 from work  alice  none\n") {
			t.Errorf("%s:\n%s", how, shown)
		}
	}
}
