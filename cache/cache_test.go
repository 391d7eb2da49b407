package cache_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/cache"
	"github.com/awsmint/awsmint/internal/filelock"
	"github.com/awsmint/awsmint/internal/secret"
)

var (
	key   = secret.New(strings.Repeat("k", cache.KeySize))
	other = secret.New(strings.Repeat("o", cache.KeySize))
	start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	times = cache.Times{Issued: start, Expires: start.Add(12 * time.Hour)}
)

func name(scope, what string) cache.Name {
	return cache.Name{Scope: scope, Digest: sha256.Sum256([]byte(what))}
}

func newCache(t *testing.T) *cache.Cache {
	t.Helper()
	return &cache.Cache{Dir: filepath.Join(t.TempDir(), "awsmint"), Now: func() time.Time { return start }}
}

func store(t *testing.T, c *cache.Cache, n cache.Name, tm cache.Times, plain string) {
	t.Helper()
	if err := c.Store(n, c.Generation(n.Scope), key, tm, []byte(plain)); err != nil {
		t.Fatal(err)
	}
}

// open reads and opens in one; "" is a miss.
func open(c *cache.Cache, n cache.Name, k secret.String) string {
	s, ok := c.Read(n)
	if !ok {
		return ""
	}
	plain, _ := s.Open(k)
	return string(plain)
}

// entry returns the path of the only entry in c.
func entry(t *testing.T, c *cache.Cache) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(c.Dir, "*.sealed"))
	if err != nil || len(found) != 1 {
		t.Fatalf("entries: %v, %v; want one", found, err)
	}
	return found[0]
}

func TestStoredIsFound(t *testing.T) {
	c, n := newCache(t), name("work", "a")
	if _, ok := c.Read(n); ok {
		t.Error("an empty cache has an entry")
	}
	store(t, c, n, times, "one")
	store(t, c, n, times, "two")
	s, ok := c.Read(n)
	if !ok || s.Times != times {
		t.Errorf("times %v, %v; want %v", s.Times, ok, times)
	}
	if got := open(c, n, key); got != "two" {
		t.Errorf("content %q", got)
	}
}

func TestWhatDoesNotOpen(t *testing.T) {
	n := name("work", "a")
	t.Run("another key", func(t *testing.T) {
		c := newCache(t)
		store(t, c, n, times, "content")
		if got := open(c, n, other); got != "" {
			t.Errorf("opened: %q", got)
		}
	})
	for _, moved := range []cache.Name{name("work", "b"), name("home", "a")} {
		t.Run("moved to "+moved.Scope, func(t *testing.T) {
			c := newCache(t)
			store(t, c, moved, times, "decoy")
			path := entry(t, c)
			if err := c.Remove(moved); err != nil {
				t.Fatal(err)
			}
			store(t, c, n, times, "content")
			if err := os.Rename(entry(t, c), path); err != nil {
				t.Fatal(err)
			}
			if got := open(c, moved, key); got != "" {
				t.Errorf("opened: %q", got)
			}
		})
	}
	t.Run("a short key", func(t *testing.T) {
		c := newCache(t)
		if err := c.Store(n, c.Generation(n.Scope), secret.New("short"), times, nil); err == nil {
			t.Error("sealed with a short key")
		}
		store(t, c, n, times, "content")
		if got := open(c, n, secret.New("short")); got != "" {
			t.Errorf("opened: %q", got)
		}
	})
}

// Any one changed byte, and any cut, is a miss: the header's are read as
// another time or not at all, and nothing opens.
func TestEveryByteCounts(t *testing.T) {
	c, n := newCache(t), name("work", "a")
	store(t, c, n, times, "content")
	path := entry(t, c)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 1
		overwrite(t, path, bad)
		if got := open(c, n, key); got != "" {
			t.Errorf("byte %d changed, and it opened: %q", i, got)
		}
		overwrite(t, path, good[:i])
		if got := open(c, n, key); got != "" {
			t.Errorf("cut to %d bytes, and it opened: %q", i, got)
		}
	}
	overwrite(t, path, append(bytes.Clone(good), 0))
	if got := open(c, n, key); got != "" {
		t.Errorf("a byte longer, and it opened: %q", got)
	}
	overwrite(t, path, good)
	if got := open(c, n, key); got != "content" {
		t.Errorf("the good entry does not open: %q", got)
	}
}

