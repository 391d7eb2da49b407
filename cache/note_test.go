package cache_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/awsmint/awsmint/cache"
)

func TestNote(t *testing.T) {
	c, n := newCache(t), name("work", "a")
	if at, ok := c.Noted(n, "tried"); ok {
		t.Errorf("noted at %s, and nobody did", at)
	}
	if err := c.Note(n, "tried"); err != nil {
		t.Fatal(err)
	}
	later := &cache.Cache{Dir: c.Dir, Now: func() time.Time { return start.Add(time.Hour) }}
	if at, ok := later.Noted(n, "tried"); !ok || !at.Equal(start) {
		t.Errorf("noted at %s, %v; want %s", at, ok, start)
	}
	for what, other := range map[string]struct {
		cache.Name
		note string
	}{"of another entry": {name("work", "b"), "tried"}, "of another kind": {n, "unkept"}} {
		if _, ok := c.Noted(other.Name, other.note); ok {
			t.Errorf("a note %s is found", what)
		}
	}
	if err := later.Note(n, "tried"); err != nil {
		t.Fatal(err)
	}
	if at, _ := c.Noted(n, "tried"); !at.Equal(start.Add(time.Hour)) {
		t.Errorf("noted anew, and it says %s", at)
	}
	for range 2 {
		if err := c.RemoveNote(n, "tried"); err != nil {
			t.Error(err)
		}
	}
	if _, ok := c.Noted(n, "tried"); ok {
		t.Error("it was removed and is there")
	}
}

// A note is no entry: it is not counted with what is removed, and is swept when
// it has long been of no use.
func TestNotesAreSwept(t *testing.T) {
	c, n := newCache(t), name("work", "a")
	if err := c.Note(n, "tried"); err != nil {
		t.Fatal(err)
	}
	if removed, err := c.RemoveScope("work"); removed != 0 || err != nil {
		t.Errorf("removed %d, %v", removed, err)
	}
	found, err := filepath.Glob(filepath.Join(c.Dir, "*.note"))
	if err != nil || len(found) != 1 {
		t.Fatalf("notes: %v, %v; want one", found, err)
	}
	now := start
	c.Now = func() time.Time { return now }
	for age, kept := range map[time.Duration]bool{time.Hour: true, 49 * time.Hour: false} {
		now = now.Add(time.Hour) // since the last sweep
		if err := os.Chtimes(found[0], now.Add(-age), now.Add(-age)); err != nil {
			t.Fatal(err)
		}
		c.Sweep()
		if _, ok := c.Noted(n, "tried"); ok != kept {
			t.Errorf("%s old: kept %v", age, ok)
		}
		if err := c.Note(n, "tried"); err != nil {
			t.Fatal(err)
		}
	}
}
