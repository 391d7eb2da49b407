package keychain

import (
	"strings"
	"testing"
	"time"
)

func TestCopyLimit(t *testing.T) {
	for setting, want := range map[string]time.Duration{
		"": 12 * time.Hour, "off": 0, "1h": time.Hour, "43200": 12 * time.Hour, "1s": time.Second, "720h": 720 * time.Hour, "90m": 90 * time.Minute,
	} {
		if got, err := copyLimit(setting); got != want || err != nil {
			t.Errorf("%q: %v, %v, want %v", setting, got, err, want)
		}
	}
}

// The kernel's names tell keychains, vaults and cache directories apart, and
// show none of them.
func TestNamesOfCopies(t *testing.T) {
	named := func(kind, vault, cache string) string {
		o := Options{Getenv: getenv(map[string]string{envVault: vault}), CacheDir: cache}.withDefaults()
		return newCopies(o, kind, time.Hour).name(copyOfCacheKey)
	}
	base := named(kindFile, "/home/alice/vault", "/home/alice/cache")
	if base != named(kindFile, "/home/alice/./vault", "/home/alice/cache/") {
		t.Error("one place has two names")
	}
	if named(kindOS, "/a", "/c") != named(kindOS, "/b", "/c") {
		t.Error("the OS keychain's copy depends on the vault")
	}
	seen := map[string]bool{base: true}
	for _, c := range [][3]string{
		{kindOS, "/home/alice/vault", "/home/alice/cache"},
		{kindFile, "/home/alice/vault2", "/home/alice/cache"},
		{kindFile, "/home/alice/vault", "/home/alice/cache2"},
		{kindFile, "/home", "/alice/vault/home/alice/cache"},
	} {
		name := named(c[0], c[1], c[2])
		if seen[name] {
			t.Errorf("%v has the name of another", c)
		}
		seen[name] = true
		if strings.Contains(name, "alice") || !strings.HasPrefix(name, "awsmint:cache-key:") {
			t.Errorf("the name is %q", name)
		}
	}
}
