package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/provider"
)

// Rotate replaces keys by new ones, and goes on with what an interrupted run
// left.
type Rotate struct {
	Profiles           []string `arg:"" optional:"" name:"profile" help:"The profiles whose keys to replace."`
	All                bool     `help:"All profiles that have a key in the keychain."`
	OlderThan          string   `placeholder:"AGE" help:"Only keys that are older than this: 90d, 36h."`
	Publish            []string `sep:"none" placeholder:"COMMAND" help:"Once the new key works and before the old one stops, run this with the new key as JSON on its stdin. Repeatable; awsmint_publish of the profile comes first."`
	NoPublish          bool     `help:"Go on although a command of an interrupted run has not taken the new key and is not given any more."`
	DeleteOldestUnused bool     `help:"Where the user has two keys already, delete the other one if it was never used, or is inactive and was not used for 90 days. One that a profile has stays."`
	Yes                bool     `short:"y" help:"With --all: do not ask first."`
	NoInput            bool     `help:"Never ask for anything, fail instead; so does AWSMINT_NO_INPUT=1."`
}

// Run takes one profile after the other. There is no limit to the whole: AWS
// takes its time to know a key, and a run that is cut short has to be run again.
func (r *Rotate) Run(ctx context.Context, app *App) error {
	run, err := r.begin(ctx, app)
	if err != nil {
		return err
	}
	return app.each(ctx, run.profiles, func(profile string) error { return run.one(ctx, profile) })
}

// rotations are those of one run.
type rotations struct {
	*Rotate
	app       *App
	config    *awsconfig.Config
	keychain  keychain.Keychain
	olderThan time.Duration // 0: whatever the age
	profiles  []string      // whose keys are to be replaced, in this order

	items map[string]keychain.Key // what is stored, by profile
	made  map[string]string       // whose rotation in this run made a key, by its id
}

// begin looks at all that can refuse before anything is changed.
func (r *Rotate) begin(ctx context.Context, app *App) (*rotations, error) {
	run := &rotations{Rotate: r, app: app, made: map[string]string{}}
	err := r.check(run)
	if err != nil {
		return nil, err
	}
	if run.config, err = awsconfig.Load(app.Paths); err != nil {
		return nil, err
	}
	if run.keychain, err = app.openKeychain(app.noInput(r.NoInput)); err != nil {
		return nil, err
	}
	if run.items, err = app.storedKeys(ctx, run.config, run.keychain, r.Profiles); err != nil {
		return nil, err
	}
	if run.profiles = r.Profiles; r.All {
		if run.profiles, err = run.all(); err == nil {
			err = run.confirm(ctx)
		}
	}
	return run, err
}

func (r *Rotate) check(run *rotations) (err error) {
	switch {
	case r.All && len(r.Profiles) > 0:
		return fault.New(fault.Usage, "--all takes no profiles", "run: awsmint rotate --all")
	case !r.All && len(r.Profiles) == 0:
		return fault.New(fault.Usage, "no profile given", "run: awsmint rotate PROFILE, or awsmint rotate --all")
	case slices.ContainsFunc(r.Publish, func(command string) bool { return clean(command) == "" }):
		return fault.New(fault.Usage, "--publish needs a command", "it is a line for the shell, which gets the new key as JSON on its stdin")
	}
	if r.OlderThan != "" {
		if run.olderThan, err = provider.ParseAge(r.OlderThan); err != nil {
			return fault.Wrap(err, fault.Usage, "--older-than: "+err.Error(), fault.HintOf(err))
		}
	}
	return nil
}

// all are the profiles that have a key. Those that an earlier run did not finish
// come first: others may have the same key.
func (r *rotations) all() (profiles []string, err error) {
	var begun []string
	for _, name := range r.config.Profiles() {
		switch item, ok := r.items[name]; {
		case !ok:
		case item.Rotation != nil:
			begun = append(begun, name)
		default:
			profiles = append(profiles, name)
		}
	}
	profiles = append(begun, profiles...)
	if len(profiles) == 0 {
		return nil, fault.New(fault.Missing, "no profile has a key in the keychain", "store one: awsmint add PROFILE")
	}
	return profiles, nil
}

