package awsconfig

import "strings"

// edit replaces the text from start to end, offsets in bytes.
type edit struct {
	start, end int
	text       string
}

// apply makes edits that stand in the order of the text and don't overlap.
func (d *Document) apply(edits ...edit) {
	if len(edits) == 0 {
		return
	}
	old := d.now.text
	var text strings.Builder
	at := 0
	for _, e := range edits {
		text.WriteString(old[at:e.start])
		text.WriteString(e.text)
		at = e.end
	}
	text.WriteString(old[at:])
	d.replace(text.String())
}

// replacement puts value in the place of p's, and takes out the lines that
// continued the old one.
func replacement(p property, value string) []edit {
	if p.start == p.end {
		value = " " + value // nothing stood behind the '='
	}
	edits := []edit{{p.start, p.end, value}}
	for _, ln := range p.lines[1:] {
		edits = append(edits, edit{ln.start, ln.next, ""})
	}
	return edits
}

// removals takes the properties of that key out of one section, and the
// indentation off the property below where it would change its meaning.
func (d *Document) removals(properties []property, key string) []edit {
	var edits []edit
	var above *property // the last one that stays
	removed := false    // one below above has gone
	for i := range properties {
		p := &properties[i]
		if p.key == key {
			for _, ln := range p.lines {
				edits = append(edits, edit{ln.start, ln.next, ""})
			}
			removed = true
			continue
		}
		if removed && p.indented && above != nil && above.nested {
			start := p.lines[0].start
			raw := d.now.text[start:p.lines[0].end]
			edits = append(edits, edit{start, start + len(raw) - len(strings.TrimLeft(raw, whitespace)), ""})
		}
		above, removed = p, false
	}
	return edits
}

// below adds a line under the one at offset.
func (d *Document) below(offset int, added string) edit {
	ln := lineAt(d.now.text, offset)
	if d.now.text[ln.next-1] != '\n' { // the last line, without a line break
		return edit{ln.next, ln.next, d.lineBreak() + added}
	}
	return edit{ln.next, ln.next, added + d.now.text[ln.end:ln.next]}
}

// atEnd adds a section. Whether a blank line is above it or below it is as the
// file has it at its end, so that taking the section out again restores it.
func (d *Document) atEnd(header, property string) edit {
	text, br := d.now.text, d.lineBreak()
	section := header + br + property
	end := len(text)
	switch body := strings.TrimPrefix(text, bom); {
	case body == "":
		return edit{end, end, section + br}
	case !strings.HasSuffix(body, "\n"):
		return edit{end, end, br + br + section}
	case isBlank(lastLine(body)):
		return edit{end, end, section + br + br}
	}
	return edit{end, end, br + section + br}
}

// withSeparator returns where the lines begin that go with an empty section.
func (d *Document) withSeparator(sec section) int {
	above := d.now.text[:sec.start]
	if sec.end < len(d.now.text) || sec.end > sec.body || !strings.HasSuffix(above, "\n") {
		return sec.start
	}
	if last := lastLine(above); isBlank(last) {
		return sec.start - len(last)
	}
	return sec.start
}

// lastLine returns the last line of a text that ends in a line break, with it.
func lastLine(text string) string {
	return text[strings.LastIndexByte(text[:len(text)-1], '\n')+1:]
}

// lineBreak returns the kind of line break that the file uses: its first one's.
func (d *Document) lineBreak() string {
	if i := strings.IndexByte(d.now.text, '\n'); i > 0 && d.now.text[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}
