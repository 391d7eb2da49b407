//go:build unix

package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	"github.com/awsmint/awsmint/internal/lab"
)

// escapes are the sequences that a terminal does not show.
var escapes = regexp.MustCompile("\x1b\\[[0-9;]*[A-Za-z]")

// Colours and bars are for terminals that have them, and for who wants them.
func TestStatusOnTerminals(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	clean(t, l.Run("", "login", "work"))
	for _, test := range []struct {
		name, variable, value string
		columns               uint16
		want, never           string
	}{
		{"a terminal", "TERM", "xterm-256color", 80, "alice  \x1b[32m████████ 11h59m\x1b[0m  ", "#"},
		{"a narrow terminal", "TERM", "xterm-256color", 40, "work     user/alice  \x1b[32m████████ 11h59m\x1b[0m\n", "ACCOUNT"},
		{"no colours", "NO_COLOR", "1", 80, "alice  ████████ 11h59m  ", "\x1b"},
		{"NO_COLOR says nothing", "NO_COLOR", "", 80, "\x1b[32m", "#"},
		{"a dumb terminal", "TERM", "dumb", 80, "alice  ######## 11h59m  ", "\x1b"},
	} {
		l.Set(test.variable, test.value)
		shown := onTerminal(t, l, test.columns, "status")
		if !strings.Contains(shown, test.want) || strings.Contains(shown, test.never) {
			t.Errorf("%s: want %q, never %q:\n%q", test.name, test.want, test.never, shown)
		}
		for line := range strings.Lines(escapes.ReplaceAllString(shown, "")) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > int(test.columns) {
				t.Errorf("%s: a line of %d columns: %q", test.name, n, line)
			}
		}
	}
}

// On a terminal the table is drawn in place: a login elsewhere appears in it,
// and Ctrl-C leaves the last one, with the cursor on a line of its own.
func TestStatusWatchOnATerminal(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	l.Set("TERM", "xterm-256color")
	s := onScreen(t, l, 80, "status", "--watch")
	s.expect(t, "  none  ", 2)
	clean(t, l.Run("", "login", "work"))
	s.expect(t, "\x1b[32m████████ 11h59m", 2)
	s.typed(t, "\x03")
	shown := s.end(t, 0)
	tables := strings.Split(shown, "\x1b[2A\r")
	if len(tables) < 4 || strings.Contains(shown, "\x1b[?") {
		t.Errorf("not drawn in place: %q", shown)
	}
	for i, table := range tables {
		if strings.Count(table, "\n") != 2 || strings.Count(table, "PROFILE") != 1 {
			t.Errorf("table %d is %q", i, table)
		}
	}
	if last := tables[len(tables)-1]; !strings.Contains(last, "11h59m") || !strings.HasSuffix(last, "\r\x1b[K") {
		t.Errorf("the last table is %q", last)
	}
}

// A dumb terminal gets no sequences: a table whenever something has changed.
func TestStatusWatchOnADumbTerminal(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	l.Set("TERM", "dumb")
	s := onScreen(t, l, 80, "status", "--watch")
	s.expect(t, "  none  ", 1)
	clean(t, l.Run("", "login", "work"))
	s.expect(t, "######## 11h59m", 1)
	s.typed(t, "\x03")
	if shown := s.end(t, 0); strings.Contains(shown, "\x1b") || strings.Count(shown, "PROFILE") != 2 {
		t.Errorf("it shows %q", shown)
	}
}

// followed runs a command whose stdout is a pipe, and returns its lines as they
// come and what ends it.
func followed(t *testing.T, l *lab.Lab, args ...string) (lines *bufio.Scanner, cmd *exec.Cmd) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	cmd = l.Command(ctx, l.Binary, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // no terminal
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return bufio.NewScanner(pipe), cmd
}

// In a pipe there is a table for each change, and JSON a line for each.
func TestStatusWatchInAPipe(t *testing.T) {
	t.Parallel()
	for name, flags := range map[string][]string{"table": nil, "JSON": {"--json"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, _ := withKey(t, true)
			lines, cmd := followed(t, l, append([]string{"status", "--watch", "work"}, flags...)...)
			var got []string
			next := func() string {
				if !lines.Scan() {
					t.Fatalf("it ended after %q", got)
				}
				got = append(got, lines.Text())
				return lines.Text()
			}
			if flags == nil {
				next()
			}
			if first := next(); strings.Contains(first, "session_expires") || flags == nil && !strings.Contains(first, "  none  ") {
				t.Errorf("at first: %q", first)
			}
			clean(t, l.Run("", "login", "work"))
			if flags == nil {
				if empty, titles, work := next(), next(), next(); empty != "" || !strings.HasPrefix(titles, "PROFILE ") || !strings.Contains(work, "  11h59m  ") {
					t.Errorf("after a login: %q", got)
				}
			} else {
				var rows []struct {
					Expires string `json:"session_expires"`
				}
				if err := json.Unmarshal([]byte(next()), &rows); err != nil || len(rows) != 1 || rows[0].Expires == "" {
					t.Errorf("after a login: %q: %v", got, err)
				}
			}
			if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
			if lines.Scan() {
				t.Errorf("more without a change: %q", lines.Text())
			}
			if err := cmd.Wait(); err != nil {
				t.Errorf("it ended with %v", err)
			}
		})
	}
}

// The line for prompts follows a session to its end, and opens nothing: with
// every keychain out of reach it is the same.
func TestStatusShortFollowsASession(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	l.AWS.SetSessionLifetime(shortLife)
	clean(t, l.Run("", "login", "work"))
	l.Set("AWSMINT_KEYCHAIN", "os")
	l.Set("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
	seconds := regexp.MustCompile(`^work [1-6]s\n$`)
	alive := 0
	for range 100_000 {
		r := l.Run("", "status", "--short", "work")
		if r.Stderr != "" {
			t.Fatalf("stderr %q", r.Stderr)
		}
		if r.Status == 0 && seconds.MatchString(r.Stdout) {
			alive++
			continue
		}
		if got := fmt.Sprint(r.Status, " ", r.Stdout); got != "1 work expired\n" {
			t.Errorf("it ends with %q", got)
		}
		break
	}
	if alive == 0 {
		t.Error("it never lived")
	}
}
