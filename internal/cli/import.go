package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/keycheck"
	"github.com/awsmint/awsmint/internal/term"
	"github.com/awsmint/awsmint/provider"
)

// Import takes keys from where they stand in plain text, or from another
// program's keeping, into awsmint's.
type Import struct {
	Profiles  []string `arg:"" optional:"" name:"profile" help:"The profiles whose keys to take from ~/.aws/credentials or ~/.aws/config; with another source, the one to write."`
	All       bool     `help:"All profiles that have a permanent key in these files."`
	CSV       string   `name:"csv" xor:"source" placeholder:"FILE" help:"Take the key from the accessKeys.csv that the console gives to download."`
	EnvFile   string   `xor:"source" placeholder:"FILE" help:"Take the key from this .env file, which stays as it is without --clear."`
	Paste     bool     `xor:"source" help:"Take what AWS's pages give to copy, temporary keys too: pasted here and ended by an empty line, or piped in."`
	From      string   `xor:"source" placeholder:"PROGRAM" help:"Take the key from another program's keeping: aws-vault."`
	MfaSerial string   `name:"mfa-serial" placeholder:"ARN" help:"The user's MFA device. Without it awsmint asks AWS, then you."`
	Region    string   `placeholder:"REGION" help:"The profile's region."`
	Expires   string   `placeholder:"TIME" help:"How long temporary keys live that do not say so: 1h (the default), up to 36h."`
	DryRun    bool     `help:"Show what would be done, with secrets masked, and do nothing."`
	Keep      bool     `help:"Leave the plain text where it is."`
	Clear     bool     `help:"With --env-file: empty the key's lines in it."`
	NoVerify  bool     `help:"Take the key without testing it with AWS."`
	Force     bool     `short:"f" help:"Replace the key that the profile has."`
	Yes       bool     `short:"y" help:"Do not ask first."`
}

// Run finds and tries all keys first, then shows what is to be done and asks
// once. Each key is stored and read back before its plain text goes, so it is in
// one place at least whenever the run is interrupted, and the same command
// finishes.
func (i *Import) Run(ctx context.Context, app *App) error {
	run, err := i.begin(app)
	if err != nil {
		return err
	}
	steps := map[string]*importStep{}
	var order []string
	failed := app.each(ctx, run.profiles, func(profile string) error {
		step, err := run.prepare(ctx, profile)
		if err == nil && step != nil {
			steps[profile] = step
			order = append(order, profile)
		}
		return err
	})
	if len(order) == 0 || ctx.Err() != nil {
		return failed
	}
	run.steps = steps
	if err := run.confirm(ctx, order); err != nil {
		return err
	}
	if i.DryRun {
		return failed
	}
	var done []string
	err = app.each(ctx, order, func(profile string) error {
		err := steps[profile].do(ctx)
		if err == nil {
			done = append(done, profile)
		}
		return err
	})
	if len(done) > 0 {
		run.close(done)
	}
	return cmp.Or(err, failed)
}

// imports are those of one run.
type imports struct {
	*Import
	app      *App
	keychain keychain.Keychain
	profiles []string
	expires  time.Duration // of temporary keys that do not say so
	unasked  bool          // there is nobody to ask
	steps    map[string]*importStep
}

// defaultExpiry is the shortest life that AWS's pages give the temporary keys
// that they show: a permission set's own session is of one hour where nobody has
// set another.
// https://docs.aws.amazon.com/singlesignon/latest/userguide/howtosessionduration.html
const defaultExpiry = time.Hour

// maxExpiry is the longest life that STS gives anything: GetSessionToken's.
const maxExpiry = 36 * time.Hour

// begin looks at all that can refuse before anything is read.
func (i *Import) begin(app *App) (*imports, error) {
	run := &imports{Import: i, app: app, expires: defaultExpiry, profiles: unique(i.Profiles)}
	if err := i.check(run); err != nil {
		return nil, err
	}
	config, err := awsconfig.Load(app.Paths)
	if err != nil {
		return nil, err
	}
	if i.All {
		if run.profiles = run.plain(config); len(run.profiles) == 0 {
			return nil, fault.New(fault.Missing, fmt.Sprintf("no profile has a permanent key in %s or %s", tilde(app.Paths.Credentials), tilde(app.Paths.Config)),
				"there is nothing to import; to store a key, run: awsmint add PROFILE")
		}
	}
	run.unasked = i.Yes || i.DryRun || app.noInput(false) || term.Available() != nil
	if run.unasked && !i.Yes && !i.DryRun && !i.isElsewhere() && run.anyInFiles(config) {
		return nil, unagreed
	}
	run.keychain, err = app.openKeychain(app.noInput(false))
	return run, err
}

