//go:build unix

package e2e

import (
	"bufio"
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/filelock"
	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/ststest"
)

// Who reads what a watch says may go, as head -1 does. The file is renewed and
// emptied all the same.
func TestWatchOutlivesItsReader(t *testing.T) {
	t.Parallel()
	l, _ := watched(t)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := l.Command(ctx, l.Binary, "export", "work", "--file", envFile(l), "--watch", "--clear")
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = writer
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = writer.Close()
	line, err := bufio.NewReader(reader).ReadString('\n')
	if _ = reader.Close(); err != nil || !strings.HasPrefix(line, envFile(l)+": ") {
		t.Errorf("it says %q, %v", line, err)
	}
	waitFor(t, l, "GetSessionToken", 3)
	_ = cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
	wantEmptied(t, l)
}

func wantEmptied(t *testing.T, l *lab.Lab) {
	t.Helper()
	set := variables(t, content(t, envFile(l)))
	if set["OTHER"] != "kept" || fromVariables(set) != (credentials{}) {
		t.Error("the file still has credentials, or lost what was there")
	}
}

// In the background of a terminal the line at its bottom is the shell's, where
// somebody types: nothing is written over it. In the foreground it is awsmint's.
func TestWatchInTheBackground(t *testing.T) {
	t.Parallel()
	l, _ := watched(t)
	p := atBash(t, l)
	p.run("TERM=xterm awsmint export work --file " + envFile(l) + " --watch &")
	p.Expect("s left, until")
	p.Type("half a wo")
	waitFor(t, l, "GetSessionToken", 4)
	if strings.Contains(p.Screen(), "\x1b[K") {
		t.Errorf("the shell's line was written over:\n%q", p.Screen())
	}
	p.Type("\x15fg\n")
	p.Expect("\r\x1b[K" + envFile(l) + ": ")
	p.Type("\x03")
	p.Expect("ready> ")
	p.leave(t)
}

// Two that keep different credentials fresh in one file would replace each
// other's without end: the first to see it ends, says so and leaves the file.
func TestWatchersOfDifferentProfiles(t *testing.T) {
	t.Parallel()
	l, alice := watched(t)
	l.AWS.AddRole(ststest.Role{ARN: admin})
	if r := l.Run("", "add", "prod", "--role-arn", admin, "--source-profile", "work"); r.Err != nil {
		t.Fatal(r.Stderr)
	}
	first := start(t, l, "export", "work", "--file", envFile(l), "--watch", "--clear")
	renewedFile(t, l, first, alice)
	second := start(t, l, "export", "prod", "--file", envFile(l), "--watch")
	second.expect(t, envFile(l)+": ")
	r := first.end(t)
	failed(t, r, 1, "has the credentials of another program by now", "give each a file of its own")
	if strings.Contains(r.Stderr, "emptied") {
		t.Error("it emptied the other's file")
	}
	second.expect(t, " left, until")
	if got := whose(t, l, fromVariables(variables(t, content(t, envFile(l))))); got != adminSession {
		t.Errorf("the file has the credentials of %q", got)
	}
}

// The end of a watch waits for who is writing the file: longer than other runs
// that a signal ends.
func TestWatchClearsWhatAnotherIsWriting(t *testing.T) {
	t.Parallel()
	l, alice := watched(t)
	s := start(t, l, "export", "work", "--file", envFile(l), "--watch", "--clear")
	renewedFile(t, l, s, alice)
	locks, err := filepath.Glob(filepath.Join(l.CacheDir(), "dotenv-*.lock"))
	if err != nil || len(locks) != 1 {
		t.Fatalf("locks %q, %v", locks, err)
	}
	unlock, err := filelock.Lock(t.Context(), locks[0])
	if err != nil {
		t.Fatal(err)
	}
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	ended := make(chan lab.Result)
	go func() { ended <- s.end(t) }()
	select {
	case r := <-ended:
		unlock()
		t.Fatalf("it did not wait: status %d, stderr %q", r.Status, r.Stderr)
	case <-time.After(1500 * time.Millisecond): // main gives others a second
	}
	unlock()
	if r := <-ended; r.Err != nil || !strings.HasSuffix(r.Stderr, ": emptied\n") {
		t.Errorf("status %d, stderr %q", r.Status, r.Stderr)
	}
	wantEmptied(t, l)
}
