//go:build unix

package awsconfig

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/awsmint/awsmint/internal/fault"
)

func TestSaveKeepsModeAndLink(t *testing.T) {
	dir := t.TempDir()
	link := filepath.Join(dir, ".aws", "config")
	file := filepath.Join(dir, "dotfiles", "config")
	for _, d := range []string{filepath.Dir(link), filepath.Dir(file)} {
		if err := os.Mkdir(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("../dotfiles/config", link); err != nil {
		t.Fatal(err)
	}
	writeFile(t, file, "[a]\n")
	if err := os.Chmod(file, 0o640); err != nil {
		t.Fatal(err)
	}
	if err := Update(context.Background(), link, setKey("v")); err != nil {
		t.Fatal(err)
	}
	wantContent(t, file, "[a]\n\n[profile work]\nk = v\n")
	wantMode(t, file, 0o640)
	if target, err := os.Readlink(link); err != nil || target != "../dotfiles/config" {
		t.Errorf("the link leads to %q, %v", target, err)
	}
	// The lock is the one that those who name the file itself take.
	if _, err := os.Stat(filepath.Join(filepath.Dir(file), lockName)); err != nil {
		t.Error(err)
	}
}

func TestNewFilesAreTheUsersAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), ".aws", "config")
	if err := Update(context.Background(), path, setKey("v")); err != nil {
		t.Fatal(err)
	}
	wantMode(t, path, 0o600)
	wantMode(t, filepath.Dir(path), 0o700)
}

func wantMode(t *testing.T, path string, want os.FileMode) {
	t.Helper()
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
		t.Errorf("%s has mode %v, %v; want %v", path, info.Mode(), err, want)
	}
}

// AWS_CONFIG_FILE=/dev/null is how one turns the file off: it must be read as
// empty, and never be replaced by a file.
func TestDevicesAreReadAndNotReplaced(t *testing.T) {
	if c, err := Load(Paths{Config: os.DevNull}); err != nil || len(c.Profiles()) != 0 {
		t.Errorf("reading %s: %v", os.DevNull, err)
	}
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	// Opening the pipe would wait for ever for someone to write to it. The
	// device's own directory is not written to either, should this fail.
	for _, path := range []string{os.DevNull, fifo} {
		_, err := Open(path)
		wantFault(t, err, fault.Failure, "a device or a pipe")
	}
}
