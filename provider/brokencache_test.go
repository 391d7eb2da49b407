package provider_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/cache"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/mfa"
	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/provider"
)

// entryFile is the one entry in the cache.
func (w *world) entryFile() string {
	w.t.Helper()
	found, err := filepath.Glob(filepath.Join(w.cache.Dir, "*.sealed"))
	if err != nil || len(found) != 1 {
		w.t.Fatalf("%q, %v: want one entry", found, err)
	}
	return found[0]
}

func TestEntryThatDoesNotOpenIsMintedAnew(t *testing.T) {
	for name, harm := range map[string]func(data []byte) []byte{
		"a changed byte":       func(data []byte) []byte { data[len(data)-1] ^= 1; return data },
		"a later expiry":       func(data []byte) []byte { data[20] ^= 1; return data },
		"another version":      func(data []byte) []byte { data[7]++; return data },
		"cut in the content":   func(data []byte) []byte { return data[:len(data)-20] },
		"cut in the header":    func(data []byte) []byte { return data[:10] },
		"empty":                func([]byte) []byte { return nil },
		"something else":       func([]byte) []byte { return []byte("{\"Credentials\": {}}\n") },
		"larger than an entry": func([]byte) []byte { return make([]byte, 1<<20+1) },
	} {
		t.Run(name, func(t *testing.T) {
			w, source := numbered(t, time.Hour)
			wantID(t, w.from(source, noMFA), "ASIA1")
			file := w.entryFile()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, harm(data), 0o600); err != nil {
				t.Fatal(err)
			}
			wantID(t, w.from(source, noMFA), "ASIA2")
			wantID(t, w.from(source, noMFA), "ASIA2")
		})
	}
}

// TestForeignContentIsMintedAnew: sealed with the right key, but not what this
// version writes.
func TestForeignContentIsMintedAnew(t *testing.T) {
	for _, content := range []string{"", "{}", "[]", `{"access_key_id":"ASIA0","secret_access_key":"s"}`, `{"access_key_id":1}`} {
		w, source := numbered(t, time.Hour)
		wantID(t, w.from(source, noMFA), "ASIA1")
		key, err := keychain.DecodeDataKey(w.keys.items[keychain.CacheKeyAccount])
		if err != nil {
			t.Fatal(err)
		}
		now := w.clock.Now()
		if err := w.cache.Store(provider.Name(w.link(noMFA)), w.cache.Generation("profile work"), key, cache.Times{Issued: now, Expires: now.Add(time.Hour)}, []byte(content)); err != nil {
			t.Fatal(err)
		}
		wantID(t, w.from(source, noMFA), "ASIA2")
	}
}

func TestLostDataKeyIsMadeAnew(t *testing.T) {
	for name, lose := range map[string]func(*world){
		"removed":         func(w *world) { delete(w.keys.items, keychain.CacheKeyAccount) },
		"replaced":        func(w *world) { w.keys.items[keychain.CacheKeyAccount] = otherDataKey(w.t) },
		"damaged":         func(w *world) { w.keys.items[keychain.CacheKeyAccount] = secret.New("{}") },
		"forgotten":       func(w *world) { forget(w) },
		"forgotten twice": func(w *world) { forget(w); forget(w) },
	} {
		t.Run(name, func(t *testing.T) {
			w, source := numbered(t, time.Hour)
			wantID(t, w.from(source, noMFA), "ASIA1")
			lose(w)
			wantID(t, w.from(source, noMFA), "ASIA2")
			wantID(t, w.from(source, noMFA), "ASIA2")
		})
	}
}

func forget(w *world) {
	if err := provider.ForgetDataKey(within(w.t), w.keys); err != nil {
		w.t.Error(err)
	}
}

func otherDataKey(t *testing.T) secret.String {
	key, err := keychain.NewDataKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	return keychain.EncodeDataKey(key)
}

