package provider_test

import (
	"os"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/provider"
)

// A program that runs on while everything is forgotten seals what it mints
// afterwards with the new key, as everybody else does.
func TestProgramThatRunsOnTakesTheNewKey(t *testing.T) {
	w := newWorld(t)
	longLived := w.cached(noMFA)
	before, err := longLived.Retrieve(within(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.cache.RemoveAll(); err != nil {
		t.Fatal(err)
	}
	if err := provider.ForgetDataKey(within(t), w.keys); err != nil {
		t.Fatal(err)
	}
	after, err := longLived.Retrieve(within(t))
	if err != nil || after == before {
		t.Fatalf("%v, the same credentials: %v", err, after == before)
	}
	if other := w.mustMint(noMFA); other != after {
		t.Error("another process can't open what was sealed")
	}
	w.wantCalls(2)
}

// Somebody deletes the key by hand, which begins no new generation. Whoever
// mints next makes another one, and the program that runs on takes it.
func TestProgramThatRunsOnAfterItsKeyWasDeletedByHand(t *testing.T) {
	t.Run("others mint first", func(t *testing.T) {
		w, source := numbered(t, time.Hour)
		longLived := w.from(source, noMFA)
		wantID(t, longLived, "ASIA1")
		delete(w.keys.items, keychain.CacheKeyAccount)
		w.clock.advance(time.Second)
		wantID(t, w.from(source, noMFA), "ASIA2")
		wantID(t, longLived, "ASIA2")
	})
	t.Run("it mints first", func(t *testing.T) {
		w, source := numbered(t, time.Hour)
		longLived := w.from(source, noMFA)
		wantID(t, longLived, "ASIA1")
		delete(w.keys.items, keychain.CacheKeyAccount)
		w.clock.advance(2 * time.Hour)
		wantID(t, longLived, "ASIA2")
		wantID(t, w.from(source, noMFA), "ASIA2")
	})
}

// An entry that nothing opens costs one more look into the keychain in a
// program that runs on, and none in one that has just read the key.
func TestKeyIsReadAnewOnlyWhereItMayBeAnother(t *testing.T) {
	w, source := numbered(t, time.Hour)
	longLived := w.from(source, noMFA)
	wantID(t, longLived, "ASIA1")
	looks := 0
	w.keys.fail = func(string, string) error { looks++; return nil }
	for _, test := range []struct {
		name, id string
		provider *provider.Cached
	}{
		{"a program that runs on", "ASIA2", longLived},
		{"a new one", "ASIA3", w.from(source, noMFA)},
	} {
		if err := os.Truncate(w.entryFile(), 40); err != nil {
			t.Fatal(err)
		}
		w.clock.advance(time.Second)
		looks = 0
		wantID(t, test.provider, test.id)
		if looks != 1 {
			t.Errorf("%d looks by %s, want 1", looks, test.name)
		}
	}
}
