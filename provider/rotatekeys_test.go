package provider_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

const day = 24 * time.Hour

func TestTwoKeysAreNamedAndTheUnusedOneGoesOnRequest(t *testing.T) {
	const remedy = "run: awsmint rotate work --delete-oldest-unused, which deletes …"
	for _, test := range []struct {
		name          string
		created, used time.Duration // ago; used 0: never
		inactive      bool
		limit         time.Duration // 0: not allowed
		words         []string      // empty: it is deleted
	}{
		{"never used", 25 * time.Hour, 0, false, 90 * day, nil},
		{"inactive, and not used for long", 400 * day, 90 * day, true, 90 * day, nil},
		{"inactive, and never used", 25 * time.Hour, 0, true, 90 * day, nil},
		{"never used, not allowed", 91 * day, 0, false, 0, []string{"made 91 days ago, never used", remedy}},
		{"inactive, not allowed", 400 * day, 100 * day, true, 0, []string{"(inactive, made 400 days ago, last used 100 days ago", remedy}},
		{"active, and not used for long", 400 * day, 100 * day, false, 90 * day, []string{"made 400 days ago, last used 100 days ago", "deactivate …", "then run: awsmint rotate work --delete-oldest-unused"}},
		{"active, and in use", 400 * day, 3 * day, false, 90 * day, []string{"last used 3 days ago", "find out who uses the other one"}},
		{"inactive, and used today", 400 * day, time.Hour, true, 90 * day, []string{"(inactive, made 400 days ago, last used today", "somebody may want …"}},
		{"inactive, and used a while ago", 400 * day, 89 * day, true, 90 * day, []string{"(inactive, made 400 days ago, last used 89 days ago", "somebody may want …"}},
		{"never used, and so young that AWS may not know", 23 * time.Hour, 0, false, 90 * day, []string{"made today, never used", "find out who uses the other one"}},
		{"used today, not allowed", 400 * day, time.Hour, false, 0, []string{"last used today", "find out who uses the other one"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRotator(t, true)
			now := r.clock.Now()
			used := now.Add(-test.used)
			if test.used == 0 {
				used = time.Time{}
			}
			other := r.secondKey(now.Add(-test.created), used)
			if test.inactive {
				r.sts.DisableKey(other.ID)
			}
			r.sts.SetKeyHistory(r.user.AccessKeyID, now.Add(-120*day), time.Time{})
			rotated, err := r.rotate(func(r *provider.Rotation) { r.UnusedFor = test.limit })
			if test.words == nil {
				if err != nil {
					t.Fatalf("%v\n%s", err, fault.HintOf(err))
				}
				r.wantOneKey(r.user.AccessKeyID)
				r.wantEvents("unused", "created", "works", "switched", "deactivated", "deleted")
				if len(rotated.Deleted) != 1 || rotated.Deleted[0] != other.ID {
					t.Errorf("deleted %q", rotated.Deleted)
				}
				return
			}
			words := append(test.words, "the user has 2 access keys", provider.LastFour(other.ID),
				provider.LastFour(r.user.AccessKeyID)+" (made 120 days ago", "which this profile uses", "is in use as before", "awsmint rotate work")
			wantFault(t, err, fault.Failure, words...)
			if len(r.sts.AccessKeys("alice")) != 2 || r.item("work").Rotation != nil {
				t.Error("something was begun")
			}
		})
	}
}

// What is not known to be unused is not deleted.
func TestKeyOfUnknownUseIsLeftAlone(t *testing.T) {
	r := newRotator(t, true)
	r.secondKey(r.clock.Now().Add(-400*day), time.Time{})
	r.sts.Inject(ststest.Fault{Action: "GetAccessKeyLastUsed", Code: "AccessDenied", Message: "no"})
	_, err := r.rotate(func(r *provider.Rotation) { r.UnusedFor = 90 * day })
	wantFault(t, err, fault.Failure, "(made 400 days ago, last use not known);", "find out who uses the other one")
}

// IAM's list may lag behind its quota: the stray is not in it at first.
func TestStrayThatIsNotListedYet(t *testing.T) {
	r := newRotator(t, true)
	r.endAt("after CreateAccessKey")
	r.clock.advance(2 * time.Minute)
	r.behave(pretence{hidden: 3})
	r.mustRotate()
	r.wantOneKey(r.user.AccessKeyID)

	// One that never shows up.
	before := r.item("work").AccessKeyID
	r.endAt("after CreateAccessKey")
	r.behave(pretence{hidden: 1000})
	_, err := r.rotate(impatient)
	wantFault(t, err, fault.Refused, "AccessKeysPerUser", "nobody knows the secret of", "run: awsmint rotate work")
	r.behave(pretence{})
	r.mustRotate()
	r.wantOneKey(before)
}

func TestNewKeyThatIsLostBeforeItTookOver(t *testing.T) {
	r := newRotator(t, true)
	r.endAt("publish")
	lost := r.item("work").Rotation.Pending.AccessKeyID
	r.sts.RemoveAccessKey(lost)
	r.said = nil
	r.mustRotate(impatient)
	r.wantOneKey(r.user.AccessKeyID)
	r.wantEvents("gone", "created", "works", "switched", "deactivated", "deleted")

	before := r.item("work").AccessKeyID
	r.endAt("publish")
	off := r.item("work").Rotation.Pending.AccessKeyID
	r.sts.DisableKey(off)
	_, err := r.rotate(impatient)
	wantFault(t, err, fault.Refused, "somebody has deactivated the new key "+provider.LastFour(off), "both are valid", "IAM console")
	r.sts.RemoveAccessKey(off)
	r.mustRotate(impatient)
	r.wantOneKey(before)
}

