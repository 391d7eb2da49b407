package provider_test

import (
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
)

// TestClockThatIsAheadOfUnsignedRequests: AWS looks at the clock of signed
// requests alone. What has ended by this machine's clock serves no program, and
// is told as what it is.
func TestClockThatIsAheadOfUnsignedRequests(t *testing.T) {
	words := []string{"ended 1h ago by this machine's clock", "ahead of AWS's", "set the clock right"}
	t.Run("web identity", func(t *testing.T) {
		w, file, config := webRole(t)
		w.sts.SetSkew(-2 * time.Hour)
		w.putToken(file, time.Hour)
		kept := w.sealed()
		got, err := w.as(config, "ci")
		wantFault(t, err, fault.Refused, append(words, `profile "ci"`)...)
		if got.AccessKeyID != "" || w.sealed() != kept {
			t.Error("they were handed out, or kept")
		}
	})
	t.Run("IAM Identity Center", func(t *testing.T) {
		w := newSSOWorld(t)
		w.sts.SetSkew(-2 * time.Hour)
		w.signIn()
		_, err := w.get("dev")
		wantFault(t, err, fault.Refused, append(words, `profile "dev"`)...)
	})
}
