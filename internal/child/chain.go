package child

import (
	"net/url"
	"slices"
	"strings"

	"github.com/awsmint/awsmint/internal/fault"
)

// ChainVariable tells every program that awsmint starts whose credentials are
// being made: a program that asks awsmint for one of them again would wait for
// its own parent. It holds the runs inside each other, the outermost first:
// each the profiles of its chain, and the place that they were found in.
//
//	prod,tool@5f3a0c1e;other@5f3a0c1e
//
// The names are escaped as in the query of a URL, so that they hold none of the
// separators.
const (
	ChainVariable = "AWSMINT_CHAIN"

	runSeparator     = ";"
	profileSeparator = ","
	placeSeparator   = "@"
)

// maxDepth is how many awsmint runs may stand one inside the other: that of a
// profile, that of a tool in its settings, and one more for what the tool uses.
const maxDepth = 3

// run is one awsmint run: the profiles whose credentials it makes, the one that
// was asked for first, and their place.
type run struct {
	profiles []string
	place    string
}

// Enter returns the value of ChainVariable for the children of a run that makes
// the credentials of these profiles, the one that was asked for first, given
// the value found at its own start. place tells the config files apart that
// profiles have their names in, since in others the same name is another
// profile: a word of letters and digits. It fails when an outer run makes the
// credentials of one of the profiles already, or when the run is too deep, and
// writes the chain out.
func Enter(chain, place string, profiles []string) (string, error) {
	outer := parseChain(chain)
	var path []string
	for _, r := range outer {
		path = append(path, r.profiles...)
	}
	for i, profile := range profiles {
		if !slices.ContainsFunc(outer, func(r run) bool { return r.makes(profile, place) }) {
			continue
		}
		return "", fault.New(fault.Failure,
			`profile "`+profile+`" asks for itself: `+arrows(append(path, profiles[:i+1]...)),
			"a command in their settings (credential_process, awsmint_mfa_process, AWSMINT_PASSPHRASE_COMMAND) uses a profile that needs this one; give that command another profile")
	}
	if len(outer) >= maxDepth {
		return "", fault.New(fault.Failure,
			"too many awsmint runs inside each other: "+arrows(append(path, profiles...)),
			"a command in these profiles' settings starts the next one; break the chain")
	}
	var texts []string
	for _, r := range append(outer, run{profiles, place}) {
		texts = append(texts, r.text())
	}
	return strings.Join(texts, runSeparator), nil
}

// makes reports whether a run makes a profile's credentials. A note without a
// place, which no awsmint wrote, is taken to be of this one.
func (r run) makes(profile, place string) bool {
	return (r.place == place || r.place == "") && slices.Contains(r.profiles, profile)
}

func arrows(profiles []string) string { return strings.Join(profiles, " → ") }

func (r run) text() string {
	names := make([]string, len(r.profiles))
	for i, profile := range r.profiles {
		names[i] = url.QueryEscape(profile)
	}
	return strings.Join(names, profileSeparator) + placeSeparator + r.place
}

// parseChain takes whatever stands in the variable: a name that can't be
// unescaped is taken as it is.
func parseChain(chain string) (runs []run) {
	if chain == "" {
		return nil
	}
	for text := range strings.SplitSeq(chain, runSeparator) {
		names, place, _ := strings.Cut(text, placeSeparator)
		r := run{place: place}
		for name := range strings.SplitSeq(names, profileSeparator) {
			if plain, err := url.QueryUnescape(name); err == nil {
				name = plain
			}
			r.profiles = append(r.profiles, name)
		}
		runs = append(runs, r)
	}
	return runs
}
