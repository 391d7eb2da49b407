package cache

import (
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/awsmint/awsmint/internal/atomicfile"
)

const (
	// sweepInterval is the least time from one sweep to the next. A sweep
	// reads every entry, and a hundred processes may each store one at once.
	sweepInterval = 10 * time.Minute

	// sweptFile is empty. Its time of change is that of the last sweep.
	sweptFile = "cache.swept"

	// abandonedAfter is how long a note, or a file whose header can't be read
	// such as another version's, may lie unchanged before a sweep takes it: no
	// session lives longer than 36 hours (GetSessionToken's maximum).
	abandonedAfter = 48 * time.Hour

	// tempAbandonedAfter is the age of a temporary file that no living
	// process can be writing any more.
	tempAbandonedAfter = time.Hour
)

// Sweep removes what is of no use any more: expired entries, and what killed
// processes and other versions left behind. It is done after a mint, when a
// millisecond is not noticed; soon after the last one it does nothing.
func (c *Cache) Sweep() {
	now := c.now()
	if !c.sweepIsDue(now) {
		return
	}
	_, _ = c.removeEach(func(name string, info fs.FileInfo) bool {
		age := now.Sub(info.ModTime())
		switch {
		case atomicfile.IsTemp(name):
			return age > tempAbandonedAfter
		case isNote(name):
			return age > abandonedAfter
		case !isEntry(name):
			return false
		}
		if times, ok := readTimes(filepath.Join(c.Dir, name)); ok {
			return !now.Before(times.Expires)
		}
		return age > abandonedAfter
	})
}

// sweepIsDue notes that there is a sweep now, unless there was one lately. A
// time to come is that of a clock which was wrong.
func (c *Cache) sweepIsDue(now time.Time) bool {
	path := filepath.Join(c.Dir, sweptFile)
	info, err := os.Stat(path)
	if err == nil {
		if age := now.Sub(info.ModTime()); age >= 0 && age < sweepInterval {
			return false
		}
	}
	// Where it can't be noted there is a sweep each time.
	if f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600); err == nil {
		_ = f.Close()
		_ = os.Chtimes(path, now, now)
	}
	return true
}
