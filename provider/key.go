package provider

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
)

// Key is the long-term access key of a profile, in the keychain.
type Key struct {
	profile string
	maxAge  time.Duration // at which it is to be replaced; 0: never
}

// Profile is the section that the key belongs to.
func (k *Key) Profile() string { return k.profile }

// Source is nil: a key comes from a person.
func (k *Key) Source() Link { return nil }

func (k *Key) kind() string { return "key" }

func (k *Key) shape(add func(name, value string)) { add("profile", k.profile) }

func (k *Key) window() time.Duration { return 0 }

func (k *Key) provider(o *Options, _ aws.CredentialsProvider) aws.CredentialsProvider {
	return &keyProvider{link: k, keychain: o.Keychain, now: o.Now, log: o.Log}
}

// keyProvider reads a long-term key from the keychain.
type keyProvider struct {
	link     *Key
	keychain keychain.Keychain
	now      func() time.Time
	log      *slog.Logger
}

func (p *keyProvider) Retrieve(ctx context.Context) (aws.Credentials, error) {
	key, err := p.key(ctx)
	if err != nil {
		return aws.Credentials{}, err
	}
	p.noteAge(key)
	return longTerm(key), nil
}

// noteAge notes in the log that the key is to be replaced: nobody reads what a
// credential_process says when it succeeds. A hit reads no key, and notes
// nothing.
func (p *keyProvider) noteAge(key keychain.Key) {
	if age, old := TooOld(key, p.link.maxAge, p.now()); old {
		p.log.Warn("the access key is older than awsmint_max_key_age", "profile", p.link.profile, "key", LastFour(key.AccessKeyID),
			"days", int(age/day), "at_least", key.MadeAt.IsZero(), "limit", int(p.link.maxAge/day), "run", "awsmint rotate "+p.link.profile)
	}
}

func (p *keyProvider) key(ctx context.Context) (keychain.Key, error) {
	profile := p.link.profile
	value, err := p.keychain.Get(ctx, keychain.KeyAccount(profile))
	if errors.Is(err, keychain.ErrNotFound) {
		return keychain.Key{}, fault.Wrap(err, fault.Missing,
			fmt.Sprintf("no access key is stored for profile %q", profile), WithoutKey(profile))
	}
	if err != nil {
		return keychain.Key{}, err
	}
	return keychain.DecodeKey(value)
}

// WithoutKey is the hint for a profile of a key that has none: nobody has stored
// it yet, or its sessions are pasted and the last one has ended.
func WithoutKey(profile string) string {
	return "run: awsmint add " + profile + "\nwhere its sessions are pasted, paste a new one: " + PasteAgain(profile)
}

// PasteAgain is the command that gives a profile another session.
func PasteAgain(profile string) string { return "awsmint import " + profile + " --paste" }

// caller is whose the key is, as AWS told when it was stored; empty if it was
// not asked.
func (p *keyProvider) caller(ctx context.Context) string {
	key, err := p.key(ctx)
	if err != nil {
		return ""
	}
	return key.ARN
}

func longTerm(key keychain.Key) aws.Credentials {
	return aws.Credentials{
		AccessKeyID:     key.AccessKeyID,
		SecretAccessKey: key.SecretAccessKey.Reveal(),
		AccountID:       accountOf(key.ARN),
		Source:          providerName,
	}
}
