// Package disktest gives tests a disk that is soon full.
package disktest

import (
	"os"
	"syscall"
	"testing"
)

// Small mounts a disk of a size such as "64k" and returns its directory. Where
// nothing can be mounted the test is skipped.
func Small(t testing.TB, size string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := syscall.Mount("awsmint-test", dir, "tmpfs", 0, "size="+size); err != nil {
		if os.Getenv("AWSMINT_TEST_REQUIRE") == "all" && os.Geteuid() == 0 {
			t.Fatalf("tmpfs can't be mounted: %v, and AWSMINT_TEST_REQUIRE is all", err)
		}
		t.Skipf("mounting a full disk needs root: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}
