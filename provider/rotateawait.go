package provider

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
)

// How often AWS is asked whether it knows a key by now.
const (
	firstPause = time.Second
	mostPause  = 8 * time.Second

	// inARow is how many answers must be good, one after the other: while a
	// change spreads, one of AWS's servers knows of it and the next does not.
	inARow = 3
)

// await waits until AWS knows a key. Where it does not in time, the error is
// AWS's own of the last time.
func (r *rotating) await(ctx context.Context, pair keychain.KeyPair) (who Identity, err error) {
	var unknown error
	err = r.poll(ctx, pair.AccessKeyID, inARow, nil, func(ctx context.Context) (bool, error) {
		got, err := r.identity(ctx, pair)
		if isUnknownKey(err) {
			unknown = err
			return false, nil
		}
		who = got
		return true, err
	})
	if errors.Is(err, errNotInTime) {
		err = fault.Wrap(unknown, fault.Refused,
			fmt.Sprintf("AWS did not accept the key %s within %s", LastFour(pair.AccessKeyID), Span(r.KeyTimeout)),
			"look at it in the IAM console: it may have been deactivated or deleted")
	}
	return who, err
}

// identity asks whose a key is, once.
func (r *rotating) identity(ctx context.Context, pair keychain.KeyPair) (Identity, error) {
	v := Verifier{
		Profile: r.Profile, Client: r.Client, Timeout: r.Options.Timeout, Now: r.Options.Now,
		Key: keychain.Key{AccessKeyID: pair.AccessKeyID, SecretAccessKey: pair.SecretAccessKey},
	}
	return v.Identity(ctx)
}

// errNotInTime is poll's where it has no other.
var errNotInTime = errors.New("not in time")

// poll asks until the answer was good a number of times in a row. An error of
// ask ends it; after KeyTimeout the error is late, or else errNotInTime. Where
// keyID is given, whoever watches is told that this key is waited for, from the
// first answer on that is not good.
func (r *rotating) poll(ctx context.Context, keyID string, times int, late error, ask func(context.Context) (good bool, err error)) error {
	began, pause, row := r.Options.Now(), firstPause, 0
	telling := false
	for {
		good, err := ask(ctx)
		if err != nil {
			return err
		}
		if row++; !good {
			row = 0
		}
		if row >= times {
			return nil
		}
		waited := r.Options.Now().Sub(began)
		if waited >= r.KeyTimeout {
			if late == nil {
				late = errNotInTime
			}
			return late
		}
		if telling = telling || !good; telling && keyID != "" {
			r.report(RotationProgress{Event: KeyAwaited, KeyID: keyID, Waited: waited})
		}
		if err := r.Wait(ctx, pause); err != nil {
			return fault.Wrap(err, fault.Person, "cancelled", "")
		}
		if pause = min(2*pause, mostPause); good {
			pause = firstPause
		}
	}
}
