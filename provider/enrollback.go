package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
)

// afterwards is a context for what is done although the run is over, which is
// told to linger.
func (e *enrolling) afterwards(ctx context.Context) (asking context.Context, done func()) {
	linger := e.Linger
	if linger == nil {
		linger = func() {}
	}
	disarm := func() bool { return true }
	if ctx.Err() != nil {
		linger()
	} else {
		disarm = context.AfterFunc(ctx, linger)
	}
	asking, cancel := context.WithTimeout(context.WithoutCancel(ctx), e.Options.Timeout)
	return asking, func() { disarm(); cancel() }
}

// rollBack deletes the device that could not be enabled, and then its seed, and
// returns why it could not, with what became of both. A device that stays keeps
// its seed: the next run goes on with both. The error is nil where the device
// is enabled after all.
func (e *enrolling) rollBack(ctx context.Context, failed error) error {
	ctx, done := e.afterwards(ctx)
	defer done()
	err := e.drop(ctx)
	switch code := apiCode(err); {
	case code == "DeleteConflict" && e.lost:
		return nil // the user has it: the answer to EnableMFADevice was lost
	case err == nil:
		return fault.Also(failed, fmt.Sprintf("the new device %s is deleted again%s", e.serial, e.forgetSeed(ctx)))
	case code == "NoSuchEntity":
		return fault.Also(failed, fmt.Sprintf("AWS has no device %s%s", e.serial, e.forgetSeed(ctx)))
	}
	e.Options.Log.Debug("the new device is not deleted", "error", err)
	e.left = e.kept
	return fault.Also(failed, e.leftOver())
}

// forgetSeed deletes the seed of a device that there is no more. What it returns
// is to be said of it.
func (e *enrolling) forgetSeed(ctx context.Context) string {
	if !e.Store {
		return ""
	}
	err := e.Options.Keychain.Delete(ctx, keychain.SeedAccount(e.Profile))
	if err == nil || errors.Is(err, keychain.ErrNotFound) {
		return ""
	}
	e.Options.Log.Debug("the seed is not deleted", "error", err)
	if !e.kept {
		return ""
	}
	return "; its seed could not be deleted from the keychain, do that with: awsmint mfa remove " + e.Profile
}

// leftOver says what is left at AWS, and what to do about it.
func (e *enrolling) leftOver() string {
	if e.seed.IsZero() {
		return fmt.Sprintf("whether AWS made the device %s is not known; run the same command again, which makes it or says that it is there", e.serial)
	}
	state, next := "not enabled, since it could not be deleted", e.howToDelete()
	if e.lost {
		state, next = "enabled or not: that is not known", "run the same command again, which says whether it is"
	}
	if e.kept {
		next = "to go on with it, run the same command again: " + e.command("--store")
	}
	return fmt.Sprintf("the new device %s is left at AWS, %s; %s", e.serial, state, next)
}
