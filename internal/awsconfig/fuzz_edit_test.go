package awsconfig

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzEdit makes every kind of edit on any text. Two things must hold: each
// line that is not the edit's own is there as before, byte for byte, and all
// sections but the edit's own read as before.
func FuzzEdit(f *testing.F) {
	for _, seed := range parseSeeds {
		f.Add(seed, "a", "k", "v", false)
		f.Add(seed, "default", "Region", "eu-west-1", false)
		f.Add(seed, "a", "x", "a;b \"c\"", true)
	}
	f.Add("[profile a]\ns3 =\n  b = 1\nk = 1\n  c = 2\n", "a", "k", "v", false)
	f.Add("[profile a]\nk =\n  b = 1\n# c\n  c = 2", "a", "k", " v", false)
	f.Fuzz(func(t *testing.T, text, name, key, value string, credentials bool) {
		h := ConfigProfile(name)
		if credentials {
			h = CredentialsProfile(name)
		}
		fuzzSet(t, text, h, key, value)
		fuzzRemove(t, text, h, key)
		fuzzRemoveIfEmpty(t, text, h)
	})
}

func fuzzSet(t *testing.T, text string, h Header, key, value string) {
	d := NewDocument([]byte(text))
	section := d.Has(h)
	old := lastOf(d, h, key)
	before := d.now
	if err := d.Set(h, key, value); err != nil {
		wantText(t, "a refused Set", d, text)
		return
	}
	if got, ok := d.Get(h, key); !ok || got != value || d.broken != nil {
		t.Fatalf("Set(%s, %q, %q) reads back as %q, %v, %v:\n%q\n%q", h, key, value, got, ok, d.broken, text, d.Bytes())
	}
	wantOthersEqual(t, before, d.now, h, key)
	after := string(d.Bytes())
	if err := d.Set(h, key, value); err != nil {
		t.Fatal(err)
	}
	wantText(t, "the second Set", d, after)

	if old == nil {
		added := wantInsertion(t, text, after)
		lines := []string{key + " = " + value}
		if !section {
			lines = []string{h.String(), lines[0]}
		}
		var got []string
		for _, line := range strings.Split(added, "\n") {
			if line = strings.TrimSuffix(line, "\r"); line != "" {
				got = append(got, line)
			}
		}
		if diff := cmp.Diff(lines, got); diff != "" {
			t.Errorf("added to %q (-want +got):\n%s", text, diff)
		}
		if rest := strings.TrimPrefix(text, bom); rest == "" || strings.HasSuffix(rest, "\n") {
			if !d.Remove(h, key) || !section && !d.RemoveIfEmpty(h) {
				t.Error("what was added can't be removed")
			}
			wantText(t, "taking it out again", d, text)
		}
		return
	}
	if old.value == value {
		wantText(t, "setting the same value", d, text)
		return
	}
	// The value's own bytes are replaced, in its own line.
	want := text[:old.start] + value + withoutLines(text, old.end, old.lines[1:])
	if old.start == old.end {
		want = text[:old.start] + " " + value + withoutLines(text, old.end, old.lines[1:])
	}
	wantText(t, "replacing", d, want)
}

func fuzzRemove(t *testing.T, text string, h Header, key string) {
	d := NewDocument([]byte(text))
	before := d.now
	var gone []line
	all, _ := d.properties(h)
	for _, p := range all {
		if p.key == strings.ToLower(key) {
			gone = append(gone, p.lines...)
		}
	}
	if d.Remove(h, key) != (len(gone) > 0) {
		t.Fatalf("Remove(%s, %q) says the opposite: %q", h, key, text)
	}
	if _, ok := d.Get(h, key); ok || d.broken != nil && len(gone) > 0 {
		t.Fatalf("Remove(%s, %q) left %q of %q", h, key, d.Bytes(), text)
	}
	wantOthersEqual(t, before, d.now, h, key)

	want, got := strings.Split(withoutLines(text, 0, gone), "\n"), strings.Split(string(d.Bytes()), "\n")
	if len(want) != len(got) {
		t.Fatalf("Remove(%s, %q) made %q of %q", h, key, d.Bytes(), text)
	}
	for i := range want {
		// The one exception: see Remove.
		dedented := isIndented(want[i]) && strings.Contains(want[i], "=") && strings.TrimLeft(want[i], " \t") == got[i]
		if want[i] != got[i] && !dedented {
			t.Errorf("Remove(%s, %q) changed line %d: %q to %q", h, key, i+1, want[i], got[i])
		}
	}
}

