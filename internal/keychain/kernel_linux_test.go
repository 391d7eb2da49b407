package keychain

import (
	"encoding/binary"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/awsmint/awsmint/internal/secret"
)

// kernelVars is the environment for a vault whose copies the kernel keeps for
// an hour; they end with the test.
func kernelVars(t testing.TB) map[string]string {
	t.Helper()
	_, err := unix.KeyctlSearch(unix.KEY_SPEC_USER_KEYRING, keyType, "awsmint:test:none", 0)
	require(t, errors.Is(err, unix.ENOKEY), "the kernel grants no user keyring")
	vars := vaultVars(t)
	vars["KEYCHAIN_TEST_CACHE"] = t.TempDir()
	vars[envKernelKeyring] = "1h"
	t.Cleanup(func() { forget(t, vars) })
	return vars
}

func optionsOf(vars map[string]string) Options {
	return Options{Getenv: getenv(vars), CacheDir: vars["KEYCHAIN_TEST_CACHE"]}.withDefaults()
}

func forget(t testing.TB, vars map[string]string) {
	t.Helper()
	if err := Forget(optionsOf(vars)); err != nil {
		t.Error(err)
	}
}

// kernelLine returns what /proc/keys says of the key, or nil: id, flags, usage,
// time left, permissions, uid, gid, type, description.
func kernelLine(t testing.TB, name string) []string {
	t.Helper()
	text, err := os.ReadFile("/proc/keys")
	require(t, err == nil, "/proc/keys can't be read")
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) >= 9 && fields[8] == name+":" && !strings.Contains(fields[1], "i") {
			return fields
		}
	}
	return nil
}

// held returns the names and values of all of awsmint's keys in the user
// keyring.
func held(t testing.TB) map[string]string {
	t.Helper()
	ids := make([]byte, 4096)
	n, err := unix.KeyctlBuffer(unix.KEYCTL_READ, unix.KEY_SPEC_USER_KEYRING, ids, 0)
	if err != nil || n > len(ids) {
		t.Fatalf("the user keyring can't be read: %d, %v", n, err)
	}
	found := map[string]string{}
	for ; n > 0; n -= 4 {
		id := int(int32(binary.NativeEndian.Uint32(ids[n-4:])))
		description, err := unix.KeyctlString(unix.KEYCTL_DESCRIBE, id)
		if err != nil {
			continue // it went meanwhile
		}
		name := description[strings.LastIndex(description, ";")+1:]
		if value, err := kernelGet(name); err == nil && strings.HasPrefix(name, Service+":") {
			found[name] = value.Reveal()
		}
	}
	return found
}

// wantNoCopies looks in the user keyring. /proc/keys lists a key that was
// unlinked until the kernel has collected it.
func wantNoCopies(t *testing.T, c copies) {
	t.Helper()
	all := held(t)
	for _, what := range []string{copyOfCacheKey, copyOfIdentity} {
		if _, ok := all[c.name(what)]; ok {
			t.Errorf("there is a copy of %s", what)
		}
	}
}

func TestKernelKeepsTheCacheKeyAndTheIdentityForATime(t *testing.T) {
	vars := kernelVars(t)
	k := openIn(t, vars)
	mustSet(t, k, CacheKeyAccount, "data key")
	c := newCopies(optionsOf(vars), kindFile, time.Hour)
	for _, what := range []string{copyOfCacheKey, copyOfIdentity} {
		line := kernelLine(t, c.name(what))
		if line == nil {
			t.Fatalf("no copy of %s", what)
		}
		// The kernel writes the time left in its largest whole unit.
		if left := line[3]; left != "60m" && left != "59m" && left != "1h" {
			t.Errorf("%s: time left %q of an hour", what, left)
		}
		if line[4] != "3f2f0000" {
			t.Errorf("%s: permissions %q", what, line[4])
		}
	}

	// With the copies, neither passphrase nor vault is needed.
	delete(vars, envPassphrase)
	wantValue(t, openIn(t, vars), CacheKeyAccount, "data key")
	mustSet(t, openIn(t, vars), "key/work", "one")
	wantValue(t, openIn(t, vars), "key/work", "one")
	if err := os.Remove(vars[envVault]); err != nil {
		t.Fatal(err)
	}
	wantValue(t, openIn(t, vars), CacheKeyAccount, "data key")
}

func TestLongTermSecretsNeverEnterTheKernel(t *testing.T) {
	vars := kernelVars(t)
	values := map[string]string{KeyAccount("work"): "wJalrXUtnFEMI-long-term", SeedAccount("work"): "JBSWY3DPEHPK3PXP"}
	o := optionsOf(vars)
	inFile, inOS := newCopies(o, kindFile, time.Hour), newCopies(o, kindOS, time.Hour)
	want := []string{inFile.name(copyOfCacheKey), inFile.name(copyOfIdentity), inOS.name(copyOfCacheKey)}
	slices.Sort(want)
	check := func() {
		t.Helper()
		var ours []string
		for name, value := range held(t) {
			if strings.HasSuffix(name, inFile.scope) || strings.HasSuffix(name, inOS.scope) {
				ours = append(ours, name)
			}
			for account, long := range values {
				if strings.Contains(value, long) || strings.Contains(value, testPassphrase) {
					t.Errorf("%q holds the value of %s, or the passphrase", name, account)
				}
			}
			if strings.Contains(name, "work") {
				t.Errorf("%q names a profile", name)
			}
		}
		slices.Sort(ours)
		if diff := cmp.Diff(want, ours); diff != "" {
			t.Errorf("what the kernel holds (-want +got):\n%s", diff)
		}
	}

	stores := []Keychain{openIn(t, vars), withCopies(osKeychainOn(newMemory()), inOS)}
	for _, k := range stores {
		mustSet(t, k, CacheKeyAccount, "data key")
	}
	check()
	for _, k := range stores {
		for account, value := range values {
			mustSet(t, k, account, value)
		}
	}
	check()
	for _, k := range stores {
		for account, value := range values {
			wantValue(t, k, account, value)
		}
		wantValue(t, k, CacheKeyAccount, "data key")
	}
	check()
	for _, k := range stores {
		for account := range values {
			if err := k.Delete(t.Context(), account); err != nil {
				t.Error(err)
			}
		}
	}
	check()
}

// A process that may not use the keyring, as in a container, works without.
func TestKernelThatRefusesIsPassedOver(t *testing.T) {
	c := newCopies(Options{CacheDir: t.TempDir()}.withDefaults(), kindOS, time.Hour)
	long := strings.Repeat("x", 40_000) // more than add_key(2) takes: EINVAL
	c.put(copyOfCacheKey, secret.New(long))
	if _, ok := c.get(copyOfCacheKey); ok {
		t.Error("a copy was found")
	}
	m := newMemory()
	k := withCopies(osKeychainOn(m), c)
	mustSet(t, k, CacheKeyAccount, long)
	wantValue(t, k, CacheKeyAccount, long)
	if err := c.drop(copyOfCacheKey); err != nil {
		t.Error(err)
	}
}
