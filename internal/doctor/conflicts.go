package doctor

import (
	"fmt"
	"strings"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/provider"
)

// conflict is a setting that SDKs do not take beside a credential_process.
// Which one does what was read from their sources, or seen.
type conflict struct {
	id       string
	severity Severity
	keys     []string // those that are to go; the first that is there is named
	what     string   // %s is the first key
	advice   string
}

var conflicts = []conflict{
	{"static-key-shadows", Error, []string{"aws_access_key_id", "aws_secret_access_key", "aws_session_token"},
		"%s stands in plain text beside credential_process: the AWS CLI, boto3 and the SDKs for Go, JavaScript and Java use that key and never run awsmint; the SDK for .NET drops the profile",
		"if that key is the one to use, run: awsmint import %s, which stores it and takes it out here; else delete %s"},
	{"sso-beside-process", Error, []string{"sso_session", "sso_start_url", "sso_region", "sso_account_id", "sso_role_name"},
		"%s stands beside credential_process: the AWS CLI, boto3 and the SDKs for Go and JavaScript sign in to IAM Identity Center and never run awsmint; the SDK for .NET drops the profile",
		"delete %[2]s, or put awsmint_ in front of each"},
	{"role-beside-process", Error, []string{"role_arn", "external_id", "role_session_name", "duration_seconds"},
		"%s stands beside credential_process: the AWS CLI, boto3 and the SDK for JavaScript assume the role themselves, past awsmint; the SDK for .NET drops the profile",
		"put awsmint_ in front of %[2]s, and of source_profile"},
	{"source-beside-process", Error, []string{"source_profile", "credential_source", "web_identity_token_file"},
		"%s stands beside credential_process: the SDK for Go, and so Terraform, fails; the SDK for .NET drops the profile",
		"put awsmint_ in front of %[2]s"},
	{"mfa-serial-beside-process", Warning, []string{"mfa_serial"},
		"%s stands beside credential_process: the SDK for .NET, and so PowerShell, drops the profile",
		"put awsmint_ in front of %[2]s"},
}

// there are the settings of it that a profile has.
func (c conflict) there(section *awsconfig.Section) (there []string) {
	for _, key := range c.keys {
		if section.Get(key) != "" {
			there = append(there, key)
		}
	}
	return there
}

// conflicts names what other programs trip over in a profile that awsmint
// serves.
func (e *examination) conflicts(section *awsconfig.Section) {
	if _, runsUs := provider.OwnLine(section.Get("credential_process")); !runsUs {
		if len(section.OwnKeys()) > 0 {
			e.unreached(section)
		}
		return
	}
	for _, c := range conflicts {
		there := c.there(section)
		if len(there) == 0 {
			continue
		}
		e.add(Finding{
			ID: c.id, Severity: c.severity, Area: Profile, Profile: section.Name(), Where: place(section, there[0]),
			Fact:   fmt.Sprintf(c.what, there[0]),
			Advice: fmt.Sprintf(c.advice, section.Name(), strings.Join(there, ", ")),
		})
	}
}

// unreached is a profile with settings for awsmint that nobody else runs awsmint
// for.
func (e *examination) unreached(section *awsconfig.Section) {
	if section.Get("credential_process") != "" {
		return
	}
	advice := "name awsmint in it"
	if line, err := e.Line(section.Name()); err == nil {
		advice = "add the line: credential_process = " + line
	}
	e.add(Finding{
		ID: "profile-unreached", Severity: Warning, Area: Profile, Profile: section.Name(),
		Fact:   "the profile has no credential_process that runs awsmint: SDKs pass over its awsmint_ settings, and find none of awsmint's credentials",
		Advice: advice,
	})
}

// rivals tells of a plaintext key beside another way to credentials, in a
// profile that awsmint does not serve.
func (e *examination) rivals(section *awsconfig.Section) {
	keys := conflicts[0]
	there := keys.there(section)
	if len(there) == 0 {
		return
	}
	line := section.Get("credential_process")
	_, runsUs := provider.OwnLine(line)
	f := Finding{
		ID: keys.id, Severity: Warning, Area: Profile, Profile: section.Name(), Where: place(section, there[0]),
		Advice: "delete " + strings.Join(there, ", ") + ", or what stands beside it, whichever is not meant",
	}
	switch {
	case runsUs:
		return // see conflicts
	case section.Get("sso_session") != "" || section.Get("sso_start_url") != "":
		f.Fact = there[0] + " stands beside settings of IAM Identity Center: the SDK for Go, and so Terraform, uses that key, and the AWS CLI and boto3 sign in"
	case line != "":
		f.Fact = there[0] + " stands beside credential_process: most SDKs use that key and never run the program"
	default:
		return
	}
	e.add(f)
}