func TestCacheThatCannotBeWrittenFailsNothing(t *testing.T) {
	w := newWorld(t)
	w.cache.Dir = filepath.Join(w.cache.Dir, "file", "cache")
	if err := os.WriteFile(filepath.Dir(w.cache.Dir), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := w.mustMint(w.settings()); got.SessionToken == "" {
		t.Error("no credentials")
	}
	w.clock.advance(step)
	w.mustMint(w.settings())
	w.wantCalls(2)
}

// TestSpentCodeWhereNothingIsKept names why the code was spent, not the clock.
func TestSpentCodeWhereNothingIsKept(t *testing.T) {
	w := newWorld(t)
	w.cache.Dir = filepath.Join(w.cache.Dir, "file", "cache")
	if err := os.WriteFile(filepath.Dir(w.cache.Dir), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	w.mustMint(w.settings())
	_, err := w.mint(w.settings())
	wantFault(t, err, fault.Refused, "did not accept the MFA code", "what it gave can't be kept: ", w.cache.Dir)
	if !errors.Is(err, mfa.ErrRefused) || strings.Contains(fault.HintOf(err), "clock") {
		t.Errorf("%v\n%s", err, fault.HintOf(err))
	}
}

func TestKeychainThatKeepsNoDataKeyFailsNothing(t *testing.T) {
	for _, operation := range []string{"set", "get"} {
		w, source := numbered(t, time.Hour)
		w.keys.fail = func(o, account string) error {
			if o == operation && account == keychain.CacheKeyAccount {
				return fault.Wrap(keychain.ErrDenied, fault.Keychain, "no", "")
			}
			return nil
		}
		wantID(t, w.from(source, noMFA), "ASIA1")
		wantID(t, w.from(source, noMFA), "ASIA2")
	}
}

func TestLockedKeychainIsToldAtLookUp(t *testing.T) {
	w, source := numbered(t, time.Hour)
	wantID(t, w.from(source, noMFA), "ASIA1")
	locked := fault.Wrap(keychain.ErrLocked, fault.Keychain, "the keychain is locked", "unlock it")
	w.keys.fail = func(string, string) error { return locked }
	got, err := w.from(source, noMFA).Retrieve(within(t))
	if err != error(locked) || got != (aws.Credentials{}) {
		t.Errorf("%q, %v", got.AccessKeyID, err)
	}
	if source.calls != 1 {
		t.Error("it minted with a locked keychain")
	}
}

// hold takes the lock of the entry, as another process in the middle of a mint
// does.
func (w *world) hold(lines string) {
	w.t.Helper()
	unlock, err := w.cache.Lock(within(w.t), provider.Name(w.link(lines)))
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(unlock)
}

func TestLockHeldUntilDeadline(t *testing.T) {
	w, source := numbered(t, time.Hour)
	w.hold(noMFA)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	_, err := w.from(source, noMFA).Retrieve(ctx)
	wantFault(t, err, fault.Failure, "process "+strconv.Itoa(os.Getpid())+" is minting these credentials", "MFA code", "end it")
	if source.calls != 0 {
		t.Error("it minted without the lock")
	}
}

func TestCancelledWhileWaitingForLock(t *testing.T) {
	w, source := numbered(t, time.Hour)
	w.hold(noMFA)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := w.from(source, noMFA).Retrieve(ctx)
	wantFault(t, err, fault.Person, "cancelled")
	if source.calls != 0 {
		t.Error("it minted without the lock")
	}
}

func TestStaleCredentialsServeWhenLockIsHeld(t *testing.T) {
	w, source := numbered(t, time.Hour)
	first := wantID(t, w.from(source, noMFA), "ASIA1")
	w.clock.advance(55 * time.Minute)
	w.hold(noMFA)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if got, err := w.from(source, noMFA).Retrieve(ctx); err != nil || got != first {
		t.Errorf("%q, %v", got.AccessKeyID, err)
	}
}
