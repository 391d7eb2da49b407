package provider

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
)

// Limits of AssumeRole, from the STS API reference.
const (
	minRoleARN, maxRoleARN         = 20, 2048
	minSessionName, maxSessionName = 2, 64
	minExternalID, maxExternalID   = 2, 1224
	maxRoleDuration                = 12 * time.Hour

	// ChainedDuration is the longest life of role credentials that are minted
	// from other temporary ones.
	ChainedDuration = time.Hour
)

// sessionNameAlphabet is what a role session name may have beside letters and
// digits.
const sessionNameAlphabet = "_+=,.@-"

// assumption is what AssumeRole and its relatives are asked for.
type assumption struct {
	RoleARN     string
	SessionName string // empty: the caller's own name
	ExternalID  string
	Duration    time.Duration

	durationFrom string // the setting that Duration is from, for a person; empty: it is the default

	// Tags and SourceIdentity go to CloudTrail and to policies' conditions.
	Tags           []Tag
	TransitiveTags []string
	SourceIdentity string

	// Policy and PolicyARNs leave less than the role has.
	Policy     string // JSON, without needless space
	PolicyARNs []string
}

// Tag is a session tag.
type Tag struct{ Key, Value string }

func (a *assumption) shape(add func(name, value string)) {
	add("role", a.RoleARN)
	add("session name", a.SessionName)
	add("external id", a.ExternalID)
	add("duration", a.Duration.String())
	for _, tag := range a.Tags {
		add("tag", tag.Key)
		add("value", tag.Value)
	}
	for _, key := range a.TransitiveTags {
		add("transitive", key)
	}
	add("source identity", a.SourceIdentity)
	add("policy", a.Policy)
	for _, arn := range a.PolicyARNs {
		add("policy arn", arn)
	}
}

// assumptionOf reads a role profile, checking all before anyone is asked for
// anything.
func assumptionOf(section *awsconfig.Section) (a assumption, err error) {
	for _, setting := range []struct {
		key  string
		text string
		take *string
		is   func(string) error
	}{
		{"role_arn", section.Setting("role_arn"), &a.RoleARN, CheckRoleARN},
		{"role_session_name", section.Setting("role_session_name"), &a.SessionName, checkSessionName},
		{"external_id", section.Setting("external_id"), &a.ExternalID, checkExternalID},
		{"awsmint_source_identity", section.Get("awsmint_source_identity"), &a.SourceIdentity, checkSourceIdentity},
	} {
		if *setting.take = setting.text; setting.text == "" {
			continue
		}
		if err := setting.is(setting.text); err != nil {
			return a, at(section, setting.key, err)
		}
	}
	if a.Duration, a.durationFrom, err = roleDuration(section); err != nil {
		return a, err
	}
	if a.Tags, a.TransitiveTags, err = sessionTags(section); err != nil {
		return a, err
	}
	a.Policy, a.PolicyARNs, err = sessionPolicy(section)
	return a, err
}

// roleDuration is how long role credentials are to live: one hour, AWS's own
// default, if nothing is set. from is the setting that says so.
func roleDuration(section *awsconfig.Section) (life time.Duration, from string, err error) {
	for _, key := range []string{"awsmint_duration", "awsmint_duration_seconds", "duration_seconds"} {
		d, err := duration(section, key)
		if err != nil {
			return 0, "", err
		}
		if d == 0 {
			continue
		}
		if err := checkRoleDuration(d); err != nil {
			return 0, "", at(section, key, err)
		}
		return d, fmt.Sprintf("%s in profile %q", key, section.Name()), nil
	}
	return ChainedDuration, "", nil
}

func checkRoleDuration(d time.Duration) error {
	if d <= maxRoleDuration {
		return checkMinDuration(d)
	}
	return fault.New(fault.Usage, fmt.Sprintf("a duration of %s is too long", Span(d)),
		fmt.Sprintf("role credentials last at most %s", Span(maxRoleDuration)))
}

// otherDuration is the hint where the source of a role allows it one hour.
func (r *Role) otherDuration() string {
	const otherwise = "assume the role straight from a key: set source_profile to a profile that has one of its own"
	if r.durationFrom == "" {
		return otherwise
	}
	return fmt.Sprintf("take out %s, or %s", r.durationFrom, otherwise)
}

// CheckRoleARN says what is wrong with the ARN of a role.
func CheckRoleARN(arn string) error {
	name, isRole := strings.CutPrefix(arnPart(arn, 5), "role/")
	if len(arn) >= minRoleARN && len(arn) <= maxRoleARN && arnPart(arn, 2) == "iam" && accountOf(arn) != "" &&
		isRole && name != "" && !strings.ContainsAny(arn, " \t\n") {
		return nil
	}
	return fault.New(fault.Usage, fmt.Sprintf("%q is not the ARN of a role", short(arn)),
		"it has the form arn:aws:iam::ACCOUNT:role/NAME, with the account's 12 digits")
}

func checkSessionName(name string) error {
	return checkText(name, "a role session name", minSessionName, maxSessionName, sessionNameAlphabet)
}

func checkSourceIdentity(name string) error {
	return checkText(name, "a source identity", minSessionName, maxSessionName, sessionNameAlphabet)
}

func checkExternalID(id string) error {
	return checkText(id, "an external id", minExternalID, maxExternalID, "_+=,.@:/-")
}

func checkText(text, what string, shortest, longest int, extra string) error {
	if len(text) >= shortest && len(text) <= longest && consistsOf(text, extra) {
		return nil
	}
	return fault.New(fault.Usage, fmt.Sprintf("%q can't be %s", short(text), what),
		fmt.Sprintf("it has %d to %d letters, digits and %s", shortest, longest, strings.Join(strings.Split(extra, ""), " ")))
}

// sessionNameFrom makes a role session name of who calls: CloudTrail is then
// read with a person's name.
func sessionNameFrom(callerARN string) string { return cleanSessionName(nameOf(callerARN)) }

// cleanSessionName keeps of a name what a role session name may have: AWS's
// alphabet has no spaces, and 64 characters are its limit.
func cleanSessionName(name string) string {
	name = strings.Map(func(r rune) rune {
		if consistsOf(string(r), sessionNameAlphabet) {
			return r
		}
		return '-'
	}, name)
	if len(name) > maxSessionName {
		name = name[:maxSessionName]
	}
	if len(name) < minSessionName {
		return providerName
	}
	return name
}

// list reads a value of several, separated by commas.
func list(text string) (items []string) {
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return slices.Clip(items)
}
