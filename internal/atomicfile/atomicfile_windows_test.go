package atomicfile_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/windows"

	"github.com/awsmint/awsmint/internal/atomicfile"
)

// A rename holds the file open for deletion until it is done.
func TestOpenWaitsForARename(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	write(t, path, "content")
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		t.Fatal(err)
	}
	rename, err := windows.CreateFile(name, windows.DELETE,
		windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE|windows.FILE_SHARE_DELETE, nil, windows.OPEN_EXISTING, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	if file, err := os.Open(path); err == nil {
		_ = file.Close()
		t.Error("os.Open would have done")
	}
	time.AfterFunc(20*time.Millisecond, func() { _ = windows.CloseHandle(rename) })
	if got, err := read(path); got != "content" || err != nil {
		t.Errorf("read %q, %v", got, err)
	}
}

func TestBusyForGood(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	write(t, path, "old")
	reader, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if err := atomicfile.Write(path, []byte("new"), 0o600); !errors.Is(err, windows.ERROR_ACCESS_DENIED) {
		t.Errorf("Write: %v", err)
	}
	if err := atomicfile.Remove(path); !errors.Is(err, windows.ERROR_SHARING_VIOLATION) {
		t.Errorf("Remove: %v", err)
	}
	wantEntries(t, dir, 1)
	if got, err := read(path); got != "old" || err != nil {
		t.Errorf("read %q, %v", got, err)
	}
}
