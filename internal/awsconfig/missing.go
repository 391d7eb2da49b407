package awsconfig

import (
	"fmt"
	"slices"
	"strings"

	"github.com/awsmint/awsmint/internal/fault"
)

// maxSuggestions bounds what one has to read: three names, the nearest first.
const maxSuggestions = 3

// noProfile says that a profile is missing, and what the likely reason is: a
// header that fits the other file only, a misspelling, or none.
func (c *Config) noProfile(name string) error {
	hint := c.Meant(name)
	switch {
	case hint != "":
	case validName(name):
		hint = "run: awsmint add " + name
	default:
		hint = "to see the names there are, run: awsmint list"
	}
	return fault.Wrap(ErrNoProfile, fault.Missing,
		fmt.Sprintf("no profile %q in %q or %q", name, c.config.name, c.credentials.name), hint)
}

// Meant is a hint at which profile may have been meant by a name that is
// missing: one whose header fits the other file only, or lacks its quotes, or
// one of a similar name. It is empty where there is none.
//
// The profiles in but are not meant: those that the name was met in.
func (c *Config) Meant(name string, but ...string) string {
	if misplaced := c.misplaced(name); misplaced != "" {
		return misplaced
	}
	if unquoted := c.config.unquoted(ConfigProfile(name)); unquoted != "" {
		return unquoted
	}
	others := slices.DeleteFunc(c.Profiles(), func(other string) bool { return slices.Contains(but, other) })
	return DidYouMean(name, others)
}

// DidYouMean asks whether one of names was meant: those that differ from name
// in case alone, or in a letter or two. It is empty where none does.
func DidYouMean(name string, names []string) string {
	near := nearest(name, names)
	if len(near) == 0 {
		return ""
	}
	return "did you mean " + strings.Join(near, " or ") + "?"
}

// misplaced looks for [name] in the config file and [profile name] in the
// credentials file. SDKs pass over both in silence.
func (c *Config) misplaced(name string) string {
	for _, in := range []struct {
		source         *source
		written, right Header
	}{
		{c.config, Header{kindBare, name}, ConfigProfile(name)},
		{c.credentials, Header{kindProfile, name}, CredentialsProfile(name)},
	} {
		if found := in.source.find(in.written); len(found) > 0 {
			return fmt.Sprintf("line %d of %q has [%s], which must be written %s in this file",
				in.source.line(found[0].start), in.source.name,
				strings.TrimSpace(in.written.kind+" "+name), in.right)
		}
	}
	return ""
}

// unquoted looks for a header whose name needs quotes, such as [profile my
// work]: without them, SDKs pass over it.
func (s *source) unquoted(h Header) string {
	for _, sec := range s.sections {
		if t := sec.title; t.kind == h.kind && t.name == h.name && !t.usable() && quotable(t.name) {
			return fmt.Sprintf("line %d of %q has %s, which must be written [%s %q]", s.line(sec.start), s.name, h, h.kind, h.name)
		}
	}
	return ""
}

// nearest returns, quoted, the names that differ from name in case alone, or
// in a letter or two.
func nearest(name string, names []string) []string {
	// A short name is within two letters of everything.
	limit := min(2, max(1, len(name)/3))
	var near [3][]string // by distance
	for _, other := range names {
		if d := distance(strings.ToLower(name), strings.ToLower(other), limit); d <= limit {
			near[d] = append(near[d], fmt.Sprintf("%q", other))
		}
	}
	all := slices.Concat(near[0], near[1], near[2])
	return all[:min(len(all), maxSuggestions)]
}

// distance returns the number of letters to insert, delete, replace or swap
// with their neighbour that makes b of a (optimal string alignment), or a
// number above limit.
func distance(a, b string, limit int) int {
	if n := len(a) - len(b); n > limit || -n > limit {
		return limit + 1
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, before
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}
