package provider

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

// Environment is the credentials in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY
// and AWS_SESSION_TOKEN, where a profile asks for them with credential_source =
// Environment.
type Environment struct {
	AccessKeyID     string
	SecretAccessKey secret.String
	SessionToken    secret.String
	Temporary       bool // there is a session token

	profile string
}

func (r *resolver) environment(section *awsconfig.Section) (Link, error) {
	token := secret.New(r.getenv("AWS_SESSION_TOKEN"))
	return &Environment{
		AccessKeyID:     r.getenv("AWS_ACCESS_KEY_ID"),
		SecretAccessKey: secret.New(r.getenv("AWS_SECRET_ACCESS_KEY")),
		SessionToken:    token,
		Temporary:       !token.IsZero(),
		profile:         section.Name(),
	}, nil
}

// Profile is the section that asks for them.
func (e *Environment) Profile() string { return e.profile }

// Source is nil.
func (e *Environment) Source() Link { return nil }

func (e *Environment) kind() string { return "environment" }

func (e *Environment) shape(add func(name, value string)) { add("id", e.AccessKeyID) }

func (e *Environment) window() time.Duration { return 0 }

// provider looks at what the environment lacks only now: while the cache holds
// what was made from it, nothing is missing.
func (e *Environment) provider(*Options, aws.CredentialsProvider) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		if err := e.check(); err != nil {
			return aws.Credentials{}, err
		}
		return aws.Credentials{
			AccessKeyID:     e.AccessKeyID,
			SecretAccessKey: e.SecretAccessKey.Reveal(),
			SessionToken:    e.SessionToken.Reveal(),
			Source:          providerName,
		}, nil
	})
}

func (e *Environment) check() error {
	missing := ""
	switch {
	case e.AccessKeyID == "" && e.SecretAccessKey.IsZero():
		missing = "neither AWS_ACCESS_KEY_ID nor AWS_SECRET_ACCESS_KEY is set"
	case e.AccessKeyID == "":
		missing = "AWS_ACCESS_KEY_ID is not set"
	case e.SecretAccessKey.IsZero():
		missing = "AWS_SECRET_ACCESS_KEY is not set"
	case !e.Temporary && strings.HasPrefix(e.AccessKeyID, "ASIA"):
		missing = "AWS_SESSION_TOKEN is not set, which the temporary key (ASIA…) in AWS_ACCESS_KEY_ID needs"
	default:
		return nil
	}
	return fault.New(fault.Missing, "profile \""+e.profile+"\" has credential_source = Environment, and "+missing,
		"set the variables where the command runs, or name a source_profile in place of credential_source")
}
