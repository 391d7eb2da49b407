package doctor

import (
	"errors"
	"fmt"
	"strings"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/keycheck"
	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/provider"
)

// environment tells which credentials a program would use that is started here,
// and what is wrong with them.
func (e *examination) environment() {
	vars := variables{
		area: Environment, holder: "the environment",
		fresh: "get new ones where these came from, or run: awsmint exec PROFILE -- COMMAND", safe: "awsmint add PROFILE --from-env", after: "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY",
		where: func(name string) string { return name },
		get:   func(name string) secret.String { return secret.New(e.Getenv(name)) }, names: e.names(),
	}
	e.inUse()
	e.profileVariables()
	e.check(vars)
	if !vars.has(keycheck.AccessKeyID) && e.profileInUse() == "" {
		return
	}
	section, err := e.config.Profile(firstSet(e.profileInUse(), "default"))
	if err != nil {
		section = awsconfig.Empty("default")
	}
	if e.region(vars) == "" && section.Setting("region") == "" {
		e.add(Finding{
			ID: "region-missing", Severity: Warning, Area: Environment, Where: "AWS_REGION",
			Fact:   "no region is set, neither in AWS_REGION nor in the profile: most SDKs refuse to work without one",
			Advice: "set AWS_REGION, and AWS_DEFAULT_REGION for boto3: export AWS_REGION=eu-west-1",
		})
	}
}

// names are the variables of the environment.
func (e *examination) names() (names []string) {
	for _, variable := range e.Environ {
		if name, value, _ := strings.Cut(variable, "="); value != "" {
			names = append(names, name)
		}
	}
	return names
}

// profileInUse is the profile that programs take which are given none; empty:
// they have none.
func (e *examination) profileInUse() string {
	if name := firstSet(e.Getenv("AWS_PROFILE"), e.Getenv("AWS_DEFAULT_PROFILE")); name != "" {
		return name
	}
	if _, err := e.config.Profile("default"); err == nil {
		return "default"
	}
	return ""
}

// isProfile reports whether there is a profile of that name, be it broken.
func (e *examination) isProfile(name string) bool {
	_, err := e.config.Profile(name)
	return !errors.Is(err, awsconfig.ErrNoProfile)
}

// inUse follows the SDKs' order: variables, web identity, the profile, a
// container, an instance.
// https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
func (e *examination) inUse() {
	set := func(name string) bool { return e.Getenv(name) != "" }
	named := firstSet(e.Getenv("AWS_PROFILE"), e.Getenv("AWS_DEFAULT_PROFILE"))
	found := Finding{ID: "credentials-in-use", Severity: OK, Area: Environment}
	switch {
	case set(keycheck.AccessKeyID) && set(keycheck.SecretAccessKey):
		with := "with"
		if !set(keycheck.SessionToken) && !set(keycheck.SecurityToken) {
			with = "without"
		}
		found.Where = keycheck.AccessKeyID
		found.Fact = fmt.Sprintf("a program that is given no profile uses the key %s in AWS_ACCESS_KEY_ID, %s a session token: variables go before every profile",
			provider.LastFour(cleanID(e.Getenv(keycheck.AccessKeyID))), with)
		if e.Getenv("AWS_PROFILE") != "" {
			e.add(Finding{
				ID: "profile-hidden-by-variables", Severity: Warning, Area: Environment, Where: "AWS_PROFILE",
				Fact:   fmt.Sprintf("AWS_PROFILE=%q and AWS_ACCESS_KEY_ID are both set: the AWS CLI, boto3 and most SDKs take the variables, the SDK for JavaScript the profile", named),
				Advice: "unset one of them: unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN",
			})
		}
	case set("AWS_WEB_IDENTITY_TOKEN_FILE") && set("AWS_ROLE_ARN"):
		found.Where = "AWS_WEB_IDENTITY_TOKEN_FILE"
		found.Fact = "a program that is given no profile assumes the role in AWS_ROLE_ARN with the token in AWS_WEB_IDENTITY_TOKEN_FILE"
	case named != "" && !e.isProfile(named):
		return // see profileVariables
	case e.profileInUse() != "":
		why := "it has no other credentials before it"
		if named != "" {
			found.Where, why = "AWS_PROFILE", "AWS_PROFILE names it"
			if !set("AWS_PROFILE") {
				found.Where, why = "AWS_DEFAULT_PROFILE", "AWS_DEFAULT_PROFILE names it, for the AWS CLI and boto3 alone"
			}
		}
		found.Fact = fmt.Sprintf("a program that is given no profile uses the profile %q: %s", e.profileInUse(), why)
	case set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"), set("AWS_CONTAINER_CREDENTIALS_FULL_URI"):
		found.Where = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
		found.Fact = "a program that is given no profile asks the container for credentials, where the variables AWS_CONTAINER_CREDENTIALS_… say"
	case strings.EqualFold(e.Getenv("AWS_EC2_METADATA_DISABLED"), "true"):
		found.Fact = "a program that is given no profile finds no credentials here: no variables, no profile \"default\", no container, and AWS_EC2_METADATA_DISABLED is set"
		found.Advice = "name a profile (export AWS_PROFILE=NAME, or --profile NAME), or run: awsmint exec PROFILE -- COMMAND"
	default:
		found.Fact = "a program that is given no profile finds no credentials here, unless this is an EC2 instance with a role: no variables, no profile \"default\", no container"
		found.Advice = "name a profile (export AWS_PROFILE=NAME, or --profile NAME), or run: awsmint exec PROFILE -- COMMAND"
	}
	e.add(found)
}

// cleanID is an id as it is shown: what else stands in it is told elsewhere.
func cleanID(text string) string {
	id := strings.Trim(strings.TrimSpace(text), `"'`)
	if len(id) != len("AKIAIOSFODNN7EXAMPLE") || !isAWSKey(id) {
		return "…"
	}
	return id
}

// isAWSKey reports whether an id is of a kind that AWS gives out, and no local
// stand-in's.
func isAWSKey(id string) bool {
	return strings.HasPrefix(id, "AKIA") || strings.HasPrefix(id, "ASIA")
}

// profileVariables looks for profiles that are named and not there.
func (e *examination) profileVariables() {
	for _, variable := range []string{"AWS_PROFILE", "AWS_DEFAULT_PROFILE"} {
		name := e.Getenv(variable)
		if name == "" {
			continue
		}
		if e.isProfile(name) {
			continue
		}
		advice := fmt.Sprintf("unset %s, or set it to one of those that awsmint list shows", variable)
		if meant := e.config.Meant(name); meant != "" {
			advice = fmt.Sprintf("unset %s, or correct it: %s", variable, meant)
		}
		e.add(Finding{
			ID: "profile-variable-names-nothing", Severity: Error, Area: Environment, Where: variable,
			Fact: fmt.Sprintf("%s names the profile %q, and there is none: every SDK fails", variable, name), Advice: oneLine(advice),
		})
	}
}
