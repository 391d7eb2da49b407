package format

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

// Format is a form in which credentials are exported, by the name that people
// give it on the command line.
type Format string

// The formats. The first six are those of `aws configure export-credentials`
// (AWS CLI 2.36), byte for byte.
const (
	ProcessJSON Format = "process"       // indented JSON, as a credential_process prints
	Env         Format = "env"           // export NAME=value, for sh, bash, zsh and their kin
	EnvNoExport Format = "env-no-export" // NAME=value, for the same shells
	PowerShell  Format = "powershell"    // $Env:NAME="value"
	WindowsCmd  Format = "windows-cmd"   // set NAME=value
	Fish        Format = "fish"          // set -gx NAME "value"

	DotEnv        Format = "dotenv"         // NAME=value, for a .env file; docker's --env-file reads it too
	JSON          Format = "json"           // one object with the variables by name
	GitHubActions Format = "github-actions" // NAME=value, to be appended to the file $GITHUB_ENV; see Masks
)

// lineForms tells how each format that has a line for each variable writes
// it, from the name and the value.
var lineForms = map[Format]string{
	Env:           "export %s=%s\n",
	EnvNoExport:   "%s=%s\n",
	PowerShell:    "$Env:%s=\"%s\"\n",
	WindowsCmd:    "set %s=%s\n",
	Fish:          "set -gx %s \"%s\"\n",
	DotEnv:        "%s=%s\n",
	GitHubActions: "%s=%s\n",
}

// Formats returns every format, the AWS CLI's first.
func Formats() []Format {
	return []Format{ProcessJSON, Env, EnvNoExport, PowerShell, WindowsCmd, Fish, DotEnv, JSON, GitHubActions}
}

// The names of the variables that SDKs and the AWS CLI read.
const (
	AccessKeyID     = "AWS_ACCESS_KEY_ID"
	SecretAccessKey = "AWS_SECRET_ACCESS_KEY"
	SessionToken    = "AWS_SESSION_TOKEN"
	Expiration      = "AWS_CREDENTIAL_EXPIRATION"
	Region          = "AWS_REGION"         // read by every SDK of today
	DefaultRegion   = "AWS_DEFAULT_REGION" // read by the AWS CLI and boto3
)

// Variable is an environment variable.
type Variable = secret.Variable

// Values is what is exported.
type Values struct {
	Credentials aws.Credentials
	Region      string     // empty to leave the region out
	More        []Variable // further variables, such as an endpoint; `process` has no place for them
}

// expirationVariableLayout is how the AWS CLI writes a time in UTC. Fractions
// of a second, which AWS doesn't send, are cut off.
const expirationVariableLayout = "2006-01-02T15:04:05+00:00"

// Variables returns the environment variables for credentials, in the AWS
// CLI's order, and for the region where there is one. What c has no value for
// is left out.
func Variables(c aws.Credentials, region string) []Variable {
	var vars []Variable
	add := func(name, value string) {
		if value != "" {
			vars = append(vars, Variable{Name: name, Value: secret.New(value)})
		}
	}
	add(AccessKeyID, c.AccessKeyID)
	add(SecretAccessKey, c.SecretAccessKey)
	add(SessionToken, c.SessionToken)
	add(Expiration, expirationOf(c))
	add(Region, region)
	add(DefaultRegion, region)
	return vars
}

func expirationOf(c aws.Credentials) string {
	if !c.CanExpire {
		return ""
	}
	return c.Expires.UTC().Format(expirationVariableLayout)
}

func (v Values) variables() []Variable {
	return append(Variables(v.Credentials, v.Region), v.More...)
}

// Bytes returns v in the format f. Where that is a form that a shell runs or
// that is read line by line, values that mean anything to such a reader are
// refused, so that it is always safe to eval what is returned.
func Bytes(f Format, v Values) ([]byte, error) {
	switch form, lines := lineForms[f]; {
	case lines:
		vars := v.variables()
		if err := checkAll(vars); err != nil {
			return nil, err
		}
		return inLines(form, vars), nil
	case f == ProcessJSON:
		return processJSON(v.Credentials), nil
	case f == JSON:
		return variablesJSON(v.variables()), nil
	}
	return nil, unknown(f)
}

func inLines(form string, vars []Variable) []byte {
	var out []byte
	for _, variable := range vars {
		out = fmt.Appendf(out, form, variable.Name, variable.Value.Reveal())
	}
	return out
}

// Check returns an error that names the formats where f is none of them.
func Check(f Format) error {
	if slices.Contains(Formats(), f) {
		return nil
	}
	return unknown(f)
}

func unknown(f Format) error {
	var names []string
	for _, known := range Formats() {
		names = append(names, string(known))
	}
	return fault.New(fault.Usage, fmt.Sprintf("there is no format %q", f), "the formats are "+strings.Join(names, ", "))
}
