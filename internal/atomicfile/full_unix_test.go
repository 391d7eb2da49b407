//go:build unix

package atomicfile_test

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/awsmint/awsmint/internal/atomicfile"
)

// shortPath tells a copy of the test's own program which file to write.
const shortPath = "AWSMINT_TEST_SHORT_PATH"

// A file that can't be written to its end, here for a limit on its size, leaves
// the old one as it was and nothing beside it. The limit is that of a process
// of its own: the test's writes more than this file.
func TestWriteThatFailsHalfway(t *testing.T) {
	if path := os.Getenv(shortPath); path != "" {
		writeShort(t, path)
		return
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	write(t, path, "old")
	copied := exec.Command(os.Args[0], "-test.run=^TestWriteThatFailsHalfway$")
	copied.Env = append(os.Environ(), shortPath+"="+path)
	if output, err := copied.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	wantFile(t, path, "old", 0o600)
	wantEntries(t, dir, 1)
}

func writeShort(t *testing.T, path string) {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	signal.Ignore(syscall.SIGXFSZ) // the error is what a full disk gives, too
	limit.Cur = 4
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	if err := atomicfile.Write(path, []byte("new and longer"), 0o600); !errors.Is(err, syscall.EFBIG) {
		t.Errorf("written: %v", err)
	}
}
