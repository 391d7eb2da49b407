package keychain

import (
	"errors"
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/fault"
)

// kinds are all that errors.Is can ask for.
var kinds = []error{ErrNotFound, ErrLocked, ErrUnreachable, ErrDenied, ErrTooLarge, ErrPassphrase, errDamaged}

// wantFault checks that err is of this kind and no other, has the status, and
// says all of the words, in its fact or its hint.
func wantFault(t testing.TB, err error, kind error, status fault.Status, words ...string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) {
		t.Fatalf("%v is not a fault", err)
	}
	for _, k := range kinds {
		if errors.Is(err, k) != (k == kind) {
			t.Errorf("%q: errors.Is(err, %q) = %v", err, k, !(k == kind))
		}
	}
	if f.Status != status {
		t.Errorf("%q has status %d, want %d", err, f.Status, status)
	}
	if f.Hint == "" || strings.HasSuffix(f.Fact, ".") || strings.Contains(f.Fact, "\n") {
		t.Errorf("not a fact with a hint: %q, %q", f.Fact, f.Hint)
	}
	// Quoting doubles the backslashes of a path on Windows.
	text := strings.ReplaceAll(f.Fact+"\n"+f.Hint, `\\`, `\`)
	for _, word := range words {
		if !strings.Contains(text, word) {
			t.Errorf("%q is not in\n%s\n%s", word, f.Fact, f.Hint)
		}
	}
	if strings.Contains(text, testPassphrase) {
		t.Errorf("the passphrase is in %q", text)
	}
}
