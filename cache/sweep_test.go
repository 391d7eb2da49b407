package cache_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/awsmint/awsmint/cache"
)

func TestSweep(t *testing.T) {
	c := newCache(t)
	alive, dead := name("work", "alive"), name("work", "dead")
	store(t, c, alive, times, "content")
	store(t, c, dead, cache.Times{Issued: start.Add(-time.Hour), Expires: start}, "content")
	// What says itself how long it lives is kept so long, however old it is.
	long := name("work", "long")
	store(t, c, long, cache.Times{Issued: start.Add(-1000 * time.Hour), Expires: start.Add(time.Second)}, "content")
	files, err := filepath.Glob(filepath.Join(c.Dir, "*.sealed"))
	if err != nil || len(files) != 3 {
		t.Fatalf("entries: %v, %v; want three", files, err)
	}
	for _, path := range files {
		if err := os.Chtimes(path, start.Add(-1000*time.Hour), start.Add(-1000*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}

	age := func(file string, by time.Duration) string {
		path := filepath.Join(c.Dir, file)
		overwrite(t, path, []byte("not an entry"))
		if err := os.Chtimes(path, start.Add(-by), start.Add(-by)); err != nil {
			t.Fatal(err)
		}
		return path
	}
	kept := []string{
		age("other-version.sealed", 47*time.Hour),
		age(".e.sealed.awsmint-tmp-1", 59*time.Minute),
		age("somebody's file", 1000*time.Hour),
		age("old.lock", 1000*time.Hour),
	}
	gone := []string{
		age("abandoned.sealed", 49*time.Hour),
		age(".e.sealed.awsmint-tmp-2", 61*time.Minute),
	}
	c.Sweep()

	if open(c, alive, key) == "" || open(c, long, key) == "" || open(c, dead, key) != "" {
		t.Error("the wrong entry was swept")
	}
	for _, path := range kept {
		if _, err := os.Stat(path); err != nil {
			t.Errorf("swept: %v", err)
		}
	}
	for _, path := range gone {
		if _, err := os.Stat(path); err == nil {
			t.Errorf("left: %s", path)
		}
	}
}

// Many processes store something at once; one of them looks at all that lies
// there, for some minutes.
func TestSweepIsNotDoneAgainSoon(t *testing.T) {
	c := newCache(t)
	dead := name("work", "dead")
	at := func(after time.Duration) *cache.Cache {
		return &cache.Cache{Dir: c.Dir, Now: func() time.Time { return start.Add(after) }}
	}
	for _, step := range []struct {
		after time.Duration // since the first
		swept bool
	}{
		{0, true},
		{0, false},
		{9*time.Minute + 59*time.Second, false},
		{10 * time.Minute, true},
		{11 * time.Minute, false},
		{20 * time.Minute, true},
		{time.Minute, true}, // the clock was wrong, and was put right
		{2 * time.Minute, false},
	} {
		store(t, c, dead, cache.Times{Issued: start.Add(-2 * time.Hour), Expires: start.Add(-time.Hour)}, "content")
		at(step.after).Sweep()
		if _, there := c.Read(dead); there == step.swept {
			t.Errorf("after %s: an expired entry is there: %v", step.after, there)
		}
	}

	// Nothing is swept, and nothing is made, where there is no cache.
	none := &cache.Cache{Dir: filepath.Join(t.TempDir(), "none")}
	none.Sweep()
	if _, err := os.Stat(none.Dir); err == nil {
		t.Error("a sweep makes the directory")
	}
}
