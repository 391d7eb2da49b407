//go:build unix

package e2e

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/awsmint/awsmint/internal/ststest"
)

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
			ststest.Fault{Action: action, Status: 503, Code: "ServiceUnavailable", Message: "no"},
			ststest.Fault{Action: action, Late: true, Status: 503, Code: "ServiceUnavailable", Message: "no"},
			ststest.Fault{Action: action, Late: true, Hang: true})
	}
	labs := rotatingLabs(t, len(faults), false)
	var group sync.WaitGroup
	for i, fault := range faults {
		group.Go(func() {
			l := labs[i]
			if i%2 == 1 {
				l = l.shared(t)
			}
			l.Set("AWSMINT_TIMEOUT", "2s")
			l.AWS.Inject(fault)
			what := fmt.Sprintf("%s failing: late %v, reset %v, hang %v, code %q", fault.Action, fault.Late, fault.ResetConn, fault.Hang, fault.Code)
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
