package browser_test

import (
	"os"
	"runtime"
	"testing"
	"time"
)

// waitForFile returns what a file holds once it is there.
func waitForFile(t *testing.T, path string) string {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); runtime.Gosched() {
		if data, err := os.ReadFile(path); err == nil {
			return string(data)
		}
	}
	t.Fatal("nothing was started")
	return ""
}
