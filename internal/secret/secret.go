// Package secret holds values that must never be shown: secret access keys,
// session tokens, seeds, passphrases and one-time codes.
package secret

import (
	"fmt"
	"log/slog"
	"unique"
)

// Redacted is what a String shows of itself in fmt, slog, JSON and text.
const Redacted = "[redacted]"

// String is a secret text or byte string. Every way of printing it gives
// Redacted; Reveal is the one way to the value, so that each use of a secret
// can be found by its name. The zero String is empty. Equal values are ==.
//
// The value is held by a handle, a pointer: fmt calls no methods on the
// unexported fields of a struct, but looks inside them, and finds an address.
type String struct{ value unique.Handle[string] }

// New takes value into a String.
func New(value string) String {
	if value == "" {
		return String{}
	}
	return String{unique.Make(value)}
}

// Reveal returns the value itself.
func (s String) Reveal() string {
	if s.IsZero() {
		return ""
	}
	return s.value.Value()
}

// IsZero reports whether s holds nothing.
func (s String) IsZero() bool { return s == String{} }

// Len returns the length of the value in bytes.
func (s String) Len() int { return len(s.Reveal()) }

// String redacts %s and %v.
func (s String) String() string { return Redacted }

// GoString redacts %#v.
func (s String) GoString() string { return Redacted }

// Format redacts every verb, also those that would look inside the struct
// (%x, %d).
func (s String) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(Redacted)) }

// LogValue redacts in slog.
func (s String) LogValue() slog.Value { return slog.StringValue(Redacted) }

// MarshalText redacts in encoders of text.
func (s String) MarshalText() ([]byte, error) { return []byte(Redacted), nil }

// MarshalJSON redacts in JSON: what is to be stored is written out through
// Reveal, on purpose.
func (s String) MarshalJSON() ([]byte, error) { return []byte(`"` + Redacted + `"`), nil }