// confirm shows which keys --all means.
func (r *rotations) confirm(ctx context.Context) error {
	if r.Yes {
		return nil
	}
	const what, instead = "asking whether to replace all keys", "run it again with --yes, or name the profiles"
	if r.app.noInput(r.NoInput) {
		return fault.New(fault.Person, "--no-input or AWSMINT_NO_INPUT forbids "+what, instead)
	}
	t, err := openTerminal("for "+what, instead)
	if err != nil {
		return err
	}
	defer t.Close()
	var named []string
	for _, profile := range r.profiles {
		named = append(named, fmt.Sprintf("%s (%s)", profile, provider.LastFour(r.items[profile].AccessKeyID)))
	}
	which := ""
	if r.olderThan > 0 {
		which = ", as far as they are older than " + r.OlderThan
	}
	yes, err := t.Confirm(ctx, fmt.Sprintf("The old keys stop working wherever else they are used.\nReplace the keys of %s%s?", strings.Join(named, ", "), which))
	if err == nil && !yes {
		err = fault.New(fault.Person, "cancelled: no key was replaced", "")
	}
	return cancelled(err)
}

// one replaces the key of a profile, and of all others that have the same one.
func (r *rotations) one(ctx context.Context, profile string) error {
	rotation, err := r.rotation(profile)
	if err != nil {
		return err
	}
	if done, err := r.isDone(ctx, rotation); done || err != nil {
		return err
	}
	if err := r.checkPlainText(rotation); err != nil {
		return err
	}
	// A second signal ends the run; after the first one it may be storing what
	// would be lost.
	defer context.AfterFunc(ctx, r.app.Linger)()
	shared := rotation.Shared
	progress := r.app.watchRotation(rotation)
	rotated, err := provider.Rotate(ctx, *rotation)
	progress.end()
	again := r.reread(ctx, append([]string{profile}, shared...))
	if err != nil {
		return err
	}
	r.made[rotated.New] = profile
	_, err = fmt.Fprintf(r.app.report(), "%s: key %s is replaced by %s and deleted\n",
		strings.Join(append([]string{profile}, shared...), ", "), provider.LastFour(rotated.Old), provider.LastFour(rotated.New))
	if err != nil {
		return err
	}
	return again
}

// isDone reports whether nothing is to be done, and says why.
func (r *rotations) isDone(ctx context.Context, rotation *provider.Rotation) (bool, error) {
	profile := rotation.Profile
	item, ok := r.items[profile]
	if !ok || item.Rotation != nil {
		return false, nil // Rotate says that there is none, or finishes
	}
	if other := r.made[item.AccessKeyID]; other != "" && other != profile {
		return true, nil // the line of that profile names this one
	}
	if other := r.beingReplaced(item.AccessKeyID); other != "" {
		return false, fault.New(fault.Failure, fmt.Sprintf("profile %q has the same key as %q, whose rotation is unfinished", profile, other),
			"finish that, which gives both the new key: awsmint rotate "+other)
	}
	if r.olderThan == 0 {
		return false, nil
	}
	age, err := r.age(ctx, rotation, item)
	if err != nil || age >= r.olderThan {
		return false, err
	}
	_, err = fmt.Fprintf(r.app.report(), "%s: key %s was made %s, and stays\n", profile, provider.LastFour(item.AccessKeyID), provider.Ago(age))
	return true, err
}

// beingReplaced is the profile whose unfinished rotation has to do with a key.
func (r *rotations) beingReplaced(id string) string {
	for _, name := range r.config.Profiles() {
		if item := r.items[name]; item.Rotation != nil && slices.Contains(keyIDs(item), id) {
			return name
		}
	}
	return ""
}
