package atomicfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/awsmint/awsmint/internal/atomicfile"
)

func TestReplace(t *testing.T) {
	dir := t.TempDir()
	old, renewed := filepath.Join(dir, "file"), filepath.Join(dir, "renewed")
	if err := errors.Join(os.WriteFile(old, []byte("old"), 0o600), os.WriteFile(renewed, []byte("new"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if err := atomicfile.Replace(renewed, old); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(old); err != nil || string(data) != "new" {
		t.Errorf("it holds %q, %v", data, err)
	}
	if err := atomicfile.Replace(renewed, old); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the renewed file is gone: %v", err)
	}
	if data, err := os.ReadFile(old); err != nil || string(data) != "new" {
		t.Errorf("after a replacement that failed it holds %q, %v", data, err)
	}
}
