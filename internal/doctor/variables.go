package doctor

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/keycheck"
	"github.com/awsmint/awsmint/internal/secret"
)

// variables are those of the environment or of a .env file, or what stands for
// them in a profile.
type variables struct {
	area    Area
	profile string // whose they are, where they are a profile's
	holder  string // what they stand in, in a fact
	fresh   string // the advice that gets other credentials there
	safe    string // the command that has awsmint keep a key that stands there
	after   string // the command that takes a key out that was replaced
	where   func(name string) string
	get     func(name string) secret.String
	names   []string // of those that have a value
}

func (v variables) has(name string) bool { return !v.get(name).IsZero() }

// text is the value of a variable that holds no secret.
func (v variables) text(name string) string { return v.get(name).Reveal() }

// check is what is the same wherever variables stand: the form of the
// credentials, the endpoints, and what AWS says of the credentials.
func (e *examination) check(v variables) {
	endpoints := endpointsOf(v)
	e.endpoints(v, endpoints)
	id := v.text(keycheck.AccessKeyID)
	if len(endpoints) > 0 && id != "" && !isForAWS(v) {
		e.add(Finding{
			ID: "local-credentials", Severity: OK, Area: v.area, Where: v.where(keycheck.AccessKeyID),
			Fact: "AWS_ACCESS_KEY_ID is none of AWS's ids: it is taken to be for the local endpoint",
		})
		return
	}
	sound := true
	for _, p := range keycheck.Check(keycheck.FromVariables(v.get, e.Now())) {
		if p.ID == keycheck.Expired && (v.has(keycheck.SessionToken) || v.has(keycheck.SecurityToken)) {
			p.Advice = v.fresh
		}
		e.add(Finding{ID: p.ID, Severity: Severity(p.Severity), Area: v.area, Where: v.where(p.Where), Fact: p.Fact, Advice: p.Advice})
		sound = sound && p.Severity != keycheck.Error
	}
	if sound && id != "" && !e.Offline {
		e.askAbout(v)
	}
}

// credentials are those that the variables hold.
func (v variables) credentials() aws.Credentials {
	token := v.get(keycheck.SessionToken)
	if token.IsZero() {
		token = v.get(keycheck.SecurityToken)
	}
	return aws.Credentials{
		AccessKeyID: v.text(keycheck.AccessKeyID), SecretAccessKey: v.get(keycheck.SecretAccessKey).Reveal(), SessionToken: token.Reveal(),
	}
}

// region is the one that the variables choose.
func (e *examination) region(v variables) string {
	return firstSet(v.text("AWS_REGION"), v.text("AWS_DEFAULT_REGION"))
}

// sortedNames are the names of v that begin with one of the prefixes.
func (v variables) sortedNames(prefixes ...string) (names []string) {
	for _, name := range v.names {
		if slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) }) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
