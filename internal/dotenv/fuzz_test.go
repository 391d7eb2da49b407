package dotenv

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/secret"
)

var seeds = []string{
	"", "\ufeffA=1", "A=1\r\nB='2\r\nA=3'\r\n", "#A=1 # c\n\n", "A=\"\\\"\nB=\"x\" y\n", "export A = `1` # c # d", "A: 1\rB=it's\r", "A= # c\nA=# c\nA='\\'\n",
}

// FuzzParse: the pieces of a file are the file.
func FuzzParse(f *testing.F) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		parsed := parse([]byte(text))
		if got := string(parsed.bytes()); got != text {
			t.Fatalf("%q became %q", text, got)
		}
		for _, s := range parsed.statements {
			if s.isActive() && s.assignment.text() != s.text {
				t.Fatalf("%q: %q is read as %q", text, s.text, s.assignment.text())
			}
		}
		All([]byte(text))
	})
}

// FuzzEdit: what is set is read back, and nothing else changes.
func FuzzEdit(f *testing.F) {
	for _, seed := range seeds {
		f.Add(seed, "A", "1")
		f.Add(seed, "AWS_X", "a b")
	}
	f.Fuzz(func(t *testing.T, text, name, value string) {
		data := []byte(text)
		edited, err := Set(data, []Variable{{Name: name, Value: secret.New(value)}})
		if err != nil {
			if edited != nil {
				t.Fatalf("refused, and yet %q", edited)
			}
			return
		}
		if got, ok := Lookup(edited, name); !ok || got.Reveal() != value {
			t.Fatalf("set to %q, read as %q, %v, in %q", value, got.Reveal(), ok, edited)
		}
		again, err := Set(edited, []Variable{{Name: name, Value: secret.New(value)}})
		if err != nil || !bytes.Equal(again, edited) {
			t.Fatalf("%q became %q, and then %q, %v", text, edited, again, err)
		}
		cleared, removed := Clear(data, name), Remove(data, name)
		if got, ok := Lookup(removed, name); ok {
			t.Fatalf("removed, and still %q", got.Reveal())
		}
		if got, _ := Lookup(cleared, name); !got.IsZero() {
			t.Fatalf("cleared, and still %q", got.Reveal())
		}
		if hasStrayQuote(data) {
			return // taking a line away may close it somewhere else
		}
		for what, result := range map[string][]byte{"set": edited, "cleared": cleared, "removed": removed} {
			if before, after := others(data, name), others(result, name); !slices.Equal(before, after) {
				t.Fatalf("%s %s: %q became %q", what, name, text, result)
			}
		}
	})
}

func others(data []byte, name string) []Variable {
	return slices.DeleteFunc(All(data), func(v Variable) bool { return v.Name == name })
}

// hasStrayQuote reports whether a value begins with a quote that isn't closed.
func hasStrayQuote(data []byte) bool {
	return slices.ContainsFunc(parse(data).statements, func(s statement) bool {
		return s.assignment != nil && s.assignment.quote == "" && strings.IndexAny(s.assignment.raw, "\"'`") == 0
	})
}
