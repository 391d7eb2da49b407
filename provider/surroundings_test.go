package provider_test

import (
	"testing"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/provider"
)

func TestCacheDirectoryIsAbsolute(t *testing.T) {
	dir := t.TempDir()
	s, err := provider.FindSurroundings(environment{"AWSMINT_CACHE_DIR": dir}.get)
	if err != nil || s.CacheDir != dir {
		t.Errorf("%q, %v", s.CacheDir, err)
	}
	for _, wrong := range []string{"cache", "./cache", "~/cache"} {
		_, err := provider.FindSurroundings(environment{"AWSMINT_CACHE_DIR": wrong}.get)
		wantFault(t, err, fault.Usage, `AWSMINT_CACHE_DIR is "`+wrong+`"`, "not an absolute path", "give an absolute path")
	}
}
