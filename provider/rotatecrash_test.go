package provider_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/provider"
)

// TestRotationSurvivesItsEndAnywhere: whatever a run does last, the key in the
// keychain works at every moment, and the next run leaves one key.
func TestRotationSurvivesItsEndAnywhere(t *testing.T) {
	sweep{withMFA: true, delay: 10 * time.Second}.run(t)
	sweep{}.run(t)
}

// TestRotationSurvivesAFailureAnywhere: the same where one call of AWS or of
// the keychain fails, carried out or not, and the run can do something about
// it.
func TestRotationSurvivesAFailureAnywhere(t *testing.T) {
	sweep{withMFA: true, once: true}.run(t)
	sweep{delay: 10 * time.Second, once: true}.run(t)
}

func TestRotationSurvivesARefusalAnywhere(t *testing.T) {
	sweep{withMFA: true, once: true, pretence: pretence{refusal: "AccessDenied"}}.run(t)
	sweep{withMFA: true, once: true, pretence: pretence{refusal: "ServiceUnavailable"}}.run(t)
	sweep{withMFA: true, once: true, pretence: pretence{refusal: "ServiceUnavailable", late: true}}.run(t)
}

// TestRotationSurvivesSilenceAnywhere: AWS does not answer, before or after it
// has done what was asked.
func TestRotationSurvivesSilenceAnywhere(t *testing.T) {
	sweep{withMFA: true, once: true, pretence: pretence{hang: true}}.run(t)
	sweep{withMFA: true, once: true, pretence: pretence{hang: true, late: true}}.run(t)
}

// TestRotationOfASharedKeySurvives: the same where two profiles have the key.
// Both of them work at every moment, and both have the new one in the end.
func TestRotationOfASharedKeySurvives(t *testing.T) {
	for _, s := range []sweep{
		{}, {once: true},
		{once: true, pretence: pretence{refusal: "AccessDenied"}},
		{once: true, pretence: pretence{refusal: "ServiceUnavailable"}},
		{once: true, pretence: pretence{refusal: "ServiceUnavailable", late: true}},
		{once: true, pretence: pretence{hang: true, late: true}},
	} {
		s.withMFA, s.shared = true, true
		s.run(t)
	}
}

// TestResumedRotationSurvivesItsEndAnywhere: the same for a run that finds what
// an earlier one left.
func TestResumedRotationSurvivesItsEndAnywhere(t *testing.T) {
	for _, left := range []string{"after CreateAccessKey", "publish", "after UpdateAccessKey"} {
		t.Run(left, func(t *testing.T) {
			sweep{withMFA: true, before: func(r *rotator) { r.endAt(left) }}.run(t)
		})
	}
	// The first of these is asked about as no other is.
	for _, how := range []pretence{{}, {refusal: "AccessDenied"}, {refusal: "ServiceUnavailable", late: true}, {hang: true, late: true}} {
		sweep{withMFA: true, once: true, before: func(r *rotator) { r.endAt("after CreateAccessKey") }, pretence: how}.run(t)
	}
}

// TestRotationGoesBackWhereverItEnds: the new key was deleted at AWS after it
// had taken over.
func TestRotationGoesBackWhereverItEnds(t *testing.T) {
	sweep{before: func(r *rotator) {
		r.endAt("before UpdateAccessKey")
		r.sts.RemoveAccessKey(r.item("work").AccessKeyID)
	}, dead: true}.run(t)
}

// sweep rotates once for each event of a rotation, which breaks there.
type sweep struct {
	withMFA  bool
	delay    time.Duration // until a change of a key is known
	once     bool          // a failure, and not the end of the run
	shared   bool          // another profile has the same key
	before   func(*rotator)
	dead     bool // the key in the keychain does not work at first
	pretence      // how AWS fails
}

func (s sweep) begin(t *testing.T) *rotator {
	r := newRotator(t, s.withMFA)
	r.sts.SetPropagation(s.delay)
	if s.before != nil {
		s.before(r)
	}
	if s.shared {
		r.share("copy")
	}
	r.behave(s.pretence)
	r.breakAt(0, s.once)
	return r
}

func (s sweep) run(t *testing.T) {
	calm := s.begin(t)
	calm.mustRotate(publishes(calm), impatient)
	calm.wantOneKey(calm.user.AccessKeyID)
	for i := range calm.events {
		if !s.tells(calm.events, i) {
			continue
		}
		t.Run(name(calm.events, i+1), func(t *testing.T) {
			t.Parallel()
			r := s.begin(t)
			r.breakAt(i+1, s.once)
			rotated, err := r.rotate(publishes(r), impatient, hasty)
			before := r.user.AccessKeyID
			if err == nil {
				// What failed was not needed, or came last.
				before = rotated.New
				r.wantOneKey(r.user.AccessKeyID)
			} else {
				wantFault(t, err, fault.StatusOf(err), "run: awsmint rotate work")
			}
			if !s.dead {
				r.wantWorking()
			}
			r.breakAt(0, s.once)
			r.mustRotate(publishes(r), impatient)
			r.wantOneKey(before)
		})
	}
}

// tells reports whether something is to be learnt from a break at an event that
// others don't tell. A run that ends before a call leaves what it leaves after
// the one before, and nothing changes by asking.
func (s sweep) tells(events []string, i int) bool {
	before, what, _ := strings.Cut(events[i], " ")
	switch {
	case i > 1 && events[i-2] == events[i]:
		return false // the same question once more
	case s.refusal != "" || s.hang:
		return isRequest(what) && (before == "after") == s.late
	case strings.HasPrefix(what, "get "):
		return before == "before" && (s.once || i == 0)
	}
	return s.once || before != "before"
}

// isRequest reports whether an event is of a request to AWS.
func isRequest(what string) bool { return strings.ToLower(what) != what }

// endAt has a run end at an event, by its name.
func (r *rotator) endAt(event string) {
	r.t.Helper()
	r.mu.Lock()
	r.events, r.at, r.named, r.broken = nil, 0, event, false
	r.mu.Unlock()
	if _, err := r.rotate(publishes(r), hasty); err == nil {
		r.t.Fatalf("the run did not come to %q", event)
	}
	r.breakAt(0, false)
}

// impatient gives a key that is gone little time to come back.
func impatient(r *provider.Rotation) { r.KeyTimeout = 40 * time.Second }

// publishes takes the new key, which must work by then, and counts as an event.
func publishes(r *rotator) func(*provider.Rotation) {
	return func(rotation *provider.Rotation) {
		rotation.Publish = []string{"deploy"}
		rotation.Run = func(context.Context, string, secret.String) error {
			if len(r.sts.AccessKeys("alice")) != 2 {
				r.t.Error("both keys are to be valid while the new one is published")
			}
			if !r.happen("publish") {
				return errDead
			}
			return nil
		}
	}
}
