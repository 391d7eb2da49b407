package awsconfig

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Section is one profile, sso-session or services section: all sections of its
// name as one, a profile's from both files. Of a key that stands there more
// than once the last one counts, and the credentials file's before the config
// file's.
type Section struct {
	header  Header
	entries map[string]entry
}

// Empty returns the section of a profile that stands in neither file: it has
// no keys.
func Empty(profile string) *Section { return &Section{header: ConfigProfile(profile)} }

// entry is a value and where its property stands.
type entry struct {
	value  string
	source *source
	offset int
}

// merge reads the properties of those sections of src that h names over what
// is there. The error is the first broken line; the others are in all the same.
func (s *Section) merge(src *source, h Header) error {
	var first error
	for _, sec := range src.find(h) {
		properties, err := src.properties(sec)
		if first == nil {
			first = err
		}
		for _, p := range properties {
			s.entries[p.key] = entry{p.value, src, p.lines[0].start}
		}
	}
	return first
}

// Name returns the section's name, without its kind.
func (s *Section) Name() string { return s.header.name }

// Get returns the value of a key, in whatever case it is written, or "" when
// it is absent. A value of several lines has them joined with \n; one that
// holds sub-properties begins with \n.
func (s *Section) Get(key string) string { return s.entries[strings.ToLower(key)].value }

// Prefix marks awsmint's own keys, which every SDK passes over.
const Prefix = "awsmint_"

// Setting returns the value of awsmint_<key> where that is present, be it
// empty, else that of the plain key.
func (s *Section) Setting(key string) string {
	if e, ok := s.entries[Prefix+strings.ToLower(key)]; ok {
		return e.value
	}
	return s.Get(key)
}

// Sub returns a nested property, such as endpoint_url (name) of sts (key):
//
//	sts =
//	  endpoint_url = https://sts.example
//
// Both are found in whatever case they are written; "" when absent.
func (s *Section) Sub(key, name string) string {
	// The first line is the key's own. The others of a value that has no
	// sub-properties hold no "name = value".
	lines := strings.Split(s.Get(key), "\n")[1:]
	found := ""
	for _, line := range lines {
		k, v, _ := strings.Cut(line, "=")
		if strings.EqualFold(strings.TrimSpace(k), name) {
			found = unquote(strings.ToLower(name), strings.TrimSpace(v))
		}
	}
	return found
}

// Keys returns the keys that are present, in lower case and sorted.
func (s *Section) Keys() []string { return slices.Sorted(maps.Keys(s.entries)) }

// OwnKeys returns the names of awsmint's own settings that are present, without
// the prefix awsmint_, in lower case and sorted.
func (s *Section) OwnKeys() (names []string) {
	for key := range s.entries {
		if name, own := strings.CutPrefix(key, Prefix); own {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Origin returns the file and line, counted from 1, where the value that Get
// returns begins; "" and 0 when the key is absent. What was read by Parse is
// said to be in "config" and "credentials".
func (s *Section) Origin(key string) (file string, line int) {
	e, ok := s.entries[strings.ToLower(key)]
	if !ok {
		return "", 0
	}
	return e.source.name, e.source.line(e.offset)
}

// Format prints the section's header whatever the verb, so that no value, be
// it a secret key of the credentials file, ever reaches a log through %+v.
func (s Section) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.header.String())) }
