package keychain

import (
	"context"
	"encoding/binary"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/awsmint/awsmint/internal/fault"
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
	const key, seed = "wJalrXUtnFEMI-long-term", "JBSWY3DPEHPK3PXP"
	before := held(t)
	stores := map[string]Keychain{
		"file": openIn(t, vars),
		"os":   withCopies(osKeychainOn(newMemory()), newCopies(optionsOf(vars), kindOS, time.Hour)),
	}
	for _, k := range stores {
		mustSet(t, k, KeyAccount("work"), key)
		mustSet(t, k, SeedAccount("work"), seed)
		mustSet(t, k, CacheKeyAccount, "data key")
		wantValue(t, k, KeyAccount("work"), key)
		wantValue(t, k, SeedAccount("work"), seed)
		wantValue(t, k, CacheKeyAccount, "data key")
	}
	o := optionsOf(vars)
	allowed := []string{
		newCopies(o, kindFile, 0).name(copyOfCacheKey), newCopies(o, kindFile, 0).name(copyOfIdentity),
		newCopies(o, kindOS, 0).name(copyOfCacheKey),
	}
	after := held(t)
	for name, value := range after {
		if _, old := before[name]; !old && !slices.Contains(allowed, name) && strings.Contains(value, key+seed) {
			t.Errorf("the kernel has %q", name)
		}
		for _, long := range []string{key, seed, testPassphrase} {
			if strings.Contains(value, long) {
				t.Errorf("%q holds a long-term secret", name)
			}
		}
		if strings.Contains(name, "work") {
			t.Errorf("%q names a profile", name)
		}
	}
	for _, name := range allowed {
		if _, ok := after[name]; !ok {
			t.Errorf("%q is not in the kernel, so this test looked in the wrong place", name)
		}
	}
}

func TestCopyFollowsTheCacheKey(t *testing.T) {
	vars := kernelVars(t)
	m := newMemory()
	open := func() Keychain {
		return withCopies(osKeychainOn(m), newCopies(optionsOf(vars), kindOS, time.Hour))
	}
	mustSet(t, open(), CacheKeyAccount, "one")
	calls := m.calls
	for range 3 {
		wantValue(t, open(), CacheKeyAccount, "one")
	}
	if m.calls != calls {
		t.Errorf("a hit asked the keychain %d times", m.calls-calls)
	}

	mustSet(t, open(), CacheKeyAccount, "two")
	wantValue(t, open(), CacheKeyAccount, "two")
	forget(t, vars)
	wantValue(t, open(), CacheKeyAccount, "two")
	if _, ok := newCopies(optionsOf(vars), kindOS, time.Hour).get(copyOfCacheKey); !ok {
		t.Error("a read of the keychain left no copy")
	}

	// A key that could not be set leaves no copy of the old one behind.
	m.err = errBroken
	wantFault(t, open().Set(t.Context(), CacheKeyAccount, secret.New("three")), ErrUnreachable, fault.Keychain)
	_, err := open().Get(t.Context(), CacheKeyAccount)
	wantFault(t, err, ErrUnreachable, fault.Keychain)
	m.err = nil
	wantValue(t, open(), CacheKeyAccount, "two")

	if err := open().Delete(t.Context(), CacheKeyAccount); err != nil {
		t.Fatal(err)
	}
	_, err = open().Get(t.Context(), CacheKeyAccount)
	wantFault(t, err, ErrNotFound, fault.Missing)
	wantFault(t, open().Delete(t.Context(), CacheKeyAccount), ErrNotFound, fault.Missing)
}

// slowly is a keychain during whose read another process does something.
type slowly struct {
	Keychain
	meanwhile func()
}

func (k slowly) Get(ctx context.Context, account string) (secret.String, error) {
	value, err := k.Keychain.Get(ctx, account)
	k.meanwhile()
	return value, err
}

