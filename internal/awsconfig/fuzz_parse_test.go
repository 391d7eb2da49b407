package awsconfig

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The rules once more, as a plain reading of every line in turn with the whole
// file in view: what the index and the reading on demand must agree with.

const anySpace = `[\s\v\x{85}\p{Z}]*`

var (
	plainComment  = regexp.MustCompile(`^[ \t]*[#;]`)
	plainHeader   = regexp.MustCompile(`^` + anySpace + `\[(.*?)\]` + anySpace + `([#;].*)?$`)
	plainKind     = regexp.MustCompile(`^([^ \t]+)[ \t](.*)$`)
	plainQuoted   = regexp.MustCompile(`^(?:"([^"'\\\p{Cc}]+)"|'([^"'\\\p{Cc}]+)')$`)
	plainName     = regexp.MustCompile(`^[\w\-@+.%:/]+$`)
	plainProperty = regexp.MustCompile(`(?s)^(.*?)=(.*)$`)
	plainInline   = regexp.MustCompile(`(?s)[ \t][#;].*$`)
)

type plainSection struct {
	kind, name     string
	usable, broken bool
	values         map[string]string
}

// readPlainly returns false where the structure is broken.
func readPlainly(text string) (sections []*plainSection, ok bool) {
	if strings.HasPrefix(text, "\xff\xfe") || strings.HasPrefix(text, "\xfe\xff") {
		return nil, false
	}
	var section *plainSection
	key, nested := "", false
	for _, raw := range strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n") {
		raw = strings.TrimSuffix(raw, "\r")
		line := strings.TrimSpace(raw)
		if line == "" || plainComment.MatchString(raw) {
			continue
		}
		if m := plainHeader.FindStringSubmatch(raw); m != nil {
			section = readHeaderPlainly(m[1])
			sections = append(sections, section)
			key = ""
			continue
		}
		if raw[0] == '[' || section == nil {
			return nil, false
		}
		indented := raw[0] == ' ' || raw[0] == '\t'
		m := plainProperty.FindStringSubmatch(plainInline.ReplaceAllString(raw, ""))
		named := m != nil && strings.TrimSpace(m[1]) != ""
		switch {
		case indented && key != "" && (nested || m == nil):
			section.values[key] += "\n" + line
			section.broken = section.broken || nested && !named
		case named:
			key = strings.ToLower(strings.TrimSpace(m[1]))
			value := strings.TrimSpace(m[2])
			nested = value == ""
			if n := len(value); n > 1 && strings.ContainsAny(value[:1], `"'`) && value[0] == value[n-1] && !strings.HasSuffix(key, "_process") {
				value = value[1 : n-1]
			}
			section.values[key] = value
		default:
			section.broken = true
			if !indented || m != nil {
				key = ""
			}
		}
	}
	return sections, true
}

func readHeaderPlainly(inside string) *plainSection {
	s := &plainSection{name: strings.TrimSpace(inside), values: map[string]string{}}
	quoted := false
	if m := plainKind.FindStringSubmatch(s.name); m != nil {
		s.kind, s.name = m[1], strings.TrimSpace(m[2])
		if q := plainQuoted.FindStringSubmatch(s.name); q != nil {
			s.name, quoted = q[1]+q[2], true
		}
	}
	s.usable = quoted || plainName.MatchString(s.name)
	return s
}

// mergePlainly gives all profiles, nil for one with a broken line, and whether
// any section is broken.
func mergePlainly(config, credentials []*plainSection) (profiles map[string]map[string]string, broken bool) {
	profiles = map[string]map[string]string{}
	bad := map[string]bool{}
	add := func(s *plainSection) {
		if profiles[s.name] == nil {
			profiles[s.name] = map[string]string{}
		}
		for k, v := range s.values {
			profiles[s.name][k] = v
		}
		bad[s.name] = bad[s.name] || s.broken
	}
	for _, s := range config {
		broken = broken || s.broken
		hidden := slices.ContainsFunc(config, func(o *plainSection) bool { return o.kind == "profile" && o.usable && o.name == s.name })
		if s.usable && (s.kind == "profile" || s.kind == "" && strings.EqualFold(s.name, "default") && !hidden) {
			add(s)
		}
	}
	for _, s := range credentials {
		broken = broken || s.broken
		if s.usable && s.kind == "" {
			add(s)
		}
	}
	for name := range profiles {
		if bad[name] {
			profiles[name] = nil
		}
	}
	return profiles, broken
}

var parseSeeds = []string{
	"", "\ufeff", "# c\n", "x = 1\n", "[profile a", "\xff\xfe[\x00",
	"[profile a]\nx = 1\n  2\n[default]\n  region = x ; c\n  output = y\n",
	"[profile default]\ns3 =\n  a = b\n  # c\n\n  d = e\n[default]\nz = 1\n[profile default]\nz = 2",
	"[profile a]\r\nx = \"1\" # c\r\n  = 2\r\njunk\r\n  y\r\n",
	"[sso-session s]\nsso_region = x\n[services t]\nsts =\n  endpoint_url = http://x\n",
	"  [ profile 'my work' ] ; c\nX = 1\nx = 2\n[profile a]b] # d]\n[a]\n=1\n[b]x\n",
	"[a]\ncredential_process = \"/x y/z\"\nk = '\n\t[b\n\u00a0[c]\u00a0\ny =\n\x00\n  k",
	"[profile\ta]\n\n[profile \"a\\b\"]\n[profile \"\"]\n[DEFAULT]\n[in valid]\n[]\n",
}

func FuzzParse(f *testing.F) {
	for i, seed := range parseSeeds {
		f.Add(seed, parseSeeds[(i+6)%len(parseSeeds)])
		f.Add(seed, "")
	}
	f.Fuzz(func(t *testing.T, config, credentials string) {
		plainConfig, ok1 := readPlainly(config)
		plainCredentials, ok2 := readPlainly(credentials)
		c, err := Parse([]byte(config), []byte(credentials))
		if (err == nil) != (ok1 && ok2) {
			t.Fatalf("Parse says %v; the structure is sound: %v, %v", err, ok1, ok2)
		}
		if err != nil {
			return
		}
		want, broken := mergePlainly(plainConfig, plainCredentials)
		if err := c.Check(); (err != nil) != broken {
			t.Errorf("Check says %v; broken: %v", err, broken)
		}
		got := map[string]map[string]string{}
		for _, name := range c.Profiles() {
			s, err := c.Profile(name)
			if err != nil {
				got[name] = nil
				continue
			}
			got[name] = map[string]string{}
			for _, key := range s.Keys() {
				got[name][key] = s.Get(key)
				if file, line := s.Origin(key); file == "" || line < 1 {
					t.Errorf("%q has no origin", key)
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-plain +indexed):\n%s", diff)
		}
	})
}
