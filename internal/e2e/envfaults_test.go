//go:build unix

package e2e

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/lab"
)

// What can't be a .env file, or can't be written, is told; what was there stays.
func TestEnvFileThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		skip(t, "mounting a full and a read-only disk needs root")
	}
	const old = "OLD=1\n"
	full := mountTmpfs(t, "size=16k")
	write(t, filepath.Join(full, ".env"), old, 0o600)
	_ = os.WriteFile(filepath.Join(full, "filler"), make([]byte, 1<<20), 0o600) // as far as it goes
	readOnly := t.TempDir()
	write(t, filepath.Join(readOnly, ".env"), old, 0o600)
	if out, err := lab.Output(need(t, "mount", "mount"), "--bind", "-o", "ro", readOnly, readOnly); err != nil {
		skip(t, "a directory can't be mounted read-only here: "+out)
	}
	t.Cleanup(func() {
		if out, err := lab.Output(need(t, "umount", "mount"), readOnly); err != nil {
			t.Error(out)
		}
	})
	mounted := filepath.Join(t.TempDir(), ".env")
	write(t, mounted, old, 0o600)
	if out, err := lab.Output(need(t, "mount", "mount"), "--bind", mounted, mounted); err != nil {
		skip(t, "a file can't be mounted here: "+out)
	}
	t.Cleanup(func() {
		if out, err := lab.Output(need(t, "umount", "mount"), mounted); err != nil {
			t.Error(out)
		}
	})
	l, _ := withKey(t, true)
	for _, c := range []struct {
		name, path string
		words      []string
		calls      int // before which it is told
	}{
		{"a directory", l.Dir, []string{"is a directory", ".env"}, 0},
		{"a device", "/dev/full", []string{"is a device or a pipe"}, 0},
		{"no text", l.Binary, []string{"larger than 1 MiB"}, 0},
		{"no such directory", filepath.Join(l.Dir, "nosuch", ".env"), []string{"make the directory"}, 0},
		{"a full disk", filepath.Join(full, ".env"), []string{"no space left on device", "the file is as it was"}, 1},
		{"a read-only disk", filepath.Join(readOnly, ".env"), []string{"read-only file system"}, 1},
		{"a file that is mounted", mounted, []string{"device or resource busy", "mount the directory"}, 1},
	} {
		failed(t, l.Run("", "export", "work", "--file", c.path), 1, append(c.words, c.path)...)
		if t.Failed() {
			t.Fatal("with ", c.name)
		}
		wantCalls(t, l.AWS, "GetSessionToken", c.calls)
	}
	for _, dir := range []string{full, readOnly, filepath.Dir(mounted)} {
		if got := content(t, filepath.Join(dir, ".env")); got != old {
			t.Errorf("the file is %q", got)
		}
		if left := unfinished(t, dir); len(left) > 0 {
			t.Errorf("%q was left", left)
		}
	}
}

// Killed at any moment, and just while it writes, the file is the old one or the
// new; what is left beside it goes with the next run.
func TestKilledWhileTheEnvFileIsWritten(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	dir := filepath.Dir(envFile(l))
	rest := strings.Repeat("OTHER_LINE=\"of a large file\"\n", 30_000) // it takes a while to write
	write(t, envFile(l), rest, 0o600)
	whole := map[string]bool{rest: true}
	args := [][]string{{"work"}, {"work", "--raw-key"}}
	for _, arg := range args {
		whole[exported(t, l, arg...)] = true
	}
	span := 2 * l.Run("", "export", "--file", envFile(l), "work").Took
	killed, within := 0, 0
	for i, delay := range delays(kills/2, span) {
		command := append([]string{"export", "--file", envFile(l)}, args[i%2]...)
		if killAfter(t, l, "", delay, command...) {
			killed++
		}
		killInAWrite(t, l, dir, command...)
		if len(unfinished(t, dir)) > 0 {
			within++
		}
		if !whole[content(t, envFile(l))] {
			t.Fatalf("killed after %v: the file is neither the old one nor the new", delay)
		}
	}
	exported(t, l, "work")
	if left := unfinished(t, dir); len(left) > 0 {
		t.Errorf("%q was left", left)
	}
	t.Logf("%d runs of %d were killed within %v, and %d while they wrote", killed, kills/2, span, within)
	if killed == 0 || within == 0 {
		t.Error("no run was killed: the test shows nothing")
	}
}

// killInAWrite runs awsmint and kills it once a file that it writes shows, unless
// it is quicker.
func killInAWrite(t *testing.T, l *lab.Lab, dir string, args ...string) {
	t.Helper()
	// What an earlier run left is no sign.
	for _, name := range unfinished(t, dir) {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	ctx, kill := context.WithTimeout(context.Background(), patience)
	defer kill()
	cmd := l.Command(ctx, l.Binary, args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait()
	}()
	for len(unfinished(t, dir)) == 0 {
		select {
		case <-ended:
			return
		default:
		}
	}
	kill()
	<-ended
}

// unfinished are the temporary files in a directory.
func unfinished(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if strings.Contains(entry.Name(), "awsmint-tmp") {
			names = append(names, entry.Name())
		}
	}
	return names
}