func TestWhatIsNoEntryIsAMiss(t *testing.T) {
	n := name("work", "a")
	for what, spoil := range map[string]func(path string) error{
		"a directory":     func(p string) error { return errors.Join(os.Remove(p), os.Mkdir(p, 0o700)) },
		"a huge file":     func(p string) error { return os.Truncate(p, 1<<30) },
		"a dangling link": func(p string) error { return errors.Join(os.Remove(p), os.Symlink("nowhere", p)) },
		"an empty file":   func(p string) error { return os.Truncate(p, 0) },
	} {
		t.Run(what, func(t *testing.T) {
			c := newCache(t)
			store(t, c, n, times, "content")
			if err := spoil(entry(t, c)); err != nil {
				t.Skip(err)
			}
			if got := open(c, n, key); got != "" {
				t.Errorf("opened: %q", got)
			}
		})
	}
}

func TestOnlyTheOwnerReads(t *testing.T) {
	c := newCache(t)
	store(t, c, name("work", "a"), times, "a secret in the content")
	for path, want := range map[string]os.FileMode{c.Dir: 0o700, entry(t, c): 0o600} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if os.PathSeparator == '/' && info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v", path, info.Mode().Perm(), want)
		}
	}
	data, err := os.ReadFile(entry(t, c))
	if err != nil {
		t.Fatal(err)
	}
	for _, clear := range []string{"secret", "work"} {
		if bytes.Contains(data, []byte(clear)) || strings.Contains(entry(t, c)[len(c.Dir):], clear) {
			t.Errorf("%q stands in the entry or its name", clear)
		}
	}
}

func TestLock(t *testing.T) {
	c, n := newCache(t), name("work", "a")
	unlock, err := c.Lock(context.Background(), n)
	if err != nil {
		t.Fatal(err)
	}
	// Reading and storing need no lock; another name's lock is free.
	store(t, c, n, times, "content")
	if open(c, n, key) == "" {
		t.Error("a locked entry can't be read")
	}
	free, err := c.Lock(context.Background(), name("work", "b"))
	if err != nil {
		t.Fatal(err)
	}
	free()

	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	_, err = c.Lock(ctx, n)
	var held *filelock.HeldError
	if !errors.As(err, &held) || held.PID != os.Getpid() {
		t.Errorf("got %v; want a HeldError with pid %d", err, os.Getpid())
	}
	unlock()
	again, err := c.Lock(context.Background(), n)
	if err != nil {
		t.Fatal(err)
	}
	again()
}

func TestUnwritableDirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	overwrite(t, file, nil)
	c := &cache.Cache{Dir: filepath.Join(file, "cache")}
	if err := c.Store(name("work", "a"), cache.Generation{}, key, times, nil); err == nil {
		t.Error("stored below a file")
	}
	_, err := c.Lock(context.Background(), name("work", "a"))
	var held *filelock.HeldError
	if err == nil || errors.As(err, &held) {
		t.Errorf("got %v; want an error that is no HeldError", err)
	}
	if err := newCache(t).Store(name("w", "a"), cache.Generation{}, key, times, make([]byte, 2<<20)); err == nil {
		t.Error("stored what would never be read")
	}
}

func FuzzSealedEntry(f *testing.F) {
	f.Add([]byte("content"), uint16(0), byte(1))
	f.Add([]byte(""), uint16(30), byte(0x80))
	f.Add(bytes.Repeat([]byte("x"), 300), uint16(200), byte(0))
	f.Fuzz(func(t *testing.T, plain []byte, at uint16, flip byte) {
		c, n := newCache(t), name("fuzz", fmt.Sprint(len(plain)))
		if err := c.Store(n, c.Generation(n.Scope), key, times, plain); err != nil {
			t.Skip(err)
		}
		path := entry(t, c)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		i := int(at) % len(data)
		data[i] ^= flip
		overwrite(t, path, data)
		s, ok := c.Read(n)
		var got []byte
		if ok {
			got, ok = s.Open(key)
		}
		switch {
		case flip == 0 && (!ok || !bytes.Equal(got, plain) || s.Times != times):
			t.Errorf("the entry does not open: %q", got)
		case flip != 0 && ok:
			t.Errorf("byte %d changed by %#x, and it opened: %q", i, flip, got)
		}
	})
}

func overwrite(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
