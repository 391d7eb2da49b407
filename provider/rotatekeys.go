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

// maxUserKeys is how many access keys AWS lets a user have, active or not.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const maxUserKeys = 2

// A key that a run made and could not store was made by AWS's clock within
// createWindow after that run noted the time, which it got from AWS; a minute
// before is for AWS's clocks among themselves.
const (
	createWindow = 5 * time.Minute
	clockSlack   = time.Minute
)

// UserKey is an access key as IAM lists it.
type UserKey struct {
	ID       string
	Active   bool
	Created  time.Time
	LastUsed time.Time // zero: never, if UseKnown; AWS may be hours behind
	UseKnown bool      // whether AWS was asked for LastUsed, and told
}

// idleSince is when the key was last of use to anybody.
func (k UserKey) idleSince() time.Time {
	if k.LastUsed.After(k.Created) {
		return k.LastUsed
	}
	return k.Created
}

// Unused reports whether the key may be deleted for being of no use: it is
// inactive, or has not been used for d.
func (k UserKey) Unused(now time.Time, d time.Duration) bool {
	return !k.Active || k.UseKnown && now.Sub(k.idleSince()) >= d
}

// describe names a key for a person: "…ABCD (made 120 days ago, last used 3
// days ago)".
func (k UserKey) describe(now time.Time) string {
	var parts []string
	if !k.Active {
		parts = append(parts, "inactive")
	}
	parts = append(parts, "made "+ago(now, k.Created))
	switch {
	case !k.LastUsed.IsZero():
		parts = append(parts, "last used "+ago(now, k.LastUsed))
	case k.UseKnown:
		parts = append(parts, "never used")
	}
	return LastFour(k.ID) + " (" + strings.Join(parts, ", ") + ")"
}

// ago is how many days ago a time was.
func ago(now, then time.Time) string {
	switch days := int(now.Sub(then).Hours() / 24); {
	case days < 1:
		return "today"
	case days == 1:
		return "yesterday"
	default:
		return fmt.Sprintf("%d days ago", days)
	}
}

// clearStrays deletes a key that an interrupted run made and did not store:
// nobody knows its secret. A key of that time which is in use is somebody's,
// and left to a person.
func (r *rotating) clearStrays(ctx context.Context, keys []UserKey) ([]UserKey, error) {
	if r.step() != keychain.RotationCreating {
		return keys, nil
	}
	journal := r.item.Rotation
	var kept []UserKey
	for _, key := range keys {
		after := key.Created.Sub(journal.Began)
		if key.ID == r.item.AccessKeyID || slices.Contains(journal.Known, key.ID) || after < -clockSlack || after > createWindow {
			kept = append(kept, key)
			continue
		}
		if err := r.lastUse(ctx, &key); err != nil {
			return nil, err
		}
		if !key.UseKnown || !key.LastUsed.IsZero() {
			return nil, fault.New(fault.Failure,
				fmt.Sprintf("the user has a second key that was made while an earlier rotation broke off, and may be somebody's: %s", key.describe(r.Options.Now())),
				"if nobody uses it, delete it in the IAM console")
		}
		if err := r.drop(ctx, key, KeyStray); err != nil {
			return nil, err
		}
	}
	return kept, nil
}

// makeRoom sees to it that AWS will make another key.
func (r *rotating) makeRoom(ctx context.Context, keys []UserKey, now time.Time) ([]UserKey, error) {
	if len(keys) < maxUserKeys {
		return keys, nil
	}
	var unused []UserKey
	for i := range keys {
		if err := r.lastUse(ctx, &keys[i]); err != nil {
			return nil, err
		}
		limit := firstSpan(r.UnusedFor, DefaultUnusedFor)
		if keys[i].ID != r.item.AccessKeyID && keys[i].Unused(now, limit) {
			unused = append(unused, keys[i])
		}
	}
	if len(unused) == 0 || r.UnusedFor == 0 {
		return nil, r.twoKeys(keys, unused, now)
	}
	oldest := slices.MinFunc(unused, func(a, b UserKey) int { return a.Created.Compare(b.Created) })
	if err := r.drop(ctx, oldest, KeyUnused); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(keys, func(key UserKey) bool { return key.ID == oldest.ID }), nil
}

func (r *rotating) drop(ctx context.Context, key UserKey, why RotationEvent) error {
	if err := r.deleteKey(ctx, key.ID); err != nil {
		return err
	}
	r.result.Deleted = append(r.result.Deleted, key.ID)
	r.tell(why, key.ID)
	return nil
}

// twoKeys says that there is no room for another key, and how to make some.
func (r *rotating) twoKeys(keys, unused []UserKey, now time.Time) error {
	var named []string
	for _, key := range keys {
		text := key.describe(now)
		if key.ID == r.item.AccessKeyID {
			text += ", which this profile uses"
		}
		named = append(named, text)
	}
	hint := "find out who uses the other one, and delete it in the IAM console"
	if len(unused) > 0 {
		hint = fmt.Sprintf("run: awsmint rotate %s --delete-oldest-unused, which deletes %s", r.Profile, LastFour(unused[0].ID))
	}
	return fault.New(fault.Failure,
		fmt.Sprintf("the user has %d access keys, and AWS allows no more: %s", len(keys), strings.Join(named, "; ")), hint)
}

// awaitList waits until IAM lists more than known keys, since it says that
// there are: what an interrupted run made may take a while to be listed.
func (r *rotating) awaitList(ctx context.Context, known int, refused error) error {
	return r.poll(ctx, "", 1, refused, func(ctx context.Context) (bool, error) {
		keys, _, err := r.list(ctx)
		return len(keys) > known, err
	})
}
