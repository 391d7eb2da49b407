//go:build unix

package e2e

import (
	"bufio"
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
)

// A terminal that changes its size gets another table at once, and not with the
// next look at the cache.
func TestStatusWatchFollowsTheTerminal(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	l.Set("TERM", "xterm-256color")
	s := onScreen(t, l, 80, "status", "--watch")
	s.expect(t, "  KIND  ", 1)
	began := time.Now()
	const rounds = 4
	for range rounds {
		for _, size := range []struct {
			columns uint16
			titles  string
		}{{40, "PROFILE  IDENTITY    SESSION\x1b[K"}, {80, "IDENTITY    KIND  KEY  "}} {
			shown := strings.Count(s.Text(), size.titles)
			if err := pty.Setsize(s.terminal, &pty.Winsize{Rows: 24, Cols: size.columns}); err != nil {
				t.Fatal(err)
			}
			s.expect(t, size.titles, shown+1)
		}
	}
	// Looks alone, one every two seconds, would take twice that.
	if took := time.Since(began); took > rounds*2*time.Second {
		t.Errorf("%d sizes took %s", rounds*2, took)
	}
	s.typed(t, "\x03")
	s.end(t, 0)
}

// Who reads what --watch prints may go, as head does: there is nothing to go on
// for, though nothing changes and nothing is written.
func TestStatusWatchEndsWithItsReader(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := l.Command(ctx, l.Binary, "status", "--watch", "--json")
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout = writer
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = writer.Close()
	line, err := bufio.NewReader(reader).ReadString('\n')
	if _ = reader.Close(); err != nil || !strings.HasPrefix(line, "[{") {
		t.Errorf("it says %q, %v", line, err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
}
