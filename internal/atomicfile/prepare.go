package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Replacement is a file that is to take the place of another: the slow part of
// a Write, for those who must not be slow in the rest of it. It ends with Commit
// or Discard.
type Replacement struct{ path, temp string }

// Prepare does what Write does up to the renaming, with the same promises.
func Prepare(path string, data []byte, perm fs.FileMode) (*Replacement, error) {
	path, err := Resolve(path)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	if err == nil {
		perm = info.Mode().Perm()
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}

	// CreateTemp makes the file 0600, so what is written is never open to
	// others, not even for an instant.
	tmp, err := os.CreateTemp(filepath.Dir(path), tempPrefix(filepath.Base(path))+"*")
	if err != nil {
		return nil, err
	}
	r := &Replacement{path, tmp.Name()}
	if err := errors.Join(fill(tmp, data, perm, info), tmp.Close()); err != nil {
		r.Discard()
		return nil, err
	}
	return r, nil
}

// fill writes and syncs what is to replace the file old; nil where there is none.
func fill(file *os.File, data []byte, perm fs.FileMode, old fs.FileInfo) error {
	if _, err := file.Write(data); err != nil {
		return err
	}
	if err := chmod(file, perm); err != nil {
		return err
	}
	keepOwner(file, old)
	return file.Sync()
}

// Commit puts the new file in the place of the old one. On an error the old one
// stands and the new one is gone.
func (r *Replacement) Commit() error {
	err := whileBusy(func() error { return os.Rename(r.temp, r.path) })
	if err != nil {
		r.Discard()
	}
	return err
}

// Sync makes a Commit last through a power cut.
func (r *Replacement) Sync() { syncDir(filepath.Dir(r.path)) }

// Discard removes the new file, which has not taken any place.
func (r *Replacement) Discard() { _ = os.Remove(r.temp) }
