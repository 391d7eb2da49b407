package cache

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/awsmint/awsmint/internal/atomicfile"
)

// ErrRemoved says that an entry was not stored, because entries of its scope
// were removed while it was being made.
var ErrRemoved = errors.New("entries were removed meanwhile")

// A generation is a random text in a file, a new one each time that entries of
// a scope, or all, are removed. What is being made at that moment was begun in
// an earlier generation and is not stored: or else logging out, or storing
// another key, would not touch a mint that is under way.
const (
	generationSuffix = ".generation"
	maxGeneration    = 64 // bytes; they have 26
)

// Generation is read before an entry is made, and handed to Store.
type Generation struct{ scope, all string }

// Text is the scope's own part: it changes when entries of the scope are
// removed, and is empty until they are.
func (g Generation) Text() string { return g.scope }

// Generation returns the present generation of a scope.
func (c *Cache) Generation(scope string) Generation {
	return Generation{scope: c.readGeneration(scopePrefix(scope)), all: c.readGeneration("")}
}

func (c *Cache) readGeneration(prefix string) string {
	data, _ := readFile(c.generationPath(prefix), maxGeneration)
	return string(data)
}

func (c *Cache) generationPath(prefix string) string {
	return filepath.Join(c.Dir, prefix+"cache"+generationSuffix)
}

// begin starts a new generation. Where nothing can be written nothing can be
// stored either, by this process or another.
func (c *Cache) begin(prefix string) {
	if _, err := os.Stat(c.Dir); err == nil {
		_ = atomicfile.Write(c.generationPath(prefix), []byte(rand.Text()), 0o600)
	}
}

// exclusiveWait bounds the wait for that lock: the longest that it is held is
// while the cache's key is stored in the keychain.
const exclusiveWait = 30 * time.Second

// exclusively runs f under the lock that storing and removing share, held for
// the length of a file operation. Where there can be no lock it runs f all the
// same: then there can be no writing either.
func (c *Cache) exclusively(f func() error) error {
	ctx, cancel := context.WithTimeout(context.Background(), exclusiveWait)
	defer cancel()
	if unlock, err := c.LockDir(ctx); err == nil {
		defer unlock()
	}
	return f()
}