func TestReaderDoesNotPutAnOldKeyOverANewCopy(t *testing.T) {
	vars := kernelVars(t)
	m := newMemory()
	c := newCopies(optionsOf(vars), kindOS, time.Hour)
	writer := withCopies(osKeychainOn(m), c)
	mustSet(t, osKeychainOn(m), CacheKeyAccount, "old")
	reader := withCopies(slowly{osKeychainOn(m), func() { mustSet(t, writer, CacheKeyAccount, "new") }}, c)
	wantValue(t, reader, CacheKeyAccount, "new")
	wantValue(t, writer, CacheKeyAccount, "new")
}

func TestKernelKeyringTurnedOff(t *testing.T) {
	vars := kernelVars(t)
	c := newCopies(optionsOf(vars), kindFile, time.Hour)
	mustSet(t, openIn(t, vars), CacheKeyAccount, "one")
	vars[envKernelKeyring] = "off"

	// A run without copies leaves none that is out of date.
	mustSet(t, openIn(t, vars), CacheKeyAccount, "two")
	if _, ok := c.get(copyOfCacheKey); ok {
		t.Error("the old copy is still there")
	}
	forget(t, vars)
	wantValue(t, openIn(t, vars), CacheKeyAccount, "two")
	for _, what := range []string{copyOfCacheKey, copyOfIdentity} {
		if line := kernelLine(t, c.name(what)); line != nil {
			t.Errorf("a copy was made: %v", line)
		}
	}
}

func TestForget(t *testing.T) {
	vars := kernelVars(t)
	other := kernelVars(t)
	for _, v := range []map[string]string{vars, other} {
		mustSet(t, openIn(t, v), CacheKeyAccount, "one")
	}
	forget(t, vars)
	forget(t, vars)
	if c := newCopies(optionsOf(vars), kindFile, time.Hour); kernelLine(t, c.name(copyOfCacheKey)) != nil || kernelLine(t, c.name(copyOfIdentity)) != nil {
		t.Error("a copy is left")
	}
	delete(vars, envPassphrase)
	_, err := openIn(t, vars).Get(t.Context(), CacheKeyAccount)
	wantFault(t, err, ErrLocked, fault.Person)

	delete(other, envPassphrase)
	wantValue(t, openIn(t, other), CacheKeyAccount, "one")
}

// The identity of a vault that is gone does not open the one in its place.
func TestCopyOfAnotherVaultsIdentity(t *testing.T) {
	vars := kernelVars(t)
	mustSet(t, openIn(t, vars), "key/work", "one")
	if err := os.Remove(vars[envVault]); err != nil {
		t.Fatal(err)
	}
	off := map[string]string{}
	for name, value := range vars {
		off[name] = value
	}
	off[envKernelKeyring] = "off"
	mustSet(t, openIn(t, off), "key/work", "two")
	wantValue(t, openIn(t, vars), "key/work", "two")
	delete(vars, envPassphrase)
	wantValue(t, openIn(t, vars), "key/work", "two")
}

// With a kernel keyring, a hundred processes ask for the passphrase once.
func TestHundredProcessesUnlockOnce(t *testing.T) {
	vars := kernelVars(t)
	mustSet(t, openIn(t, vars), "key/work", "one")
	forget(t, vars)
	delete(vars, envPassphrase)
	asked := t.TempDir() + "/asked"
	vars[envPassphraseCommand] = "echo asked >> " + asked + "; echo '" + testPassphrase + "'"
	inProcesses(t, 100, vars)
	if text, err := os.ReadFile(asked); string(text) != "asked\n" {
		t.Errorf("asked %d times, %v", strings.Count(string(text), "asked"), err)
	}
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

func BenchmarkKernelHit(b *testing.B) {
	vars := kernelVars(b)
	k := withCopies(osKeychainOn(newMemory()), newCopies(optionsOf(vars), kindOS, time.Hour))
	mustSet(b, k, CacheKeyAccount, "data key")
	for b.Loop() {
		if _, err := k.Get(b.Context(), CacheKeyAccount); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkUnlockedVaultRead(b *testing.B) {
	vars := vaultVars(b)
	k := openIn(b, vars)
	mustSet(b, k, "key/work", "one")
	for b.Loop() {
		if _, err := k.Get(b.Context(), "key/work"); err != nil {
			b.Fatal(err)
		}
	}
}
