// Package atomicfile replaces files whole: a reader, and whoever comes after a
// crash, finds the old content or the new, never a mixture.
package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// tempMark is in the name of every temporary file, so that those left by a
// killed process can be told from other people's.
const tempMark = ".awsmint-tmp-"

// IsTemp reports whether name is that of a temporary file of this package.
func IsTemp(name string) bool { return strings.Contains(filepath.Base(name), tempMark) }

// tempPrefix begins the names of the temporary files for a file. They are
// hidden; and what hides .env.local from git by ".env*" hides them too.
func tempPrefix(base string) string { return "." + strings.TrimPrefix(base, ".") + tempMark }

// Sweep removes the unfinished writes of killed processes to the file at path:
// they hold what the file was to hold. It is for who holds the lock under which
// all writes are made.
func Sweep(path string) {
	dir, base := filepath.Split(path)
	entries, err := os.ReadDir(filepath.Clean(dir))
	if err != nil {
		return // the write will say what is wrong
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), tempPrefix(base)) {
			_ = os.Remove(filepath.Join(dir, entry.Name()))
		}
	}
}

// Write replaces the file at path with data: it writes a temporary file in the
// same directory, syncs it and renames it over path. A file that exists keeps
// its mode, and a symbolic link stays and its target is replaced; a new file
// gets perm. On any error the old file stands and the temporary one is gone.
func Write(path string, data []byte, perm fs.FileMode) error {
	r, err := Prepare(path, data, perm)
	if err != nil {
		return err
	}
	if err := r.Commit(); err != nil {
		return err
	}
	r.Sync()
	return nil
}

// Replace puts a file that somebody else has written in the place of the one
// at path, in the same directory, once its content has reached the disk. It
// needs no room. On an error both files stand.
func Replace(renewed, path string) error {
	file, err := os.OpenFile(renewed, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(file.Sync(), file.Close()); err != nil {
		return err
	}
	return rename(renewed, path)
}

func rename(from, to string) error {
	if err := whileBusy(func() error { return os.Rename(from, to) }); err != nil {
		return err
	}
	syncDir(filepath.Dir(to))
	return nil
}

// Open opens for reading a file that Write may be replacing. It is os.Open,
// but for Windows, where that fails at the instant of a replacement.
func Open(path string) (file *os.File, err error) {
	err = whileBusy(func() error {
		file, err = os.Open(path)
		return err
	})
	return file, err
}

// Remove removes a file that others may be reading. It is os.Remove, but for
// Windows, where that fails as long as they do.
func Remove(path string) error {
	return whileBusy(func() error { return os.Remove(path) })
}

// maxLinks bounds the symbolic links followed, as the kernel does (Linux: 40).
const maxLinks = 40

// Resolve returns the path of the file that Write replaces: that of the last
// target where path is a symbolic link, also when it does not exist yet. It
// fails where the links have no end.
func Resolve(path string) (string, error) {
	for range maxLinks {
		target, err := os.Readlink(path)
		if err != nil {
			// Not a link, or not there: this is the file to write.
			return path, nil
		}
		if !filepath.IsAbs(target) {
			target = besideLink(path) + target
		}
		path = target
	}
	return "", &fs.PathError{Op: "open", Path: path, Err: errors.New("too many levels of symbolic links")}
}

// Target returns the absolute path of the file that path leads to by symbolic
// links, which need not be there yet; nor need its directory.
func Target(path string) string {
	if target, err := Resolve(path); err == nil {
		path = target
	}
	dir, base := filepath.Split(path)
	if real, err := filepath.EvalSymlinks(filepath.Clean(dir)); err == nil {
		path = filepath.Join(real, base)
	}
	if absolute, err := filepath.Abs(path); err == nil {
		path = absolute
	}
	return path
}

// besideLink is the directory that the link at path stands in, with a separator
// behind it. The ".." of a link's target goes up from where the link really is:
// links on the way to it are followed first, and nothing is shortened by the
// path's text alone.
func besideLink(path string) string {
	dir, _ := filepath.Split(path)
	if real, err := filepath.EvalSymlinks(dir); err == nil && dir != "" {
		dir = real
	}
	if dir == "" || os.IsPathSeparator(dir[len(dir)-1]) {
		return dir
	}
	return dir + string(filepath.Separator)
}
