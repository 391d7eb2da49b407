package awsconfig

import (
	"slices"
	"strings"
)

// shownValues are the settings whose values hold no secret: AWS's by the
// reference of the SDKs, beside all of awsmint's own but the external id.
// https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
var shownValues = []string{
	"region", "output", "credential_process", "credential_source", "role_arn", "source_profile", "role_session_name",
	"mfa_serial", "duration_seconds", "web_identity_token_file", "services", "ca_bundle", "login_session",
	"sso_session", "sso_start_url", "sso_region", "sso_account_id", "sso_role_name", "sso_registration_scopes",
}

func showsValue(key string) bool {
	return slices.Contains(shownValues, key) || strings.HasPrefix(key, Prefix) && key != Prefix+"external_id"
}

// shown returns the lines of a text as they may be seen, without their breaks.
// The lines of a text whose structure is broken are not shown at all.
func shown(text string, hidden *strings.Replacer) []string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if text == "" {
		lines = nil
	}
	s, err := index("", text)
	inside := map[int]string{} // by the line's offset
	for _, sec := range s.sections {
		properties, _ := s.properties(sec)
		inside[sec.start] = showCode(text[sec.start:sec.body], isRandom)
		for _, p := range properties {
			s.showProperty(p, inside)
		}
	}
	at := 0
	for i, raw := range lines {
		start := at
		if i == 0 && strings.HasPrefix(raw, bom) {
			start += len(bom)
		}
		at += len(raw) + 1
		line, known := inside[start]
		switch {
		case isBlank(raw):
			line = raw
		case err != nil:
			line = mask
		case isComment(strings.TrimPrefix(raw, bom)):
			line = showComment(raw)
		case !known:
			line = mask
		}
		lines[i] = printable(hidden.Replace(line))
	}
	return lines
}

// showProperty says for each line of p how much of it is seen.
func (s *source) showProperty(p property, inside map[int]string) {
	first := p.lines[0]
	raw := s.text[first.start:first.end]
	name, value := s.text[first.start:p.start], s.text[p.start:p.end]
	tail := raw[p.end-first.start:]
	switch {
	case showsValue(p.key):
		hide := isRandom
		if strings.HasPrefix(p.value, "arn:") {
			hide = isLong
		}
		inside[first.start] = name + showCode(value, hide) + showComment(tail)
	case p.key == plainID && forms().id.MatchString(p.value):
		inside[first.start] = name + value + showComment(tail)
	case !slices.Contains(plainKeys, p.key) && isStray(p):
		inside[first.start] = mask
	case value == "":
		inside[first.start] = name + showComment(tail)
	default:
		inside[first.start] = name + mask + showComment(tail)
	}
	for _, ln := range p.lines[1:] {
		raw := s.text[ln.start:ln.end]
		inside[ln.start] = raw[:len(raw)-len(strings.TrimLeft(raw, whitespace))] + mask
		sub, wrong := parseProperty(raw, ln)
		if p.nested && !slices.Contains(plainKeys, p.key) && wrong == none && !isStray(sub) {
			inside[ln.start] = s.text[ln.start:sub.start] + mask
		}
	}
}

// isStray reports whether what should be a name may be a part of a token that a
// line break has cut off: by its form, or by the = that end a token.
func isStray(p property) bool {
	return !forms().name.MatchString(p.key) || len(p.lines) == 1 && strings.Trim(p.value, "=") == ""
}
