package provider

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/cache"
	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/filelock"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/secret"
)

// Rotation replaces the long-term key of a profile by a new one. NewRotation
// makes it; Options, Session and Client are needed, the rest has defaults.
type Rotation struct {
	Profile string   // whose key it is
	Session *Session // what IAM is asked with; without a Serial the key itself
	Client  Client   // how AWS is reached, IAM too
	Options Options

	// Shared are other profiles whose keychain items may hold the same key:
	// those that do get the new one with it.
	Shared []string

	// Publish are commands for the shell, each of which gets the new key as
	// JSON on its stdin before the old one is deactivated.
	Publish []string

	// NoPublish goes on although commands that an earlier run was to give the
	// new key are not among Publish any more.
	NoPublish bool

	// MayRetire has the last word before the new key takes the place of the old
	// one, when that is published; its error leaves both valid. nil: yes.
	MayRetire func(ctx context.Context, oldID string) error

	// Environ is the environment of these commands; nil: that of Options.
	Environ []string

	// UnusedFor lets the other of two keys be deleted to make room, if it was
	// never used, or is inactive and was not used for so long; 0: it is left
	// alone.
	UnusedFor time.Duration

	// HeldBy says who has a key of the user's, for a person: `profile "ci"`.
	// Such a key is never deleted for being unused, or for one that an
	// interrupted run left; empty: nobody. nil: nobody has any.
	HeldBy func(ctx context.Context, keyID string) (string, error)

	KeyTimeout     time.Duration // for AWS to know the new key everywhere; 0: DefaultKeyTimeout
	PublishTimeout time.Duration // for each command; 0: DefaultPublishTimeout

	Wait     func(ctx context.Context, d time.Duration) error // nil: a timer
	Progress func(RotationProgress)                           // nil: nobody watches
	Forget   func() error                                     // removes what the cache holds of the old key; nil: of Profile and Shared

	// Run runs one of Publish with a key's JSON; nil: the shell does. Its
	// errors may be shown.
	Run func(ctx context.Context, command string, key secret.String) error
}

// The defaults of a Rotation.
const (
	// DefaultKeyTimeout is well over what new keys take to be known: seconds,
	// by experience, as AWS promises nothing.
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html#troubleshoot_general_eventual-consistency
	DefaultKeyTimeout = 2 * time.Minute
	// DefaultPublishTimeout is for a command that talks to a slow service.
	DefaultPublishTimeout = 2 * time.Minute
	// DefaultUnusedFor is for how long a key that may be deleted was not used.
	DefaultUnusedFor = 90 * 24 * time.Hour
)

// Rotated is what came of a rotation.
type Rotated struct {
	Old, New string    // the ids of the keys; New is in use
	Resumed  bool      // an earlier run had begun it
	Deleted  []string  // the ids of other keys that were deleted: see UnusedFor, and interrupted runs
	Began    time.Time // by AWS's clock
}

// NewRotation returns the rotation of the key of a profile, which must be its
// own and in the keychain. Publish is the profile's awsmint_publish.
func NewRotation(config *awsconfig.Config, getenv func(string) string, profile string, o Options) (*Rotation, error) {
	owner, err := findOwner(config, getenv, profile, noKeyToRotate)
	if err != nil {
		return nil, err
	}
	r := &Rotation{Profile: profile, Session: owner.session, Client: owner.client, Options: o}
	if command := owner.section.Get("awsmint_publish"); command != "" {
		r.Publish = []string{command}
	}
	r.Options.Profile = firstSet(o.Profile, profile)
	return r, nil
}

// noKeyToRotate names the profile that has the key, where there is one.
func noKeyToRotate(profile string, link Link) error {
	hint := "rotate the key where these credentials come from"
	switch root := Root(link).(type) {
	case *Key:
		hint = "run: awsmint rotate " + root.profile
	case *Static:
		if !root.isTemporary() {
			hint = "move the key into the keychain first: awsmint import " + root.profile
		}
	}
	return fault.New(fault.Usage, fmt.Sprintf("profile %q has no key of its own in the keychain: %s", profile, Describe(link)), hint)
}