// unagreed is for a run that would change files, with nobody to ask.
var unagreed = fault.New(fault.Person, "nobody can be asked whether to import: there is no terminal, or AWSMINT_NO_INPUT forbids it",
	"look at what would be done with --dry-run, then run it again with --yes")

// isElsewhere reports whether the key comes from elsewhere than the two config
// files.
func (i *Import) isElsewhere() bool {
	return i.CSV != "" || i.EnvFile != "" || i.Paste || i.From != ""
}

// check refuses flags that do nothing together.
func (i *Import) check(run *imports) (err error) {
	refused := func(fact, hint string) error { return fault.New(fault.Usage, fact, hint) }
	elsewhere := i.isElsewhere()
	switch {
	case i.All && (elsewhere || len(i.Profiles) > 0):
		return refused("--all takes no profile and no other source", "run: awsmint import --all")
	case !i.All && len(i.Profiles) == 0:
		return refused("no profile given", "run: awsmint import PROFILE, or awsmint import --all")
	case elsewhere && len(run.profiles) > 1:
		return refused("one key is for one profile", "name one profile")
	case (i.All || len(run.profiles) > 1) && (i.MfaSerial != "" || i.Region != ""):
		return refused("--mfa-serial and --region are for one profile", "import the profiles one by one")
	case i.From != "" && i.From != awsVault:
		return refused(fmt.Sprintf("--from: awsmint knows nothing of %q", i.From), "it takes keys from aws-vault; from others, pipe what they print: … | awsmint import PROFILE --paste")
	case i.Clear && i.EnvFile == "":
		return refused("--clear goes with --env-file only", "leave it out, or name the file")
	case i.Clear && i.Keep:
		return refused("--clear and --keep contradict each other", "leave one of them out")
	}
	if i.Expires != "" {
		if run.expires, err = provider.ParseSpan(i.Expires); err != nil {
			return fault.Wrap(err, fault.Usage, "--expires: "+err.Error(), fault.HintOf(err))
		}
		if run.expires > maxExpiry {
			return refused(fmt.Sprintf("--expires: no temporary key lives for %s", provider.Span(run.expires)), "AWS gives them "+provider.Span(maxExpiry)+" at most")
		}
	}
	return nil
}

// anyInFiles reports whether there is a key to import, or something that is
// wrong with one: where there is none, nobody is to be asked about it.
func (r *imports) anyInFiles(config *awsconfig.Config) bool {
	return slices.ContainsFunc(r.profiles, func(name string) bool {
		found, err := keysInFiles(config, name)
		return err != nil || len(found) > 0
	})
}

// plain are the profiles that have a permanent key in the files. Temporary ones
// end by themselves: they are taken where they are named.
func (r *imports) plain(config *awsconfig.Config) (names []string) {
	for _, name := range config.Profiles() {
		found, err := keysInFiles(config, name)
		if err != nil {
			r.app.Warn(err.Error())
			continue
		}
		f := taken(found)
		switch {
		case f.isNone():
		case f.isTemporary() && !f.isPermanentByID(): // a token that another key has left is told of as such
			r.app.Note(leftAlone(config, name, f))
		default:
			names = append(names, name)
		}
	}
	return names
}

// leftAlone is what is said of a temporary key. One that stands before awsmint's
// own line is what an import left that was killed while it wrote the files.
func leftAlone(config *awsconfig.Config, name string, f foundKey) string {
	text := fmt.Sprintf("profile %q has a temporary key%s, which is left where it is", name, f.at(keycheck.AccessKeyID))
	if section, err := config.Profile(name); err == nil && isReachable(section) {
		text += "; SDKs use it in the place of awsmint: take its lines out, or, if it is a new one, run: awsmint import " + quoted(name)
	}
	return text
}

// unique is a list without repetitions.
func unique(names []string) (once []string) {
	for _, name := range names {
		if !slices.Contains(once, name) {
			once = append(once, name)
		}
	}
	return once
}
