//go:build unix

package e2e

import (
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
	alice *ststest.User
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
		all = append(all, rotating{l, alice})
	}
	return all
}

// goesOn checks that the key in the keychain works whatever became of a run,
// and that the next one leaves one key.
func (r rotating) goesOn(t *testing.T, after string) {
	t.Helper()
	keyWorks(t, r.Lab, "alice", "work")
	before := r.AWS.Calls("GetSessionToken")
	again := r.Run("", "rotate", "work")
	if again.Err != nil {
		t.Errorf("%s, and then: status %d, %s", after, again.Status, again.Stderr)
		return
	}
	if asked := r.AWS.Calls("GetSessionToken") - before; asked > 1 {
		t.Errorf("%s: the next run took %d codes", after, asked)
	}
	oneKey(t, r.Lab, "alice", r.alice.AccessKeyID, "work")
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

// Each call of AWS fails in turn, without an answer or with a refusal, carried
// out or not.
func TestRotationWhereACallFails(t *testing.T) {
	t.Parallel()
	var faults []ststest.Fault
	for _, action := range []string{"ListAccessKeys", "CreateAccessKey", "GetCallerIdentity", "UpdateAccessKey", "DeleteAccessKey"} {
		faults = append(faults,
			ststest.Fault{Action: action, Code: "AccessDenied", Message: "no"},
			ststest.Fault{Action: action, ResetConn: true},
			ststest.Fault{Action: action, Late: true, ResetConn: true},
			ststest.Fault{Action: action, Status: 503, Code: "ServiceUnavailable", Message: "no"})
	}
	labs := rotatingLabs(t, len(faults), false)
	var group sync.WaitGroup
	for i, fault := range faults {
		group.Go(func() {
			l := labs[i]
			l.Set("AWSMINT_TIMEOUT", "2s")
			l.AWS.Inject(fault)
			what := fmt.Sprintf("%s failing: late %v, reset %v, code %q", fault.Action, fault.Late, fault.ResetConn, fault.Code)
			r := l.Run("", "rotate", "work")
			if want := map[bool]int{true: 5, false: 6}[fault.Code == "AccessDenied"]; r.Status != want {
				t.Errorf("%s: status %d, want %d \n%s", what, r.Status, want, r.Stderr)
			}
			if !strings.Contains(r.Stderr, "run: awsmint rotate work") {
				t.Errorf("%s: stderr\n%s", what, r.Stderr)
			}
			l.AWS.Reset()
			l.Set("AWSMINT_TIMEOUT", "")
			l.goesOn(t, what)
		})
	}
	group.Wait()
}
