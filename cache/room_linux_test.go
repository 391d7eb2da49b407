package cache_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/awsmint/awsmint/cache"
	"github.com/awsmint/awsmint/internal/disktest"
)

// Room is there or it is not, and leaves nothing behind.
func TestRoom(t *testing.T) {
	disk := disktest.Small(t, "64k")
	c := &cache.Cache{Dir: filepath.Join(disk, "awsmint")}
	n := name("work", "a")
	release, err := c.Room(n, 8<<10)
	if err != nil {
		t.Fatal(err)
	}
	// What is kept is not there for others.
	filler := filepath.Join(disk, "filler")
	if err := os.WriteFile(filler, make([]byte, 1<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk is not full: %v", err)
	}
	if _, err := c.Room(n, 8<<10); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("room on a full disk: %v", err)
	}
	release()
	store(t, c, n, times, "secret")
	if left, err := filepath.Glob(filepath.Join(c.Dir, ".*awsmint-tmp*")); len(left) > 0 || err != nil {
		t.Errorf("left behind: %q, %v", left, err)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if open(c, n, key) != "secret" {
		t.Error("the entry is lost")
	}
}
