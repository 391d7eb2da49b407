package atomicfile_test

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/atomicfile"
)

func TestWriteKeepsModeAndLink(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has neither modes nor, for most users, symbolic links")
	}
	dir := t.TempDir()
	file, link := filepath.Join(dir, "real", "config"), filepath.Join(dir, "config")
	if err := os.Mkdir(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join("real", "config"), link); err != nil {
		t.Fatal(err)
	}

	// The link dangles at first: its target is made, with the mode asked for.
	write(t, link, "one")
	wantFile(t, file, "one", 0o600)

	if err := os.Chmod(file, 0o640); err != nil {
		t.Fatal(err)
	}
	write(t, link, "two")
	wantFile(t, file, "two", 0o640)
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v %v", info, err)
	}
	wantEntries(t, filepath.Dir(file), 1)
}

func TestWriteRefusesALinkLoop(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has, for most users, no symbolic links")
	}
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	if err := os.Symlink(a, b); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(b, a); err != nil {
		t.Fatal(err)
	}
	if err := atomicfile.Write(a, []byte("x"), 0o600); err == nil {
		t.Error("a loop of links was written")
	}
}

func TestFailureLeavesOldFileAndNoTemp(t *testing.T) {
	dir := t.TempDir()
	target := filepath.Join(dir, "target")
	// A directory can't be renamed over: the last step fails.
	if err := os.MkdirAll(filepath.Join(target, "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := atomicfile.Write(target, []byte("x"), 0o600); err == nil {
		t.Fatal("a directory was replaced")
	}
	wantEntries(t, dir, 1)
}

// On Windows a file that is open can be neither replaced nor removed.
func TestReaderIsWaitedFor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	for what, change := range map[string]func() error{
		"Write":  func() error { return atomicfile.Write(path, []byte("new"), 0o600) },
		"Remove": func() error { return atomicfile.Remove(path) },
	} {
		write(t, path, "old")
		reader, err := atomicfile.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		closed := make(chan struct{})
		time.AfterFunc(20*time.Millisecond, func() {
			_ = reader.Close()
			close(closed)
		})
		if err := change(); err != nil {
			t.Errorf("%s while the file is read: %v", what, err)
		}
		<-closed
	}
}

func TestReadersFindTheOldOrTheNew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	contents := []string{"old", strings.Repeat("new", 5000)}
	write(t, path, contents[0])
	var readers sync.WaitGroup
	for i := range 20 {
		for range 10 {
			readers.Go(func() {
				if got, err := read(path); err != nil || !slices.Contains(contents, got) {
					t.Errorf("read %d bytes, %v", len(got), err)
				}
			})
		}
		write(t, path, contents[i%2])
	}
	readers.Wait()
}

func read(path string) (string, error) {
	file, err := atomicfile.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	text, err := io.ReadAll(file)
	return string(text), err
}

func TestIsTemp(t *testing.T) {
	if !atomicfile.IsTemp("/d/.config.awsmint-tmp-123") || atomicfile.IsTemp("/d/config") {
		t.Error("IsTemp is wrong")
	}
}

func write(t *testing.T, path, data string) {
	t.Helper()
	if err := atomicfile.Write(path, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
}

func wantFile(t *testing.T, path, data string, perm os.FileMode) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != data {
		t.Errorf("content %q, %v; want %q", got, err, data)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != perm {
		t.Errorf("mode %v, %v; want %v", info.Mode(), err, perm)
	}
}

func wantEntries(t *testing.T, dir string, n int) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != n {
		t.Errorf("entries %v, %v; want %d", entries, err, n)
	}
}

// What a killed write leaves beside .env.local is hidden from git by whatever
// hides that, and goes with the next write; other files' stay.
func TestSweep(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{".env.local.awsmint-tmp-1", ".config.awsmint-tmp-2", ".env.awsmint-tmp-3", ".env.local"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	unfinished, err := atomicfile.Prepare(filepath.Join(dir, ".env.local"), []byte("A=b"), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".env.local.*")); len(left) != 2 {
		t.Errorf("of .env.local: %q", left)
	}
	atomicfile.Sweep(filepath.Join(dir, ".env.local"))
	unfinished.Discard()
	atomicfile.Sweep(filepath.Join(dir, "config"))
	left, err := filepath.Glob(filepath.Join(dir, ".*"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, path := range left {
		names = append(names, filepath.Base(path))
	}
	if got, want := strings.Join(names, " "), ".env.awsmint-tmp-3 .env.local"; got != want {
		t.Errorf("left: %s, want %s", got, want)
	}
}