func TestNewKeyThatIsLostAfterItTookOver(t *testing.T) {
	r := newRotator(t, false)
	r.endAt("before DeleteAccessKey")
	item := r.item("work")
	r.sts.RemoveAccessKey(item.AccessKeyID)
	_, err := r.rotate(impatient)
	wantFault(t, err, fault.Refused, "knows neither the new key "+provider.LastFour(item.AccessKeyID), "activate one of them in the IAM console")
	r.sts.EnableKey(r.user.AccessKeyID)
	r.said = nil
	r.mustRotate(impatient)
	r.wantOneKey(r.user.AccessKeyID)
	r.wantEvents("gone", "created", "works", "switched", "deactivated", "deleted")
}

func TestNewKeyThatAWSIsSlowToKnow(t *testing.T) {
	r := newRotator(t, true)
	r.sts.SetPropagation(3 * time.Minute)
	_, err := r.rotate()
	wantFault(t, err, fault.Refused, "did not accept the key …", "within 2m", "is stored", "both are valid", "run: awsmint rotate work")
	r.clock.advance(3 * time.Minute)
	r.sts.SetPropagation(0)
	r.mustRotate()
	r.wantOneKey(r.user.AccessKeyID)
}

// While a change spreads, AWS says now yes, now no.
func TestKeyCountsOnceItIsKnownForGood(t *testing.T) {
	r := newRotator(t, false)
	r.behave(pretence{flaps: "nynnyyn", action: "GetCallerIdentity"})
	r.mustRotate()
	// Three in a row each time, and before the first time those seven.
	if got := strings.Count(strings.Join(r.events, "\n"), "before GetCallerIdentity"); got != 7+3+3 {
		t.Errorf("AWS was asked %d times", got)
	}
}

// STS may know a key that IAM does not know yet.
func TestKeyThatIAMDoesNotKnowYet(t *testing.T) {
	for _, action := range []string{"UpdateAccessKey", "DeleteAccessKey"} {
		r := newRotator(t, false)
		r.behave(pretence{flaps: "nn", action: action})
		r.mustRotate()
		r.wantOneKey(r.user.AccessKeyID)

		before := r.item("work").AccessKeyID
		r.behave(pretence{flaps: strings.Repeat("n", 1000), action: action})
		_, err := r.rotate()
		wantFault(t, err, fault.Refused, "AWS does not know the access key", "run: awsmint rotate work")
		r.behave(pretence{})
		r.mustRotate()
		r.wantOneKey(before)
	}
}

// A session that AWS accepts no longer is no key to wait for.
func TestSessionThatIsRevoked(t *testing.T) {
	r := newRotator(t, true)
	r.behave(pretence{flaps: "n", action: "UpdateAccessKey"})
	_, err := r.rotate()
	wantFault(t, err, fault.Refused, `no longer accepts the session of profile "work"`, "awsmint login work --force", "run: awsmint rotate work")
	r.mustRotate()
	r.wantOneKey(r.user.AccessKeyID)
}

// AWS may be hours behind with when a key was last used: the profile's own may
// look unused.
func TestOwnKeyIsNeverTheUnusedOne(t *testing.T) {
	r := newRotator(t, true)
	r.mustMint(r.settings())
	r.sts.SetKeyHistory(r.user.AccessKeyID, r.clock.Now().Add(-400*day), time.Time{})
	r.secondKey(r.clock.Now().Add(-300*day), r.clock.Now())
	_, err := r.rotate(func(r *provider.Rotation) { r.UnusedFor = 90 * day })
	wantFault(t, err, fault.Failure, "find out who uses the other one")
	if len(r.sts.AccessKeys("alice")) != 2 {
		t.Error("a key was deleted")
	}
}

func TestKeysAreListed(t *testing.T) {
	r := newRotator(t, true)
	now := r.clock.Now().Truncate(time.Second)
	used := now.Add(-3 * day)
	r.sts.SetKeyHistory(r.user.AccessKeyID, now.Add(-120*day), used)
	other := r.secondKey(now.Add(-10*day), time.Time{})
	r.sts.DisableKey(other.ID)
	r.mustMint(r.settings())
	keys, err := r.rotation().Keys(within(t))
	if err != nil {
		t.Fatal(err)
	}
	want := []provider.UserKey{
		{ID: r.user.AccessKeyID, Active: true, Created: now.Add(-120 * day), LastUsed: now, UseKnown: true},
		{ID: other.ID, Created: now.Add(-10 * day), UseKnown: true},
	}
	if diff := cmp.Diff(want, keys, cmpopts.EquateApproxTime(time.Minute)); diff != "" {
		t.Error(diff)
	}
	if len(r.sts.AccessKeys("alice")) != 2 || r.item("work").Rotation != nil {
		t.Error("something was changed")
	}
}
