package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
)

// A key is taken for one that a run made and could not store only if AWS dates
// it within the time that this run noted for its attempt: from when it was
// about to ask, less clockSlack for AWS's clocks among themselves, until it
// gave up, and lateSlack more for a request whose sender has gone.
const (
	clockSlack = 2 * time.Second
	lateSlack  = 5 * time.Second

	// listLag is well over what IAM's list lags behind what is there: a key
	// that is not in it by then was never made.
	listLag = time.Hour
)

// awsNow is AWS's time, by the last list of keys.
func (r *rotating) awsNow() time.Time { return r.listed.theirs.Add(r.Options.Now().Sub(r.listed.ours)) }

// live are the attempts of which a key may yet come to light.
func (r *rotating) live() []keychain.Attempt {
	if r.item.Rotation == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(r.item.Rotation.Attempts), func(a keychain.Attempt) bool {
		return r.awsNow().Sub(a.Until) > listLag
	})
}

// mayBeStray reports whether an attempt may have made a key, by its date and by
// what there was before.
func (r *rotating) mayBeStray(key UserKey) bool {
	return key.ID != r.item.AccessKeyID && slices.ContainsFunc(r.item.Rotation.Attempts, func(a keychain.Attempt) bool {
		return !slices.Contains(a.Known, key.ID) && !key.Created.Before(a.From.Add(-clockSlack)) && !key.Created.After(a.Until)
	})
}

// clearStrays deletes a key that an interrupted run made and did not store:
// nobody knows its secret. A key that was ever used, or that somebody has, is
// none; where there is any doubt left, it is for a person to decide.
func (r *rotating) clearStrays(ctx context.Context, keys []UserKey) (kept []UserKey, err error) {
	if r.step() != keychain.RotationCreating {
		return keys, nil
	}
	var strays []UserKey
	for _, key := range keys {
		if !r.mayBeStray(key) {
			kept = append(kept, key)
			continue
		}
		if err := r.lookUp(ctx, &key); err != nil {
			return nil, err
		}
		if key.Holder != "" || !key.LastUsed.IsZero() {
			kept = append(kept, key)
			continue
		}
		strays = append(strays, key)
	}
	switch {
	case len(strays) == 0:
		return kept, nil
	case len(strays) > 1 || !strays[0].UseKnown || !strays[0].Active:
		return nil, r.doubtful(strays)
	}
	if err := r.drop(ctx, strays[0], KeyStray); err != nil {
		return nil, err
	}
	// AWS allows two keys: while this one was there, no attempt made another.
	return kept, r.write(ctx, nil)
}

func (r *rotating) doubtful(strays []UserKey) error {
	var named []string
	for _, key := range strays {
		named = append(named, key.describe(r.awsNow()))
	}
	return fault.New(fault.Failure,
		"what an interrupted rotation made can't be told from what somebody else did, and nothing is deleted: "+strings.Join(named, "; "),
		fmt.Sprintf("if nobody uses it, delete it in the IAM console; then run: awsmint rotate %s", r.Profile))
}

// awaitList waits until IAM lists more than known keys, since it says that
// there are: what an interrupted run made may take a while to be listed.
func (r *rotating) awaitList(ctx context.Context, known int, refused error) error {
	return r.poll(ctx, "", 1, refused, func(ctx context.Context) (bool, error) {
		keys, _, err := r.list(ctx)
		return len(keys) > known, err
	})
}
