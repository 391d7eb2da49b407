package cli

import (
	"context"
	"fmt"
	"os"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/mfa"
	"github.com/awsmint/awsmint/provider"
)

// Add stores an access key and writes the profile that uses it, or writes the
// profile of a role.
type Add struct {
	Profile       string `arg:"" help:"The profile to write."`
	FromEnv       bool   `xor:"source" help:"Take the key from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."`
	Stdin         bool   `xor:"source" help:"Read the key as JSON: AccessKeyId, SecretAccessKey, and if you like MfaSerial, TotpSeed, Region; or as aws iam create-access-key prints it."`
	MfaSerial     string `name:"mfa-serial" placeholder:"ARN" help:"The user's MFA device. Without it awsmint asks AWS, then you."`
	Region        string `placeholder:"REGION" help:"The profile's region."`
	RoleARN       string `name:"role-arn" placeholder:"ARN" help:"Store no key: write the profile of a role, assumed with --source-profile."`
	SourceProfile string `placeholder:"PROFILE" help:"The profile whose credentials assume the role."`
	ExternalID    string `name:"external-id" placeholder:"ID" help:"The external id that the role's trust policy asks for."`
	Duration      string `placeholder:"TIME" help:"How long the role's credentials live: 1h (the default), up to 12h straight from a key."`
	NoVerify      bool   `help:"Store the key without testing it with AWS."`
	NoConfig      bool   `help:"Print the profile instead of writing it to the config file."`
	Force         bool   `short:"f" help:"Replace the key, or the role, that the profile has."`
}

// Run stores the key first and writes the config afterwards: whenever it is
// interrupted, the key is not lost and the same command can be run again.
func (a *Add) Run(ctx context.Context, app *App) error {
	if role, err := a.isRole(); role || err != nil {
		if err != nil {
			return err
		}
		return a.role(ctx, app)
	}
	step, err := a.begin(ctx, app, nil, "")
	if err != nil {
		return err
	}
	// A key without a profile is what an interrupted add left: it may go on.
	if step.replaces() && isOwn(step.section) {
		return step.alreadyStored()
	}
	step.unasked = a.FromEnv || a.Stdin || app.noInput(false)
	if step.newKey, err = a.read(ctx, app); err != nil {
		return err
	}
	for _, next := range []func(context.Context) error{step.complete, step.store, step.write} {
		if err := next(ctx); err != nil {
			return err
		}
	}
	return step.report()
}

// begin looks at all that can refuse before anybody is asked for anything, but
// for the key that is stored. It opens the keychain where k is nil. The
// credential_process of one program, the predecessor, may be replaced.
func (a *Add) begin(ctx context.Context, app *App, k keychain.Keychain, predecessor string) (*addition, error) {
	program, err := ownPath(os.Args[0])
	if err != nil {
		return nil, err
	}
	s := &addition{Add: a, app: app, keychain: k}
	if s.line, err = processLine(program, a.Profile); err != nil {
		return nil, err
	}
	if s.config, s.section, err = app.section(a.Profile); err != nil {
		return nil, err
	}
	if err := checkFree(s.section, predecessor, keyElsewhere(s.section)); err != nil {
		return nil, err
	}
	if err := s.checkUse(); err != nil {
		return nil, err
	}
	if k == nil {
		if s.keychain, err = app.openKeychain(app.noInput(false)); err != nil {
			return nil, err
		}
	}
	s.stored, err = storedKey(ctx, s.keychain, a.Profile)
	return s, err
}

// read gets the key from where the flags say and checks its form.
func (a *Add) read(ctx context.Context, app *App) (n newKey, err error) {
	switch {
	case a.FromEnv:
		n, err = keyFromEnvironment(app.Getenv)
	case a.Stdin:
		n, err = keyFromJSON(app.Stdin, app.Now())
	case app.noInput(false):
		err = fault.New(fault.Person, "no key was given, and AWSMINT_NO_INPUT forbids asking", "pipe it as JSON: awsmint add "+a.Profile+" --stdin")
	default:
		n, err = keyFromTerminal(ctx)
	}
	if err != nil {
		return n, err
	}
	return a.checked(n)
}

// checked is a key of the right form, with what the flags say of it.
func (a *Add) checked(n newKey) (_ newKey, err error) {
	if err := n.key.Check(); err != nil {
		return n, err
	}
	if !n.seed.IsZero() {
		if n.seed, err = mfa.CleanSeed(n.seed); err != nil {
			return n, err
		}
	}
	if a.MfaSerial != "" {
		n.serial = clean(a.MfaSerial)
	}
	if a.Region != "" {
		n.region, n.regionMeant = clean(a.Region), true
	}
	if n.serial == "" {
		return n, nil
	}
	return n, provider.CheckSerial(n.serial)
}

// storedKey is the key of a profile; its zero value where there is none.
func storedKey(ctx context.Context, k keychain.Keychain, profile string) (keychain.Key, error) {
	value, err := k.Get(ctx, keychain.KeyAccount(profile))
	if isNotFound(err) {
		return keychain.Key{}, nil
	}
	if err != nil {
		return keychain.Key{}, err
	}
	return keychain.DecodeKey(value)
}

// unchanged fails where a profile's item is not any more as it was found: a
// rotation may have put a key into it meanwhile that is nowhere else.
func unchanged(ctx context.Context, k keychain.Keychain, profile string, found keychain.Key) error {
	there, err := storedKey(ctx, k, profile)
	if err != nil || keychain.SameKeys(there, found) {
		return err
	}
	return fault.New(fault.Failure, fmt.Sprintf("another run changed the key of profile %q in the keychain meanwhile, and that stays as it is", profile),
		"look at it with awsmint list, and run this again if it is still wanted")
}
