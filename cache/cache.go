// Package cache keeps small things on disk, sealed with a key that it is
// handed, until they expire; and it holds the lock that makes one mint serve
// many processes. It knows nothing of AWS, keychains or prompts.
//
// Reading takes no lock: entries are replaced whole. Whatever can't be read
// or opened is a miss, never an error.
package cache

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/awsmint/awsmint/internal/atomicfile"
	"github.com/awsmint/awsmint/internal/filelock"
	"github.com/awsmint/awsmint/internal/secret"
)

const (
	entrySuffix = ".sealed"
	lockSuffix  = ".lock"

	// maxEntry is the size in bytes of the largest file taken for an entry.
	// Session tokens are mostly under 4 KiB, but AWS promises no maximum.
	maxEntry = 1 << 20
)

// Cache is a directory of sealed entries.
type Cache struct {
	Dir string
	Now func() time.Time // nil means time.Now
}

// Name is what an entry is found by. Scope groups the entries that are removed
// together; Digest tells apart all that may differ within it.
type Name struct {
	Scope  string
	Digest [sha256.Size]byte
}

// scopePrefix hides the scope in the file's name, which others may list.
func scopePrefix(scope string) string {
	sum := sha256.Sum256([]byte(scope))
	return hex.EncodeToString(sum[:8]) + "-"
}

func (n Name) base() string { return scopePrefix(n.Scope) + hex.EncodeToString(n.Digest[:]) }

func (c *Cache) entryPath(n Name) string { return filepath.Join(c.Dir, n.base()+entrySuffix) }

func (c *Cache) now() time.Time {
	if c.Now != nil {
		return c.Now()
	}
	return time.Now()
}

// Read returns the entry called n, still sealed. ok is false where there is
// none, where it can't be read, or where its header is not ours.
func (c *Cache) Read(n Name) (s Sealed, ok bool) {
	data, err := readFile(c.entryPath(n), maxEntry)
	if err != nil {
		return Sealed{}, false
	}
	return parse(n, data)
}

// Store seals plain with the 32-byte key and puts it in the place of the entry
// called n. begun is the generation in which the making of plain began; where
// entries were removed since then the error is ErrRemoved.
func (c *Cache) Store(n Name, begun Generation, key secret.String, times Times, plain []byte) error {
	data, err := seal(n, key, times, plain)
	if err != nil {
		return err
	}
	if len(data) > maxEntry {
		return errors.New("the entry is too large for the cache")
	}
	if err := c.makeDir(); err != nil {
		return err
	}
	// Waiting for the disk is done outside of the lock, which all share.
	entry, err := atomicfile.Prepare(c.entryPath(n), data, 0o600)
	if err != nil {
		return err
	}
	err = c.exclusively(func() error {
		if c.Generation(n.Scope) != begun {
			entry.Discard()
			return ErrRemoved
		}
		return entry.Commit()
	})
	if err == nil {
		entry.Sync()
	}
	return err
}

// Lock waits until ctx ends for the lock of the entry called n and returns the
// function that lets go of it. Where another process held it all the time the
// error is a *filelock.HeldError with its pid; other errors mean that there
// can be no lock here, as in a read-only directory.
func (c *Cache) Lock(ctx context.Context, n Name) (unlock func(), err error) {
	return c.lockFile(ctx, n.base())
}

// LockDir is Lock for what concerns the whole cache, such as making its key.
func (c *Cache) LockDir(ctx context.Context) (unlock func(), err error) {
	return c.lockFile(ctx, "cache")
}

func (c *Cache) lockFile(ctx context.Context, base string) (func(), error) {
	if err := c.makeDir(); err != nil {
		return nil, err
	}
	return filelock.Lock(ctx, filepath.Join(c.Dir, base+lockSuffix))
}

// Remove removes the entry called n; that there is none is no error.
func (c *Cache) Remove(n Name) error { return ignoreMissing(atomicfile.Remove(c.entryPath(n))) }

// RemoveScope removes every entry of the scope, those included that are being
// made, and returns how many there were.
func (c *Cache) RemoveScope(scope string) (int, error) {
	removed, err := c.RemoveScopes([]string{scope})
	return removed[0], err
}

// RemoveScopes is RemoveScope for several, in one pass over the directory. It
// returns how many entries there were of each.
func (c *Cache) RemoveScopes(scopes []string) (removed []int, err error) {
	removed = make([]int, len(scopes))
	numbers := map[string]int{} // of the scopes, by the prefix of their files
	for i, scope := range scopes {
		numbers[scopePrefix(scope)] = i
	}
	err = c.exclusively(func() error {
		for prefix := range numbers {
			c.begin(prefix)
		}
		_, err := c.removeEach(func(name string, _ fs.FileInfo) bool {
			prefix, _, _ := strings.Cut(name, "-")
			number, ok := numbers[prefix+"-"]
			if !ok || !isEntry(name) {
				return false
			}
			removed[number]++
			return true
		})
		return err
	})
	return removed, err
}

// RemoveAll is RemoveScope for all scopes. Locks stay: somebody may be waiting
// for one.
func (c *Cache) RemoveAll() (removed int, err error) {
	err = c.exclusively(func() (err error) {
		c.begin("")
		removed, err = c.removeEach(func(name string, _ fs.FileInfo) bool { return isEntry(name) })
		return err
	})
	return removed, err
}

func isEntry(name string) bool { return strings.HasSuffix(name, entrySuffix) }

// removeEach removes the files that choose picks. It goes on after an error
// and returns the first.
func (c *Cache) removeEach(choose func(name string, info fs.FileInfo) bool) (removed int, first error) {
	entries, err := os.ReadDir(c.Dir)
	if err != nil {
		return 0, ignoreMissing(err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || !info.Mode().IsRegular() || !choose(entry.Name(), info) {
			continue
		}
		err = ignoreMissing(atomicfile.Remove(filepath.Join(c.Dir, entry.Name())))
		switch {
		case err == nil:
			removed++
		case first == nil:
			first = err
		}
	}
	return removed, first
}

func (c *Cache) makeDir() error { return os.MkdirAll(c.Dir, 0o700) }

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// readFile reads a regular file of at most limit bytes.
func readFile(path string, limit int64) ([]byte, error) {
	f, err := atomicfile.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > limit {
		return nil, errors.New("not an entry")
	}
	data := make([]byte, info.Size())
	_, err = io.ReadFull(f, data)
	return data, err
}
