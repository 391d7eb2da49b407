package provider_test

import (
	"testing"

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
