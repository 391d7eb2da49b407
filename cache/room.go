package cache

import "github.com/awsmint/awsmint/internal/atomicfile"

// Room makes sure that there is room for an entry called n of size bytes, and
// keeps it until release is called: for whoever is about to use up something
// that works once, in exchange for what has to be stored.
func (c *Cache) Room(n Name, size int) (release func(), err error) {
	if err := c.makeDir(); err != nil {
		return nil, err
	}
	room, err := atomicfile.Prepare(c.entryPath(n), make([]byte, size), 0o600)
	if err != nil {
		return nil, err
	}
	return room.Discard, nil
}
