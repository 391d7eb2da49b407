package cache

import (
	"path/filepath"
	"strings"
	"time"

	"github.com/awsmint/awsmint/internal/atomicfile"
)

// A note is a point in time that is remembered of an entry for all processes,
// whether or not there is an entry now. It is no secret and not sealed; what
// it means is its writer's affair.
const (
	noteSuffix = ".note"
	maxNote    = 64 // bytes; they have 35 at most
)

// Note notes the present time. what is a word that tells one note of an entry
// from another; it becomes part of a file's name.
func (c *Cache) Note(n Name, what string) error {
	if err := c.makeDir(); err != nil {
		return err
	}
	return atomicfile.Write(c.notePath(n, what), c.now().UTC().AppendFormat(nil, time.RFC3339Nano), 0o600)
}

// Noted returns when a note was made. ok is false where there is none that can
// be read.
func (c *Cache) Noted(n Name, what string) (at time.Time, ok bool) {
	data, err := readFile(c.notePath(n, what), maxNote)
	if err != nil {
		return time.Time{}, false
	}
	at, err = time.Parse(time.RFC3339Nano, string(data))
	return at, err == nil
}

// RemoveNote removes a note; that there is none is no error.
func (c *Cache) RemoveNote(n Name, what string) error {
	return ignoreMissing(atomicfile.Remove(c.notePath(n, what)))
}

func (c *Cache) notePath(n Name, what string) string {
	return filepath.Join(c.Dir, n.base()+"-"+what+noteSuffix)
}

func isNote(name string) bool { return strings.HasSuffix(name, noteSuffix) }
