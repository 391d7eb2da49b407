package awsconfig

import (
	"fmt"
	"slices"
	"strings"

	"github.com/awsmint/awsmint/internal/fault"
)

// Document is one file open for editing. An edit changes the lines of its
// property and nothing else; see Set, Remove and RemoveIfEmpty. A Document is
// for one goroutine at a time.
type Document struct {
	path   string  // empty for a document of no file
	before string  // the file's content when it was last read or written
	now    *source // the content with the edits
	broken error   // why the content can't be edited
}

// Open reads a file for editing. One that is not there is an empty document.
// It fails as Load does, and where the path is that of something other than a
// regular file.
func Open(path string) (*Document, error) {
	text, err := readForEdit(path)
	if err != nil {
		return nil, err
	}
	d := newDocument(path, text)
	if d.broken != nil {
		return nil, d.broken
	}
	return d, nil
}

// NewDocument is Open for a content that is not in a file: it can be edited
// and shown, but not saved.
func NewDocument(data []byte) *Document { return newDocument("", string(data)) }

func newDocument(path, text string) *Document {
	d := &Document{path: path, before: text}
	d.replace(text)
	return d
}

// replace makes text the content.
func (d *Document) replace(text string) {
	name := d.path
	if name == "" {
		name = "document"
	}
	if d.now, d.broken = index(name, text); d.broken != nil {
		d.now.sections = nil // what is found so far is not to be edited
	}
}

// Bytes returns the content with the edits.
func (d *Document) Bytes() []byte { return []byte(d.now.text) }

// changed reports whether there is anything to save.
func (d *Document) changed() bool { return d.now.text != d.before }

// Has reports whether a section is there, be it empty.
func (d *Document) Has(h Header) bool { return len(d.now.find(h)) > 0 }

// Get returns the value of a key, read as Section.Get reads it, and whether
// the key is present.
func (d *Document) Get(h Header, key string) (value string, ok bool) {
	key = strings.ToLower(key)
	all, _ := d.properties(h)
	for _, p := range slices.Backward(all) {
		if p.key == key {
			return p.value, true
		}
	}
	return "", false
}

// properties returns those of all sections that h names, but for broken lines;
// the first of these is the error.
func (d *Document) properties(h Header) (all []property, err error) {
	for _, sec := range d.now.find(h) {
		properties, broken := d.now.properties(sec)
		all = append(all, properties...)
		if err == nil {
			err = broken
		}
	}
	return all, err
}

// Set gives a key a value.
//
// Where the key is present, the value is replaced in its place: the key's
// spelling, the spaces round the '=' and a comment behind stay, lines that
// continued the old value go. Of a key that is there more than once the last
// one, which counts, is replaced. Where the key is absent, a line is added
// below the section's last property. Where the section is absent, it is added
// at the end, with a blank line between. Added lines end as the line above
// them does; a last line without a line break gets one when a line is added
// below it, and the new last line then has none.
//
// What could not be read back as given is refused with a *fault.Error, and so
// is any change to a section with a broken line in it, since nobody can say to
// which property that line belongs.
func (d *Document) Set(h Header, key, value string) error {
	if d.broken != nil {
		return d.broken
	}
	if err := checkWritable(key, value); err != nil {
		return err
	}
	all, err := d.properties(h)
	if err != nil {
		return err
	}
	for _, p := range slices.Backward(all) {
		if p.key != strings.ToLower(key) {
			continue
		}
		if p.value != value {
			d.apply(replacement(p, value)...)
		}
		return nil
	}
	line := key + " = " + value
	if sections := d.now.find(h); len(sections) > 0 {
		last := sections[len(sections)-1].start
		if len(all) > 0 {
			lines := all[len(all)-1].lines
			last = lines[len(lines)-1].start
		}
		d.apply(d.below(last, line))
		return nil
	}
	if !validName(h.name) {
		return fault.New(fault.Usage,
			fmt.Sprintf("%q can't be the name of a section", h.name),
			"use letters, digits and the characters _ - @ + . % : / only")
	}
	d.apply(d.atEnd(h.String(), line))
	return nil
}

// Remove takes a key out of every section that h names, with the lines that
// continue its value; comments and broken lines stay. It reports whether the
// key was there.
//
// One byte range that is not the key's may change: an indented property below
// it loses its indentation where it would otherwise become a sub-property of
// the one above.
func (d *Document) Remove(h Header, key string) bool {
	key = strings.ToLower(key)
	var edits []edit
	for _, sec := range d.now.find(h) {
		properties, _ := d.now.properties(sec)
		edits = append(edits, d.removals(properties, key)...)
	}
	d.apply(edits...)
	return len(edits) > 0
}

// RemoveIfEmpty takes out a section in which nothing but blank lines is left:
// no property, no comment, also not in another section of its name. With the
// header go the blank lines below it; at the end of the file, where there are
// none, the blank line above it goes, which Set adds. It reports whether the
// section was taken out.
func (d *Document) RemoveIfEmpty(h Header) bool {
	sections := d.now.find(h)
	for _, sec := range sections {
		if !isBlank(d.now.text[sec.body:sec.end]) {
			return false
		}
	}
	if len(sections) == 0 || d.shadows(h) {
		return false
	}
	var edits []edit
	end := 0
	for _, sec := range sections {
		start := max(end, d.withSeparator(sec)) // the line above may be gone already
		end = sec.end
		edits = append(edits, edit{start, end, ""})
	}
	d.apply(edits...)
	return true
}

// shadows reports whether the sections that h names hide a [default], which
// would come to life without them.
func (d *Document) shadows(h Header) bool {
	matching := 0
	for _, sec := range d.now.sections {
		if h.matches(sec.title) {
			matching++
		}
	}
	return matching > len(d.now.find(h))
}

// Format prints the file's name whatever the verb: the text may hold keys.
func (d Document) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "%q", d.now.name) }
