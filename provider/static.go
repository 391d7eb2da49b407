package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/secret"
)

// Static is a key that stands in plain text in one of the two config files.
type Static struct {
	AccessKeyID string

	profile string
	secret  secret.String
	token   secret.String // zero: a long-term key
	account string
}

// staticKeys reads a profile's own keys; nil where it has none. Half a key is an
// error, as with every SDK. A key is one file's, whole, as with botocore: the
// SDKs for Go and JavaScript take along a session token that another key has left
// in the config file, and AWS refuses what comes of it.
func staticKeys(config *awsconfig.Config, profile *awsconfig.Section) (*Static, error) {
	const id, key, account = "aws_access_key_id", "aws_secret_access_key", "aws_account_id"
	inFiles, err := config.InFiles(profile.Name())
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(inFiles, func(s *awsconfig.Section) bool { return s.Get(id) != "" || s.Get(key) != "" })
	if i < 0 {
		return nil, nil
	}
	section := inFiles[i]
	s := &Static{
		AccessKeyID: section.Get(id),
		profile:     section.Name(),
		secret:      secret.New(section.Get(key)),
		token:       secret.New(section.Get("aws_session_token")),
		account:     profile.Get(account),
	}
	switch {
	case s.AccessKeyID == "":
		return nil, halfKey(section, key, id)
	case s.secret.IsZero():
		return nil, halfKey(section, id, key)
	case s.token.IsZero() && strings.HasPrefix(s.AccessKeyID, "ASIA"):
		return nil, at(section, id, fault.New(fault.Usage, "a temporary key (ASIA…) works with its session token only",
			"add its aws_session_token, or take the key out; awsmint mints such keys itself from one that starts with AKIA"))
	case s.account != "" && !isAccount(s.account):
		return nil, at(profile, account, fault.New(fault.Usage, fmt.Sprintf("%q is not an account id", short(s.account)), "it has twelve digits; or leave it out"))
	}
	return s, nil
}

func halfKey(section *awsconfig.Section, there, missing string) error {
	file, line := section.Origin(there)
	return fault.Wrap(ErrHalfKey, fault.Usage, fmt.Sprintf("%s:%d: profile %q has %s and no %s", file, line, section.Name(), there, missing),
		fmt.Sprintf("add %s, or take %s out and store the key with: awsmint add %s", missing, there, section.Name()))
}

// Profile is the section that the key stands in.
func (s *Static) Profile() string { return s.profile }

// LongTerm is the key in the form that the keychain would have it. ok is false
// for a temporary key.
func (s *Static) LongTerm() (key keychain.Key, ok bool) {
	if s.isTemporary() {
		return keychain.Key{}, false
	}
	return keychain.Key{AccessKeyID: s.AccessKeyID, SecretAccessKey: s.secret}, true
}

// Source is nil.
func (s *Static) Source() Link { return nil }

func (s *Static) kind() string {
	if s.isTemporary() {
		return "temporary key"
	}
	return "plaintext key"
}

func (s *Static) isTemporary() bool { return !s.token.IsZero() }

func (s *Static) shape(add func(name, value string)) {
	add("profile", s.profile)
	add("id", s.AccessKeyID)
	add("account", s.account)
}

func (s *Static) window() time.Duration { return 0 }

func (s *Static) provider(*Options, aws.CredentialsProvider) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{
			AccessKeyID:     s.AccessKeyID,
			SecretAccessKey: s.secret.Reveal(),
			SessionToken:    s.token.Reveal(),
			AccountID:       s.account,
			Source:          providerName,
		}, nil
	})
}
