package fault_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/awsmint/awsmint/internal/fault"
)

func TestStatusAndHintAreFoundThroughWrapping(t *testing.T) {
	cause := errors.New("cause")
	inner := fault.Wrap(cause, fault.Keychain, "the keychain is locked", "unlock it")
	outer := fault.Wrap(inner, fault.Refused, "outer", "")

	for _, c := range []struct {
		err    error
		status fault.Status
		hint   string
	}{
		{nil, 0, ""},
		{cause, fault.Failure, ""},
		{context.Canceled, fault.Person, ""},
		{fmt.Errorf("reading: %w", inner), fault.Keychain, "unlock it"},
		{outer, fault.Refused, "unlock it"},
		{fault.New(fault.Usage, "fact", "hint"), fault.Usage, "hint"},
	} {
		if got := fault.StatusOf(c.err); got != c.status {
			t.Errorf("StatusOf(%v) = %d, want %d", c.err, got, c.status)
		}
		if got := fault.HintOf(c.err); got != c.hint {
			t.Errorf("HintOf(%v) = %q, want %q", c.err, got, c.hint)
		}
	}
	if !errors.Is(outer, cause) {
		t.Error("the cause is not reached")
	}
}

func TestFactHasNoFullStop(t *testing.T) {
	cause := errors.New("Access is denied.")
	if got := fault.Wrap(cause, fault.Failure, `can't write "config": `+cause.Error(), "").Error(); got != `can't write "config": Access is denied` {
		t.Errorf("got %q", got)
	}
}

func TestALineMoreInTheHint(t *testing.T) {
	cause := fault.New(fault.Refused, "no", "")
	first := fault.Also(cause, "one")
	if err := fault.Also(first, "two"); err.Error() != "no" || err.Status != fault.Refused || first.Hint != "one" || err.Hint != "one\ntwo" || !errors.Is(err, cause) {
		t.Errorf("%q, hint %q after %q", err, err.Hint, first.Hint)
	}
}
