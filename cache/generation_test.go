package cache_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/cache"
)

func TestRemove(t *testing.T) {
	c := newCache(t)
	a, b, z := name("work", "a"), name("work", "b"), name("home", "a")
	for _, n := range []cache.Name{a, b, z} {
		store(t, c, n, times, "content")
	}
	if removed, err := c.RemoveScope("work"); removed != 2 || err != nil {
		t.Errorf("removed %d, %v; want 2", removed, err)
	}
	if open(c, a, key)+open(c, b, key) != "" || open(c, z, key) == "" {
		t.Error("the wrong entries went")
	}
	unlock, err := c.Lock(context.Background(), z)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	if removed, err := c.RemoveAll(); removed != 1 || err != nil {
		t.Errorf("removed %d, %v; want 1", removed, err)
	}
	if locks, _ := filepath.Glob(filepath.Join(c.Dir, "*-*.lock")); len(locks) != 1 {
		t.Errorf("locks: %v; want the one that is held", locks)
	}
	if err := c.Remove(z); err != nil {
		t.Errorf("removing nothing: %v", err)
	}
	empty := &cache.Cache{Dir: filepath.Join(t.TempDir(), "none")}
	if removed, err := empty.RemoveAll(); removed != 0 || err != nil {
		t.Errorf("no directory: %d, %v", removed, err)
	}
}

// What is being made while entries are removed is not stored afterwards.
func TestRemovalReachesWhatIsBeingMade(t *testing.T) {
	work, home := name("work", "a"), name("home", "a")
	for _, c := range []struct {
		name       string
		remove     func(c *cache.Cache) (int, error)
		work, home error
	}{
		{"a scope", func(c *cache.Cache) (int, error) { return c.RemoveScope("work") }, cache.ErrRemoved, nil},
		{"all", (*cache.Cache).RemoveAll, cache.ErrRemoved, cache.ErrRemoved},
		{"another scope", func(c *cache.Cache) (int, error) { return c.RemoveScope("other") }, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			cached := newCache(t)
			store(t, cached, name("first", "a"), times, "makes the directory")
			begunWork, begunHome := cached.Generation("work"), cached.Generation("home")
			if _, err := c.remove(cached); err != nil {
				t.Fatal(err)
			}
			if err := cached.Store(work, begunWork, key, times, []byte("old")); !errors.Is(err, c.work) {
				t.Errorf("work: %v, want %v", err, c.work)
			}
			if err := cached.Store(home, begunHome, key, times, []byte("old")); !errors.Is(err, c.home) {
				t.Errorf("home: %v, want %v", err, c.home)
			}
			// What is begun afterwards is stored.
			store(t, cached, work, times, "new")
			if got := open(cached, work, key); got != "new" {
				t.Errorf("content %q", got)
			}
		})
	}
}

// Whoever holds the directory's lock waits for no disk of another's: a new
// entry lies ready before its turn comes. Where entries are removed until then,
// it is not put in place, and nothing is left of it.
func TestStoreIsReadyBeforeItsTurn(t *testing.T) {
	for what, removed := range map[string]bool{"removed meanwhile": true, "nothing removed": false} {
		t.Run(what, func(t *testing.T) {
			c, n := newCache(t), name("work", "a")
			store(t, c, n, times, "old")
			if _, err := c.RemoveScope("work"); err != nil {
				t.Fatal(err)
			}
			generation, err := filepath.Glob(filepath.Join(c.Dir, "*-cache.generation"))
			if err != nil || len(generation) != 1 {
				t.Fatalf("generations: %v, %v; want one", generation, err)
			}
			begun := c.Generation("work")

			unlock, err := c.LockDir(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			stored := make(chan error, 1)
			go func() { stored <- c.Store(n, begun, key, times, []byte("new")) }()
			waitForTemp(t, c)
			if _, there := c.Read(n); there {
				t.Error("it was put in place under another's lock")
			}
			if removed {
				// What RemoveScope does under its lock, which this one is.
				overwrite(t, generation[0], []byte("another"))
			}
			unlock()

			err = <-stored
			if removed != errors.Is(err, cache.ErrRemoved) || !removed && err != nil {
				t.Errorf("stored: %v", err)
			}
			if _, there := c.Read(n); there == removed {
				t.Errorf("the entry is there: %v", there)
			}
			if left := temps(t, c); len(left) > 0 {
				t.Errorf("left: %q", left)
			}
		})
	}
}

// waitForTemp waits for a temporary file with something in it.
func waitForTemp(t *testing.T, c *cache.Cache) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for range 10000 {
		for _, path := range temps(t, c) {
			if info, err := os.Stat(path); err == nil && info.Size() > 0 {
				return
			}
		}
		<-tick.C
	}
	t.Error("nothing was made ready")
}

func temps(t *testing.T, c *cache.Cache) (paths []string) {
	t.Helper()
	entries, err := os.ReadDir(c.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if strings.Contains(entry.Name(), "tmp") {
			paths = append(paths, filepath.Join(c.Dir, entry.Name()))
		}
	}
	return paths
}
