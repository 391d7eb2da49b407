package cache_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/awsmint/awsmint/cache"
)

// Room is there or it is not, and leaves nothing behind.
func TestRoom(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("awsmint-test", disk, "tmpfs", 0, "size=64k"); err != nil {
		if os.Getenv("AWSMINT_TEST_REQUIRE") == "all" && os.Geteuid() == 0 {
			t.Fatalf("tmpfs can't be mounted: %v, and AWSMINT_TEST_REQUIRE is all", err)
		}
		t.Skipf("mounting a full disk needs root: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, 0); err != nil {
			t.Error(err)
		}
	})
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
