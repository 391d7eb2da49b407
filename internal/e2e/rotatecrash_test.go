//go:build unix

package e2e

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/ststest"
)

// rotating is a home for each of a test's runs: two rotations in the same one
// would keep out of each other's way.
type rotating struct {
	*lab.Lab
	alice    *ststest.User
	profiles []string // that have her key
}

func rotatingLabs(t *testing.T, n int, withMFA bool) (all []rotating) {
	t.Helper()
	for range n {
		l, alice := withKey(t, true)
		l.AWS.SetPropagation(time.Second)
		if withMFA {
			l.AWS.SetSelfService("alice", ststest.SelfServiceWithMFA)
		} else {
			edit(t, l.ConfigFile(), "awsmint_mfa_serial", "# awsmint_mfa_serial")
		}
		all = append(all, rotating{l, alice, []string{"work"}})
	}
	return all
}

// shared gives another profile the same key.
func (r rotating) shared(t *testing.T) rotating {
	t.Helper()
	if err := r.Add("again", r.alice, true); err != nil {
		t.Error(err)
	}
	r.profiles = append(r.profiles, "again")
	return r
}

// goesOn checks that the key in the keychain works whatever became of a run,
// and that the next one leaves one key.
func (r rotating) goesOn(t *testing.T, after string) {
	t.Helper()
	for _, profile := range r.profiles {
		keyWorks(t, r.Lab, "alice", profile)
	}
	before := r.AWS.Calls("GetSessionToken")
	again := r.Run("", "rotate", "work")
	if again.Err != nil {
		t.Errorf("%s, and then: status %d, %s", after, again.Status, again.Stderr)
		return
	}
	if asked := r.AWS.Calls("GetSessionToken") - before; asked > 1 {
		t.Errorf("%s: the next run took %d codes", after, asked)
	}
	oneKey(t, r.Lab, "alice", r.alice.AccessKeyID, r.profiles...)
	if t.Failed() {
		t.Logf("after: %s\nthe next run said\n%s", after, again.Stderr)
	}
}

// A rotation killed at any moment: the key in the keychain works, and the next
// run leaves one key, which is in the keychain.
func TestKilledRotation(t *testing.T) {
	t.Parallel()
	const rounds = 20
	labs := rotatingLabs(t, rounds+1, false)
	span := rotated(t, labs[rounds].Run("", "rotate", "work")).Took
	var killed atomic.Int32
	var group sync.WaitGroup
	for i, delay := range delays(rounds, span) {
		group.Go(func() {
			if killAfter(t, labs[i].Lab, "", delay, "rotate", "work") {
				killed.Add(1)
			}
			labs[i].goesOn(t, fmt.Sprintf("killed after %v of %v", delay, span))
		})
	}
	group.Wait()
	t.Logf("%d of %d runs were killed within %v", killed.Load(), rounds, span)
	if killed.Load() == 0 {
		t.Error("no run was killed: the test shows nothing")
	}
}

// The same at each step that is told of, with codes that AWS takes once.
func TestRotationKilledAtEachStep(t *testing.T) {
	t.Parallel()
	steps := []string{"made the new key", "waiting for AWS", "the new key", "publish command 1", "is in use", "deactivated", "deleted the old"}
	labs := rotatingLabs(t, len(steps), true)
	var group sync.WaitGroup
	for i, step := range steps {
		edit(t, labs[i].ConfigFile(), "[profile work]", "[profile work]\nawsmint_publish = cat >/dev/null")
		s := start(t, labs[i].Lab, "rotate", "work")
		group.Go(func() {
			told := false
			for line := range s.lines {
				if told = strings.Contains(line, step); told {
					_ = s.cmd.Process.Signal(syscall.SIGKILL)
					break
				}
			}
			for range s.lines {
			}
			_ = s.wait()
			if !told {
				t.Errorf("the run did not tell of %q:\n%s", step, s.stderr.String())
				return
			}
			labs[i].goesOn(t, "killed after "+step)
		})
	}
	group.Wait()
}

// The same in the middle of each call, before AWS has done what is asked and
// when it has done so, where two profiles have the key.
func TestRotationKilledInEachCall(t *testing.T) {
	t.Parallel()
	var faults []ststest.Fault
	for _, action := range []string{"GetSessionToken", "ListAccessKeys", "CreateAccessKey", "GetCallerIdentity", "UpdateAccessKey", "DeleteAccessKey"} {
		faults = append(faults, ststest.Fault{Action: action, Hang: true}, ststest.Fault{Action: action, Hang: true, Late: true})
	}
	labs := rotatingLabs(t, len(faults), true)
	var group sync.WaitGroup
	for i, fault := range faults {
		l := labs[i].shared(t)
		l.AWS.Reset()
		l.AWS.Inject(fault)
		s := start(t, l.Lab, "rotate", "work")
		group.Go(func() {
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			if err := l.AWS.WaitFor(ctx, fault.Action, 1); err != nil {
				t.Error(err)
			}
			_ = s.cmd.Process.Signal(syscall.SIGKILL)
			for range s.lines {
			}
			_ = s.wait()
			l.AWS.Reset()
			l.goesOn(t, fmt.Sprintf("killed in %s, done %v", fault.Action, fault.Late))
		})
	}
	group.Wait()
}

// A key that somebody made by hand after a run was killed is never deleted.
func TestKilledRotationAndAKeyMadeByHand(t *testing.T) {
	t.Parallel()
	l := rotatingLabs(t, 1, false)[0]
	l.AWS.Inject(ststest.Fault{Action: "CreateAccessKey", Hang: true})
	s := start(t, l.Lab, "rotate", "work")
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := l.AWS.WaitFor(ctx, "CreateAccessKey", 1); err != nil {
		t.Fatal(err)
	}
	_ = s.cmd.Process.Signal(syscall.SIGKILL)
	for range s.lines {
	}
	_ = s.wait()
	l.AWS.Reset()
	mine, err := l.AWS.AddAccessKey("alice")
	if err != nil {
		t.Fatal(err)
	}
	l.AWS.SetKeyHistory(mine.ID, time.Now().Add(40*time.Second), time.Time{})
	for _, args := range [][]string{{"rotate", "work"}, {"rotate", "work", "--delete-oldest-unused"}, {"rotate", "--all", "--yes"}} {
		failed(t, l.Run("", args...), 1, "2 access keys", lastFour(mine.ID)+" (made today, never used)", lastFour(l.alice.AccessKeyID)+" (made today, ", "then run: awsmint rotate work")
	}
	if keys := l.AWS.AccessKeys("alice"); len(keys) != 2 {
		t.Fatal("a key was deleted")
	}

	// One that stands somewhere on this machine is somebody's whenever it was
	// made.
	l.AWS.SetKeyHistory(mine.ID, time.Now(), time.Time{})
	edit(t, l.ConfigFile(), "[profile work]", "[profile ci]\naws_access_key_id = "+mine.ID+"\naws_secret_access_key = "+mine.Secret+"\n\n[profile work]")
	failed(t, l.Run("", "rotate", "work"), 1, "2 access keys", `(profile "ci") has`)
	keyWorks(t, l.Lab, "alice", "work")
}
