package awsconfig

import (
	"strings"
	"unicode"
)

// The kinds of sections, as written in front of their names.
const (
	kindProfile    = "profile"
	kindSSOSession = "sso-session"
	kindServices   = "services"
	kindBare       = "" // a profile of the credentials file: its name alone
)

const defaultProfile = "default"

// Header names a section as it is written in a file.
type Header struct{ kind, name string }

// ConfigProfile is the header of a profile in the config file:
// [profile name], and [default] for "default".
func ConfigProfile(name string) Header { return Header{kindProfile, name} }

// CredentialsProfile is the header of a profile in the credentials file: [name].
func CredentialsProfile(name string) Header { return Header{kindBare, name} }

// String returns the header as Document.Set writes it.
func (h Header) String() string {
	if h.kind == kindBare || h.kind == kindProfile && h.name == defaultProfile {
		return "[" + h.name + "]"
	}
	return "[" + h.kind + " " + h.name + "]"
}

// matches reports whether a section titled t is one that h names.
func (h Header) matches(t title) bool {
	return t.name == h.name && t.usable() &&
		(t.kind == h.kind || h.kind == kindProfile && t.bareDefault())
}

// title is what stands between the brackets of a section's header.
type title struct {
	kind, name string
	quoted     bool // the name stood in quotes
}

// usable reports whether a name is one that SDKs accept. Those that are not
// are passed over with their sections, as the conformance suite wants it. A
// name in quotes may be any: `aws configure --profile "my work"` writes such.
func (t title) usable() bool { return t.quoted || validName(t.name) }

// bareDefault reports whether t is that of the one profile which the config
// file takes without the word "profile". Like the Go SDK it takes [Default]
// too, as a profile of that name.
func (t title) bareDefault() bool {
	return t.kind == kindBare && strings.EqualFold(t.name, defaultProfile)
}

// parseHeader reads a line that begins with a bracket. It fails where the line
// does not end with one, but for spaces and a comment.
func parseHeader(line string) (title, bool) {
	for end := 1; ; end++ {
		i := strings.IndexByte(line[end:], ']')
		if i < 0 {
			return title{}, false
		}
		end += i
		// A bracket with more than a comment behind it is part of the name.
		if rest := strings.TrimSpace(line[end+1:]); rest == "" || isComment(rest) {
			return parseTitle(line[1:end]), true
		}
	}
}

// parseTitle takes "profile work" apart. The quotes round a name are taken off
// behind a kind only: that is where botocore, which reads them as a shell
// would, takes them off; in the credentials file they are part of the name.
func parseTitle(inside string) title {
	inside = strings.TrimSpace(inside)
	i := strings.IndexAny(inside, whitespace)
	if i < 0 {
		return title{name: inside}
	}
	t := title{kind: inside[:i], name: strings.TrimSpace(inside[i:])}
	if name := trimQuotes(t.name); name != t.name && quotable(name) {
		t.name, t.quoted = name, true
	}
	return t
}

// quotable reports whether name reads the same through botocore's shlex and
// here when it stands in quotes: nothing in it that quotes or escapes.
func quotable(name string) bool {
	return name != "" && !strings.ContainsAny(name, `"'\`) && !strings.ContainsFunc(name, unicode.IsControl)
}

// validName reports whether name matches [\w\-@+.%:/]+, which is what the
// strictest readers (the SDKs for JavaScript and Rust) take for a name.
func validName(name string) bool {
	for i := range len(name) {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case strings.IndexByte("_-@+.%:/", c) >= 0:
		default:
			return false
		}
	}
	return name != ""
}
