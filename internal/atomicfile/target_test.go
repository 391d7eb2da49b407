package atomicfile_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/awsmint/awsmint/internal/atomicfile"
)

// The file behind a link is one file, whether it is there already or not: two
// runs would else take different locks for it.
func TestALinkLeadsToOneFile(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has, for most users, no symbolic links")
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	link, file := filepath.Join(dir, "a", ".env"), filepath.Join(dir, "b", "conf", "app.env")
	if err := errors.Join(os.Mkdir(filepath.Dir(link), 0o700), os.Symlink("../b/conf/app.env", link)); err != nil {
		t.Fatal(err)
	}
	for _, step := range []func() error{
		func() error { return nil },
		func() error { return os.MkdirAll(filepath.Dir(file), 0o700) },
		func() error { return os.WriteFile(file, nil, 0o600) },
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
		if got := atomicfile.Target(link); got != file {
			t.Errorf("%s leads to %s, want %s", link, got, file)
		}
	}
}
