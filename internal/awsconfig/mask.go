package awsconfig

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// mask stands for what is not shown. It tells nothing, not even a length.
const mask = "…"

// forms are what the lines are looked through for. They are compiled at first
// use, not at every start.
var forms = sync.OnceValue(func() (f struct{ id, name, code, told *regexp.Regexp }) {
	f.id = regexp.MustCompile(`^A[A-Z0-9]{15,31}$`)
	f.name = regexp.MustCompile(`^[a-z][a-z0-9]*([_.-][a-z0-9]+)*$`)
	f.code = regexp.MustCompile(`[A-Za-z0-9+/=]{16,}`)
	f.told = regexp.MustCompile(`(?i)(secret|token|passw|key)[^=:]*[=:]`)
	return f
})

// hider masks the values of the texts' secrets, wherever they stand once more.
func hider(texts ...string) *strings.Replacer {
	var values []string
	for _, text := range texts {
		values = append(values, secretsIn(text)...)
	}
	slices.SortFunc(values, func(a, b string) int { return len(b) - len(a) }) // the whole before a part
	var pairs []string
	for _, value := range values {
		pairs = append(pairs, value, mask)
	}
	return strings.NewReplacer(pairs...)
}

// secretsIn returns the values of a text's secrets. A short one would hide too
// much: it is hidden where it belongs alone.
func secretsIn(text string) (values []string) {
	const least = 8
	s, err := index("", text)
	if err != nil {
		return nil // then nothing of it is shown
	}
	for _, sec := range s.sections {
		properties, _ := s.properties(sec)
		for _, p := range properties {
			if showsValue(p.key) || p.key == plainID || !forms().told.MatchString(p.key+"=") && !isRandom(p.value) {
				continue
			}
			for _, part := range strings.Fields(p.value) {
				if len(part) >= least {
					values = append(values, part)
				}
			}
		}
	}
	return values
}

// showComment hides what is set to something in a comment that speaks of
// secrets, and what is long and not plainly a word.
func showComment(text string) string {
	rest := ""
	if at := forms().told.FindStringIndex(text); at != nil {
		text, rest = text[:at[1]], " "+mask
	}
	return showCode(text, func(code string) bool {
		return strings.ToLower(code) != code || strings.ContainsAny(code, "0123456789+=")
	}) + rest
}

// isRandom reports whether code, in a value that should hold none, looks like a
// secret, a token or a part of one: small letters, capitals and others take
// turns in it, which they do in a random text at six of ten places, and in
// names, paths and commands at fewer than three.
func isRandom(code string) bool {
	const least = 0.3
	var small, capital, other bool
	turns, last := 0, 0
	for _, r := range strings.ReplaceAll(code, "/", "") {
		kind := 3
		switch {
		case unicode.IsLower(r):
			small, kind = true, 1
		case unicode.IsUpper(r):
			capital, kind = true, 2
		default:
			other = true
		}
		if last != 0 && kind != last {
			turns++
		}
		last = kind
	}
	return small && capital && other && float64(turns) >= least*float64(len(code)-1)
}

// isLong reports whether code is of the length of a secret access key or of a
// session token, and looks like one. What role has such a name?
func isLong(code string) bool { return (len(code) == 40 || len(code) >= 100) && isRandom(code) }

func showCode(text string, hide func(code string) bool) string {
	return forms().code.ReplaceAllStringFunc(text, func(code string) string {
		if hide(code) {
			return mask
		}
		return code
	})
}

// printable takes out what a terminal would act upon.
func printable(line string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, line)
}