func fuzzRemoveIfEmpty(t *testing.T, text string, h Header) {
	d := NewDocument([]byte(text))
	before := d.now
	headers := d.now.find(h)
	if !d.RemoveIfEmpty(h) {
		wantText(t, "a refused RemoveIfEmpty", d, text)
		return
	}
	if d.Has(h) || d.broken != nil || strings.HasPrefix(text, bom) != strings.HasPrefix(string(d.Bytes()), bom) {
		t.Fatalf("%s is left in %q of %q", h, d.Bytes(), text)
	}
	wantOthersEqual(t, before, d.now, h, "")
	var lines []line
	for _, sec := range headers {
		lines = append(lines, line{sec.start, sec.body, sec.body})
	}
	want, got := inkedLines(withoutLines(text, 0, lines)), inkedLines(string(d.Bytes()))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("more than blank lines went from %q (-want +got):\n%s", text, diff)
	}
}

// lastOf returns the property that counts.
func lastOf(d *Document, h Header, key string) *property {
	all, _ := d.properties(h)
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].key == strings.ToLower(key) {
			return &all[i]
		}
	}
	return nil
}

// withoutLines returns the text from an offset on, but for these lines.
func withoutLines(text string, from int, lines []line) string {
	var rest strings.Builder
	for _, ln := range lines {
		rest.WriteString(text[from:ln.start])
		from = ln.next
	}
	rest.WriteString(text[from:])
	return rest.String()
}

func inkedLines(text string) []string {
	return slices.DeleteFunc(strings.Split(strings.TrimPrefix(text, bom), "\n"), isBlank)
}

// wantInsertion checks that after is before with whole lines put in: between
// lines, or behind a last one without a line break. It returns them.
func wantInsertion(t *testing.T, before, after string) string {
	t.Helper()
	n := len(after) - len(before)
	for i := len(before); i >= 0 && n > 0; i-- {
		between := i == len(before) || i == 0 || before[i-1] == '\n'
		if between && before[:i] == after[:i] && before[i:] == after[i+n:] {
			return after[i : i+n]
		}
	}
	t.Fatalf("bytes were changed or removed:\n%q\n%q", before, after)
	return ""
}

func wantText(t *testing.T, what string, d *Document, want string) {
	t.Helper()
	if got := string(d.Bytes()); got != want {
		t.Errorf("%s made\n%q; want\n%q", what, got, want)
	}
}

// reading is what a section holds, for comparing.
type reading struct {
	Title  string
	Values [][2]string
}

// wantOthersEqual checks that nothing reads otherwise than before but the key
// in the sections of that header, and these themselves if they came or went.
// Sections with broken lines are compared where they are not the edited ones.
func wantOthersEqual(t *testing.T, before, after *source, h Header, key string) {
	t.Helper()
	own := func(s *source) (readings []reading, broken bool) {
		for _, sec := range s.find(h) {
			properties, err := s.properties(sec)
			broken = broken || err != nil
			r := reading{Title: h.String()}
			for _, p := range properties {
				if p.key != strings.ToLower(key) {
					r.Values = append(r.Values, [2]string{p.key, p.value})
				}
			}
			readings = append(readings, r)
		}
		return readings, broken
	}
	others := func(s *source) (readings []reading) {
		mine := s.find(h)
		for _, sec := range s.sections {
			if slices.ContainsFunc(mine, func(m section) bool { return m.start == sec.start }) {
				continue
			}
			properties, err := s.properties(sec)
			r := reading{Title: sec.title.kind + " " + sec.title.name}
			if err != nil {
				r.Title += " (broken)"
			}
			for _, p := range properties {
				r.Values = append(r.Values, [2]string{p.key, p.value})
			}
			readings = append(readings, r)
		}
		return readings
	}
	if diff := cmp.Diff(others(before), others(after)); diff != "" {
		t.Errorf("other sections read otherwise (-before +after):\n%s", diff)
	}
	was, broken := own(before)
	is, _ := own(after)
	if len(was) == 0 || len(is) == 0 || broken {
		return
	}
	if diff := cmp.Diff(was, is); diff != "" {
		t.Errorf("other properties of %s read otherwise (-before +after):\n%s\n%q\n%q", h, diff, before.text, after.text)
	}
}
