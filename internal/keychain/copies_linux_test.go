package keychain

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

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
	wantNoCopies(t, c)
}

func TestForget(t *testing.T) {
	vars := kernelVars(t)
	other := kernelVars(t)
	for _, v := range []map[string]string{vars, other} {
		mustSet(t, openIn(t, v), CacheKeyAccount, "one")
	}
	forget(t, vars)
	forget(t, vars)
	wantNoCopies(t, newCopies(optionsOf(vars), kindFile, time.Hour))
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
	t.Parallel()
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
