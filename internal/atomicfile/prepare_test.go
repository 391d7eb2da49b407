package atomicfile_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/awsmint/awsmint/internal/atomicfile"
)

// What is prepared takes no place until it is told to.
func TestPrepare(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	write(t, path, "old")

	dropped, err := atomicfile.Prepare(path, []byte("dropped"), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	next, err := atomicfile.Prepare(path, []byte("new"), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	wantFile(t, path, "old", 0o600)
	wantEntries(t, dir, 3)

	dropped.Discard()
	wantFile(t, path, "old", 0o600)
	wantEntries(t, dir, 2)
	if err := next.Commit(); err != nil {
		t.Error(err)
	}
	next.Sync()
	wantFile(t, path, "new", 0o600)
	wantEntries(t, dir, 1)

	// A directory is not replaced, and nothing is left beside it.
	path = filepath.Join(dir, "directory")
	late, err := atomicfile.Prepare(path, []byte("late"), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := late.Commit(); err == nil {
		t.Error("a directory was replaced by a file")
	}
	wantEntries(t, dir, 2)
}
