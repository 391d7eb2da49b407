package paste

import (
	"fmt"
	"strings"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

// group is the values that belong together: those of a section, of a JSON
// object, of a table's row, or of all lines outside of sections.
type group struct {
	profile string
	values  map[field]value
}

// value is held as a secret whatever it is: people put secrets in wrong places.
type value struct {
	text secret.String
	line int
}

func newGroup(profile string) *group { return &group{profile: profile, values: map[field]value{}} }

// set takes a value. One that is empty, or that the console hides behind
// asterisks, is as if it were not there; another one than before is an error.
func (g *group) set(f field, text string, line int) error {
	text = strings.TrimFunc(text, isBlank)
	if strings.Trim(text, "*•") == "" {
		return nil
	}
	v := value{secret.New(text), line}
	if old, twice := g.values[f]; twice {
		if old.text == v.text {
			return nil
		}
		return fault.New(fault.Usage,
			fmt.Sprintf("the %s stands there twice, in lines %d and %d, with different values", f, old.line, line),
			"give the lines of one key alone")
	}
	g.values[f] = v
	return nil
}

// line returns where the key begins, or 0 where there is no part of one.
func (g *group) line() int {
	first := 0
	for f, v := range g.values {
		if f.isCredential() && (first == 0 || v.line < first) {
			first = v.line
		}
	}
	return first
}

// found returns the key, or says which part of it is missing.
func (g *group) found() (Found, error) {
	var missing []string
	for _, f := range []field{keyID, secretKey} {
		if _, ok := g.values[f]; !ok {
			missing = append(missing, "no "+f.String())
		}
	}
	if len(missing) > 0 {
		return Found{}, fault.New(fault.Usage,
			fmt.Sprintf("the key that begins in line %d has %s", g.line(), strings.Join(missing, " and ")),
			"copy it again with all its lines; a secret that the console hides is copied after \"Show\"")
	}
	expires, err := g.expires()
	if err != nil {
		return Found{}, err
	}
	token := g.values[sessionToken].text
	if token.IsZero() {
		token = g.values[bareToken].text
	}
	where := g.text(region)
	if where == "" {
		where = g.text(defaultRegion)
	}
	return Found{
		Profile:         g.profile,
		AccessKeyID:     g.text(keyID),
		SecretAccessKey: g.values[secretKey].text,
		SessionToken:    token,
		Region:          where,
		MFASerial:       g.text(mfaSerial),
		Expiration:      expires,
		UserName:        g.text(userName),
		Line:            g.line(),
	}, nil
}

// text returns a value that is no secret.
func (g *group) text(f field) string { return g.values[f].text.Reveal() }

// formsHint is for texts in which nothing was found.
const formsHint = "give what AWS's page gives to copy (the lines that begin with export, SET or $Env:, or the section for the credentials file), the JSON of the AWS CLI, or accessKeys.csv"

// finish returns the keys of the groups that have any part of one.
func finish(groups []*group) ([]Found, error) {
	var all []Found
	for _, g := range groups {
		if g.line() == 0 {
			continue
		}
		f, err := g.found()
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	if len(all) == 0 {
		return nil, fault.New(fault.Usage, "there is no access key in that text", formsHint)
	}
	return withoutRepeats(all), nil
}

// withoutRepeats leaves out a key without a profile that stands there with one
// too: AWS's page shows it as shell lines and as a section.
func withoutRepeats(all []Found) []Found {
	var kept []Found
	for i, f := range all {
		repeated := false
		for j, other := range all {
			same := f.AccessKeyID == other.AccessKeyID && f.SecretAccessKey == other.SecretAccessKey && f.SessionToken == other.SessionToken
			repeated = repeated || same && f.Profile == "" && (other.Profile != "" || j < i)
		}
		if !repeated {
			kept = append(kept, f)
		}
	}
	return kept
}
