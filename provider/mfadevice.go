package provider

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/mfa"
	"github.com/awsmint/awsmint/internal/secret"
)

// MFADevice is the device whose codes the sessions of a profile's own key are
// minted with. NewMFADevice makes it.
type MFADevice struct {
	Profile string   // whose key it is
	Session *Session // that the key would be given; without a Serial there is no device yet
	Client  Client   // how AWS is reached, IAM too
	Options Options
}

// NewMFADevice returns the device of a profile, which must have a key of its own
// in the keychain.
func NewMFADevice(config *awsconfig.Config, getenv func(string) string, profile string, o Options) (*MFADevice, error) {
	owner, err := findOwner(config, getenv, profile, noDeviceOf)
	if err != nil {
		return nil, err
	}
	o.Profile = firstSet(o.Profile, profile)
	return &MFADevice{Profile: profile, Session: owner.session, Client: owner.client, Options: o.withDefaults()}, nil
}

// noDeviceOf names the profile that has the key, where there is one.
func noDeviceOf(profile string, link Link) error {
	hint := "name the profile that has the key of an IAM user"
	if key, ok := Root(link).(*Key); ok {
		hint = fmt.Sprintf("the device belongs to the key's profile: run the same command for %q", key.profile)
	}
	return fault.New(fault.Usage, fmt.Sprintf("profile %q has no key of its own in the keychain: %s", profile, Describe(link)), hint)
}

// Codes are the ways to the device's codes that need no person.
func (d *MFADevice) Codes() *mfa.Codes {
	settings := d.Session.MFA
	settings.Order = []string{mfa.NameSeed, mfa.NameProcess}
	c, ok := d.Options.codes(d.Profile, d.Session.Serial, settings).(*mfa.Codes)
	if !ok {
		return nil // there is no device
	}
	return c
}

// Request is for a code of the device.
func (d *MFADevice) Request() mfa.Request {
	return mfa.Request{Profile: d.Profile, Serial: d.Session.Serial}
}

// Try mints a session with a code of a seed that is not stored yet, and caches
// it as any other.
func (d *MFADevice) Try(ctx context.Context, seed secret.String) (aws.Credentials, error) {
	session := *d.Session
	session.MFA.Order = []string{mfa.NameSeed}
	o := d.Options
	o.Force = true
	o.Keychain = withSeed{o.Keychain, d.Profile, seed}
	p := New(&session, o)
	p.Strict = true
	return p.Retrieve(ctx)
}

// UsesSeed reports whether the profile's settings let a stored seed be used.
func (d *MFADevice) UsesSeed() bool { return slices.Contains(d.Session.MFA.Order, mfa.NameSeed) }

// withSeed is a keychain in which a seed is stored for a profile.
type withSeed struct {
	keychain.Keychain
	profile string
	seed    secret.String
}

func (k withSeed) Get(ctx context.Context, account string) (secret.String, error) {
	if account == keychain.SeedAccount(k.profile) {
		return keychain.EncodeSeed(keychain.Seed{Secret: k.seed}), nil
	}
	return k.Keychain.Get(ctx, account)
}
