// Package doctor finds what is wrong with the credentials of a person's
// programs, and says what to do about it: in the environment, in a .env file,
// in the profiles, the keychain and the cache, and at AWS.
//
// Each check is a small function that adds findings. Nothing is changed, nobody
// is asked for anything, and no finding holds a secret.
package doctor

import (
	"context"
	"net"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/cache"
	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/provider"
)

// Severity says what a finding does.
type Severity string

// The severities.
const (
	Error   Severity = "error"   // requests fail, go out with other credentials than was meant, or a key is half replaced
	Warning Severity = "warning" // some programs trip, or will; or a secret lies open
	OK      Severity = "ok"      // nothing is wrong: worth knowing
)

// Area is where a finding belongs to.
type Area string

// The areas, in the order in which they are examined.
const (
	Environment Area = "environment"
	File        Area = "file"
	Profile     Area = "profile"
	Keychain    Area = "keychain"
	Cache       Area = "cache"
	AWS         Area = "aws"
	MFA         Area = "mfa"
)

// Finding is one thing that was found. Fact and Advice are lowercase, without
// a full stop. ID is part of awsmint's interface: scripts depend on it.
type Finding struct {
	ID       string   `json:"id"`
	Severity Severity `json:"severity"`
	Area     Area     `json:"area"`
	Profile  string   `json:"profile,omitempty"` // whose it is, where it is a profile's
	Where    string   `json:"where,omitempty"`   // a variable, or a file and a line
	Fact     string   `json:"fact"`
	Advice   string   `json:"advice,omitempty"` // what to do, or the next command
}

// Doctor is what an examination works with.
type Doctor struct {
	Profile string // the one to look at; empty: all, and closely those that have to do with awsmint
	File    string // a .env file; empty: none
	Offline bool   // ask nobody outside this machine

	provider.Surroundings
	Getenv   func(string) string
	Environ  []string
	Keychain keychain.Keychain
	Kernel   func() (time.Duration, error) // whether the kernel keeps copies: see keychain.CheckCopies
	Cache    *cache.Cache
	Now      func() time.Time
	Timeout  time.Duration // for each answer of AWS's; 0: provider.DefaultTimeout

	// Line is the credential_process line that a profile should have.
	Line func(profile string) (string, error)
	// ProcessSize is how many bytes `awsmint process` prints for credentials.
	ProcessSize func(aws.Credentials) int
	// Dial reaches local endpoints; nil: the network.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// Examine returns what was found, by area and in the order in which it was
// looked for.
func (d *Doctor) Examine(ctx context.Context) []Finding {
	e := &examination{Doctor: d, ctx: ctx, keys: map[string]*storedKey{}, seen: map[Finding]bool{}}
	var err error
	if e.config, err = awsconfig.Load(d.Paths); err != nil {
		e.failed(Profile, "config-unreadable", "", err)
		e.config, _ = awsconfig.Parse(nil, nil)
	} else if err := e.config.Check(); err != nil {
		e.failed(Profile, "config-broken", "", err)
	}
	e.environment()
	e.envFile()
	for _, name := range e.profiles() {
		e.profile(name)
	}
	e.others()
	e.cacheDir()
	e.kernel()
	return e.sorted()
}

// examination is one Examine.
type examination struct {
	*Doctor
	ctx      context.Context
	config   *awsconfig.Config
	alone    *awsconfig.Config     // of the config file alone; nil: not read yet
	keys     map[string]*storedKey // by their profile
	locked   bool                  // the keychain can't be read: not for the next profile either
	clocked  bool                  // the clock was compared with AWS's
	seen     map[Finding]bool
	findings []Finding
}

// add takes a finding, once.
func (e *examination) add(f Finding) {
	if !e.seen[f] {
		e.seen[f] = true
		e.findings = append(e.findings, f)
	}
}

// failed takes an error for a finding: its fact, and its hint for an advice.
func (e *examination) failed(area Area, id, profile string, err error) {
	e.add(Finding{ID: id, Severity: Error, Area: area, Profile: profile, Fact: oneLine(err.Error()), Advice: oneLine(fault.HintOf(err))})
}

func oneLine(text string) string { return strings.ReplaceAll(text, "\n", "; ") }

// sorted are the findings by area.
func (e *examination) sorted() (sorted []Finding) {
	for _, area := range []Area{Environment, File, Profile, Keychain, Cache, AWS, MFA} {
		for _, f := range e.findings {
			if f.Area == area {
				sorted = append(sorted, f)
			}
		}
	}
	return sorted
}

// Count is how many of the findings are of a severity.
func Count(findings []Finding, severity Severity) (n int) {
	for _, f := range findings {
		if f.Severity == severity {
			n++
		}
	}
	return n
}

func firstSet(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
