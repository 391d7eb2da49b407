//go:build unix

package atomicfile_test

import (
	"errors"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/awsmint/awsmint/internal/atomicfile"
)

// A file that can't be written to its end, here for a limit on its size, leaves
// the old one as it was and nothing beside it.
func TestWriteThatFailsHalfway(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	write(t, path, "old")

	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	signal.Ignore(syscall.SIGXFSZ) // the error is what a full disk gives, too
	defer signal.Reset(syscall.SIGXFSZ)
	short := limit
	short.Cur = 4
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &short); err != nil {
		t.Fatal(err)
	}
	err := atomicfile.Write(path, []byte("new and longer"), 0o600)
	if restored := unix.Setrlimit(unix.RLIMIT_FSIZE, &limit); restored != nil {
		t.Fatal(restored)
	}
	if !errors.Is(err, syscall.EFBIG) {
		t.Errorf("written: %v", err)
	}
	wantFile(t, path, "old", 0o600)
	wantEntries(t, dir, 1)
}
