package cli

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keycheck"
	"github.com/awsmint/awsmint/provider"
)

// temporary is a key that ends by itself, and goes into the cache as the
// profile's current session.
type temporary struct {
	link        provider.Link // what it is kept as; nil: the key is a permanent one
	credentials aws.Credentials
}

// completeTemporary finds when the key ends, whose it is, and what it is to be
// kept as.
func (s *importStep) completeTemporary(ctx context.Context) error {
	ends, err := s.ends()
	if err != nil {
		return err
	}
	s.credentials = aws.Credentials{
		AccessKeyID: s.found.id(), SecretAccessKey: s.found.SecretAccessKey.Reveal(), SessionToken: s.found.SessionToken.Reveal(),
		CanExpire: true, Expires: ends,
	}
	// The device is the permanent key's, and stays what it is.
	s.serial = cmp.Or(clean(s.MfaSerial), s.section.Setting("mfa_serial"), s.serial)
	if s.Region != "" {
		s.region, s.regionMeant = clean(s.Region), true
	}
	link, err := s.app.tryOut(s.settings())
	if err != nil {
		return err
	}
	session, ok := link.(*provider.Session)
	if !ok || session.Profile() != s.Profile {
		return fault.New(fault.Usage, fmt.Sprintf("profile %q has no place for a temporary key: %s", s.Profile, provider.Describe(link)),
			"choose another profile name for it")
	}
	if err := s.identifyTemporary(ctx); err != nil {
		return err
	}
	s.link = link
	return nil
}

// ends is when the key ends. Its token does not tell.
func (s *importStep) ends() (time.Time, error) {
	now := s.app.Now()
	if s.found.Expiration.IsZero() {
		if s.run.Expires == "" {
			s.app.Note(fmt.Sprintf("nothing says when the key for profile %q ends; it is taken to live for %s (--expires says otherwise)", s.Profile, provider.Span(s.run.expires)))
		}
		return now.Add(s.run.expires).Truncate(time.Second), nil
	}
	if s.run.Expires != "" {
		return time.Time{}, fault.New(fault.Usage, "--expires: the key says itself when it ends", "leave --expires out")
	}
	ends, err := keycheck.ParseTime(clean(s.found.Expiration.Reveal()))
	return ends.UTC().Truncate(time.Second), err // its form was looked at before
}

// identifyTemporary asks AWS whose the key is. It must not be another's than
// that of the key which the profile has: their sessions would take turns.
func (s *importStep) identifyTemporary(ctx context.Context) error {
	if s.NoVerify {
		return nil
	}
	client, err := provider.ClientFor(s.config, s.app.Getenv, s.Profile, s.region)
	if err != nil {
		return err
	}
	timeout, err := s.app.span("AWSMINT_TIMEOUT", provider.DefaultTimeout)
	if err != nil {
		return err
	}
	probe := &provider.Probe{Profile: s.Profile, Credentials: s.credentials, Client: client, Timeout: timeout, Now: s.app.Now}
	s.identity, _, err = probe.Identity(ctx)
	switch provider.RefusalOf(err) {
	case provider.RefusedNot:
	case provider.RefusedExpired, provider.RefusedKey, provider.RefusedSignature:
		return fault.Wrap(err, fault.Refused, fmt.Sprintf("AWS does not take the temporary key %s for profile %q%s: it has expired, or was not copied whole", provider.LastFour(s.found.id()), s.Profile, s.found.at(keycheck.AccessKeyID)),
			"get a new one where it came from, and copy all three values; an old one in a file can be deleted there")
	}
	if err != nil {
		return err
	}
	s.credentials.AccountID = s.identity.Account
	if stored := s.stored.ARN; stored != "" && stored != s.identity.ARN && !s.Force {
		return fault.New(fault.Failure, fmt.Sprintf("profile %q has the key of %s, and the temporary key is of %s", s.Profile, stored, s.identity.ARN),
			"choose another profile name for it; or, to have it all the same until it ends, run it again with --force")
	}
	return nil
}

// keepTemporary puts the key into the cache in the place of what was minted
// before.
func (s *importStep) keepTemporary(ctx context.Context) error {
	if err := s.forgetSessions(); err != nil {
		return err
	}
	options, err := s.app.options(s.Profile, s.app.Environ, ask{noInput: s.unasked})
	if err != nil {
		return err
	}
	options.Keychain = s.keychain
	return provider.Keep(ctx, s.link, s.credentials, options)
}
