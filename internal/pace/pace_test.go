package pace_test

import (
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/pace"
)

// A time that time.Now gave is compared by a clock that stands still while the
// machine sleeps: what was due in the night would come in the morning, late.
func TestTimesAreThoseOfTheWallClock(t *testing.T) {
	now := time.Now()
	if now == now.Round(0) {
		t.Skip("this system's time has no monotonic part")
	}
	for name, at := range map[string]time.Time{
		"a third of a short life": pace.BeforeExpiry(now, now.Add(6*time.Minute).Round(0)),
		"the least pause":         pace.BeforeExpiry(now, now.Round(0)),
		"the window":              pace.BeforeExpiry(now, now.Add(12*time.Hour).Round(0)),
		"a failure":               pace.AfterFailure(now, 3, true, false),
		"a person who declines":   pace.AfterFailure(now, 1, true, true),
	} {
		if at.IsZero() || at != at.Round(0) {
			t.Errorf("%s: %v is no time of the wall clock", name, at)
		}
	}
}