// Rotate makes a new key, waits until it works, publishes it, puts it into the
// place of the old one, and deactivates and then deletes that.
//
// It is safe to be interrupted anywhere: a journal in the keychain item of the
// key says how far it has come, and the next call goes on from there, or back
// where it can't. One working key is in the keychain all the time. A person is
// asked for one MFA code at most in a run.
//
// Each error says where the rotation stands. It is that of AWS or of the
// keychain, or a fault: that another process is rotating a key, that the user
// has two keys already (which names them), that a command did not take the key.
func Rotate(ctx context.Context, rotation Rotation) (Rotated, error) {
	r := &rotating{Rotation: rotation}
	r.setDefaults()
	if err := r.Client.ready(); err != nil {
		return Rotated{}, err
	}
	unlock, err := r.lock(ctx)
	if err != nil {
		return Rotated{}, err
	}
	defer unlock()
	if r.item, err = r.read(ctx, r.Profile); err != nil {
		return Rotated{}, r.unread(err)
	}
	r.result.Resumed = r.item.Rotation != nil
	if err := r.run(ctx); err != nil {
		ctx := context.WithoutCancel(ctx)
		if errors.Is(err, errReplaced) {
			r.withdraw(ctx)
		}
		return r.result, r.standing(ctx, err)
	}
	return r.result, nil
}

// rotating is one run of Rotate.
type rotating struct {
	Rotation
	item    keychain.Key    // as it stands in the keychain
	session aws.Credentials // that IAM is asked with, once there is one
	unkept  string          // the id of a new key that could be neither stored nor deleted
	result  Rotated

	listed struct{ ours, theirs time.Time } // when IAM last listed the keys, by both clocks
}

// maxTurns bounds the steps of a run: four, and those again when it had to go
// back to the beginning, and one for each time that IAM's list lagged behind.
const maxTurns = 12

// run takes step after step until the journal is closed.
func (r *rotating) run(ctx context.Context) error {
	if err := r.survive(ctx); err != nil {
		return err
	}
	for range maxTurns {
		var err error
		switch r.step() {
		case "", keychain.RotationCreating:
			err = r.create(ctx)
		case keychain.RotationPending:
			err = r.takeOver(ctx)
		case keychain.RotationSwitched:
			err = r.retire(ctx)
		case keychain.RotationDeactivated:
			return r.finish(ctx)
		default:
			err = fault.New(fault.Keychain, fmt.Sprintf("the journal of the rotation has a step %q that this awsmint does not know", short(string(r.step()))),
				"a newer awsmint may have written it: use that version")
		}
		if err != nil {
			return err
		}
	}
	return fault.New(fault.Failure, "AWS contradicts itself about the user's keys", "wait a minute and run the same command again")
}

// step is how far the journal says the rotation has come; empty: not begun.
func (r *rotating) step() keychain.RotationStep {
	if r.item.Rotation == nil {
		return ""
	}
	return r.item.Rotation.Step
}

func (r *rotating) setDefaults() {
	r.Options = r.Options.withDefaults()
	r.Options.again = "awsmint rotate " + r.Profile
	if r.Environ == nil {
		r.Environ = r.Options.Environ
	}
	r.KeyTimeout = firstSpan(r.KeyTimeout, DefaultKeyTimeout)
	r.PublishTimeout = firstSpan(r.PublishTimeout, DefaultPublishTimeout)
	if r.Wait == nil {
		r.Wait = sleep
	}
	if r.Forget == nil {
		r.Forget = r.forgetOwn
	}
	if r.Run == nil {
		r.Run = r.shell
	}
}

func (r *rotating) forgetOwn() error {
	scopes := []string{Scope(r.Profile)}
	for _, profile := range r.Shared {
		scopes = append(scopes, Scope(profile))
	}
	_, err := r.Options.Cache.RemoveScopes(scopes)
	return err
}

// lockWait is how long another rotation is waited for: it may be at a prompt.
const lockWait = time.Second

// lock keeps other rotations away, of whichever profile: two may have the same
// key. A cache that can't be written is no reason not to rotate.
func (r *rotating) lock(ctx context.Context) (unlock func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	unlock, err = r.Options.Cache.Lock(ctx, cache.Name{Scope: "rotations"})
	var held *filelock.HeldError
	switch {
	case err == nil:
		return unlock, nil
	case errors.As(err, &held):
		return nil, waitedInVain(held, doing{"rotating a key", "let it finish"}, lockWait)
	}
	r.Options.Log.Debug("no lock", "error", err)
	return func() {}, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
