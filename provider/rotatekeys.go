package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
)

// maxUserKeys is how many access keys AWS lets a user have, active or not.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const maxUserKeys = 2

// useLag is within what AWS knows of a key's use, which may be hours behind.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys_last-used.html
const useLag = day

// UserKey is an access key as IAM lists it.
type UserKey struct {
	ID       string
	Active   bool
	Created  time.Time
	LastUsed time.Time // zero: never, if UseKnown; AWS may be hours behind
	UseKnown bool      // whether AWS was asked for LastUsed, and told
	Holder   string    // who has it, as Rotation.HeldBy says; empty: not known, or not asked
}

// Unused reports whether the key may be deleted for being of no use: it was
// never used, or it is inactive and was not used for so long. What a key does
// that is active can't be seen from a few months: some things run once a year.
func (k UserKey) Unused(now time.Time, d time.Duration) bool {
	switch {
	case !k.UseKnown || k.Holder != "":
		return false
	case k.LastUsed.IsZero():
		return now.Sub(k.Created) >= useLag
	}
	return !k.Active && now.Sub(k.LastUsed) >= d
}

// describe names a key for a person: "…ABCD (made 120 days ago, last used 3
// days ago)".
func (k UserKey) describe(now time.Time) string {
	var parts []string
	if !k.Active {
		parts = append(parts, "inactive")
	}
	parts = append(parts, "made "+Ago(now.Sub(k.Created)))
	switch {
	case !k.LastUsed.IsZero():
		parts = append(parts, "last used "+Ago(now.Sub(k.LastUsed)))
	case k.UseKnown:
		parts = append(parts, "never used")
	default:
		parts = append(parts, "last use not known")
	}
	return LastFour(k.ID) + " (" + strings.Join(parts, ", ") + ")"
}

// Ago puts a time that has gone by in days: "today", "3 days ago".
func Ago(since time.Duration) string {
	switch days := int(since / day); {
	case days < 1:
		return "today"
	case days == 1:
		return "yesterday"
	default:
		return fmt.Sprintf("%d days ago", days)
	}
}

// lookUp fills in what has to be known of a key that is not in use before it
// may be deleted.
func (r *rotating) lookUp(ctx context.Context, key *UserKey) (err error) {
	if err := r.lastUse(ctx, key); err != nil {
		return err
	}
	if key.ID != r.item.AccessKeyID && r.HeldBy != nil {
		key.Holder, err = r.HeldBy(ctx, key.ID)
	}
	return err
}

// makeRoom sees to it that AWS will make another key.
func (r *rotating) makeRoom(ctx context.Context, keys []UserKey, now time.Time) ([]UserKey, error) {
	if len(keys) < maxUserKeys {
		return keys, nil
	}
	var unused []UserKey
	for i := range keys {
		if err := r.lookUp(ctx, &keys[i]); err != nil {
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
	var other UserKey
	for _, key := range keys {
		text := key.describe(now)
		switch {
		case key.ID == r.item.AccessKeyID:
			text += ", which this profile uses"
		case key.Holder != "":
			text += ", which " + key.Holder + " has"
			fallthrough
		default:
			other = key
		}
		named = append(named, text)
	}
	if len(unused) > 0 {
		other = unused[0]
	}
	return fault.New(fault.Failure,
		fmt.Sprintf("the user has %d access keys, and AWS allows no more: %s", len(keys), strings.Join(named, "; ")), r.roomHint(other, len(unused) > 0, now))
}

// roomHint is how to get rid of the other key.
func (r *rotating) roomHint(other UserKey, unused bool, now time.Time) string {
	id, rotate := LastFour(other.ID), "awsmint rotate "+r.Profile
	idle := firstSpan(r.UnusedFor, DefaultUnusedFor)
	switch {
	case unused:
		return fmt.Sprintf("run: %s --delete-oldest-unused, which deletes %s", rotate, id)
	case other.Holder != "":
		return fmt.Sprintf("take %s out of %s, and delete it in the IAM console; then run: %s", id, other.Holder, rotate)
	case !other.Active:
		return fmt.Sprintf("somebody may want %s back: find out, and delete it in the IAM console; then run: %s", id, rotate)
	case !other.LastUsed.IsZero() && now.Sub(other.LastUsed) >= idle:
		return fmt.Sprintf("deactivate %s in the IAM console, where it can be activated again if somebody misses it; then run: %s --delete-oldest-unused", id, rotate)
	}
	return fmt.Sprintf("find out who uses the other one, and delete %s in the IAM console; then run: %s", id, rotate)
}
