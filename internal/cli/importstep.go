package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/keycheck"
	"github.com/awsmint/awsmint/internal/secret"
)

// importStep is the import of one profile's key.
type importStep struct {
	*addition
	run   *imports
	found foundKey
	stale []foundKey // temporary keys in the config files, which go

	outgoing staleSeed // the seed that goes with the key before
	temporary
}

// prepare finds a profile's key and tries it. It changes nothing. Where nothing
// is to be done the step is nil.
func (r *imports) prepare(ctx context.Context, profile string) (*importStep, error) {
	add := &Add{Profile: profile, MfaSerial: r.MfaSerial, Region: r.Region, NoVerify: r.NoVerify, Force: r.Force}
	begun, err := add.begin(ctx, r.app, r.keychain, r.From)
	if err != nil {
		return nil, err
	}
	s := &importStep{addition: begun, run: r}
	s.unasked = r.unasked
	inFiles, err := keysInFiles(s.config, profile)
	if err != nil {
		return nil, err
	}
	if s.found, err = r.find(ctx, profile, inFiles); err != nil {
		return nil, err
	}
	if !r.Keep {
		s.stale = stale(inFiles, s.found)
	}
	if s.found.isNone() {
		return nil, s.nothing()
	}
	if err := r.vet(profile, s.found); err != nil {
		return nil, err
	}
	s.newKey = newKey{
		key:    keychain.Key{AccessKeyID: s.found.id(), SecretAccessKey: s.found.SecretAccessKey},
		serial: s.found.serial, region: s.found.region,
	}
	if s.found.isTemporary() {
		err = s.completeTemporary(ctx)
	} else {
		err = s.located(s.completePermanent(ctx))
	}
	if err != nil {
		return nil, err
	}
	// What can't be edited is told now, while nothing is done yet.
	_, err = r.diff([]*importStep{s})
	if errors.Is(err, awsconfig.ErrOtherKey) {
		err = fault.Wrap(err, fault.StatusOf(err), err.Error(), "nothing was changed; "+fault.HintOf(err))
	}
	return s, err
}

// nothing says that there is no plain text to import, which is how things are
// once it was.
func (s *importStep) nothing() error {
	if s.stored.AccessKeyID == "" {
		return fault.New(fault.Missing, fmt.Sprintf("profile %q has no plaintext key in %s or %s", s.Profile, tilde(s.app.Paths.Credentials), tilde(s.app.Paths.Config)),
			"to store one, run: awsmint add "+quoted(s.Profile)+"\nto take it from elsewhere: --paste, --csv FILE, --env-file FILE or --from aws-vault")
	}
	s.app.Note(fmt.Sprintf("profile %q has no plaintext key; its key is in the keychain already", s.Profile))
	return nil
}

// located adds where a permanent key stands to what AWS says against it.
func (s *importStep) located(err error) error {
	if where := s.found.at(keycheck.AccessKeyID); where != "" && fault.StatusOf(err) == fault.Refused {
		return fault.Wrap(err, fault.Refused, err.Error()+where, fault.HintOf(err)+"\na key that is gone for good is of no use there: take its lines out")
	}
	return err
}

// completePermanent is what add does, with a hint for a key that lies in a file.
func (s *importStep) completePermanent(ctx context.Context) (err error) {
	if s.replaces() && s.another() {
		err := s.alreadyStored()
		if !s.found.inFiles || s.isRotating() {
			return err
		}
		return fault.Wrap(err, fault.StatusOf(err), fmt.Sprintf("%v, and the one at %s is another", err, s.found.place(keycheck.AccessKeyID)),
			"if that is the newer one, run it again with --force; if it is an old one, take its lines out of the file, since SDKs use it instead of awsmint")
	}
	if s.newKey, err = s.checked(s.newKey); err != nil {
		return err
	}
	if err := s.complete(ctx); err != nil {
		return err
	}
	s.outgoing, err = s.staleSeed(ctx)
	return err
}

// do stores the key, reads it back, and only then writes the files.
func (s *importStep) do(ctx context.Context) error {
	keep := s.keepKey
	if s.link != nil {
		keep = s.keepTemporary
	}
	if err := keep(ctx); err != nil {
		return err
	}
	for _, edited := range s.run.files() {
		if err := awsconfig.Update(ctx, edited.path, func(d *awsconfig.Document) error { return edited.edit(s, d) }); err != nil {
			return s.halfway(edited.undone, err)
		}
	}
	if s.run.Clear {
		if err := s.clearEnvFile(ctx); err != nil {
			return s.halfway("its profile is written, but the key is also still in the file that it came from", err)
		}
	}
	return s.tell()
}

// halfway is a failure of a later step: what is done already stays.
func (s *importStep) halfway(undone string, err error) error {
	return fault.Wrap(err, fault.StatusOf(err), fmt.Sprintf("the key of profile %q is stored, and %s: %v", s.Profile, undone, err), fault.HintOf(err))
}

// keepKey stores the key in the keychain and looks whether it is there.
func (s *importStep) keepKey(ctx context.Context) error {
	if err := s.store(ctx); err != nil {
		return err
	}
	kept, err := storedKey(ctx, s.keychain, s.Profile)
	if err != nil {
		return fault.Wrap(err, fault.StatusOf(err), fmt.Sprintf("the keychain took the key of profile %q and can't be read: %v; the config files are as they were", s.Profile, err), fault.HintOf(err))
	}
	if kept.AccessKeyID != s.key.AccessKeyID || kept.SecretAccessKey != s.key.SecretAccessKey {
		return fault.New(fault.Keychain, fmt.Sprintf("the keychain took the key of profile %q and does not give it back", s.Profile),
			"the config files are as they were; try another keychain, such as AWSMINT_KEYCHAIN=file")
	}
	return nil
}

// editConfig writes the profile, and takes its plain text out.
func (s *importStep) editConfig(d *awsconfig.Document) error {
	if err := s.settings().write(d); err != nil {
		return err
	}
	return s.editCredentials(d)
}

// editCredentials takes the plaintext key out, with those that are stale, and
// the mfa_serial that awsmint_mfa_serial stands for: the SDK for .NET does not
// take it beside a credential_process.
func (s *importStep) editCredentials(d *awsconfig.Document) error {
	if s.run.Keep {
		return nil
	}
	keys := []awsconfig.PlainKey{{AccessKeyID: s.found.id(), SecretAccessKey: s.found.SecretAccessKey}}
	for _, header := range []awsconfig.Header{awsconfig.ConfigProfile(s.Profile), awsconfig.CredentialsProfile(s.Profile)} {
		if serial, ok := d.Get(header, "mfa_serial"); ok && serial == s.settings().serial {
			d.Remove(header, "mfa_serial")
		}
		if id, _ := d.Get(header, "aws_access_key_id"); isTemporaryID(id) { // also where SDKs pass it over
			value, _ := d.Get(header, "aws_secret_access_key")
			keys = append(keys, awsconfig.PlainKey{AccessKeyID: id, SecretAccessKey: secret.New(value)})
		}
	}
	_, err := d.RemovePlainKey(s.Profile, keys...)
	if errors.Is(err, awsconfig.ErrOtherKey) {
		hint := "SDKs would use that key instead of awsmint: move its lines to a profile of their own, or take them out, and run it again; or leave all plain text with --keep"
		if !s.found.inFiles {
			hint += "\nif it is the key to use, run: awsmint import " + quoted(s.Profile)
		}
		return fault.Wrap(err, fault.StatusOf(err), err.Error(), hint)
	}
	return err
}
