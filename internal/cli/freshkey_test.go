package cli

import (
	"testing"
	"time"
)

func TestKeyIsFreshAsLongAsAWSMayNotKnowIt(t *testing.T) {
	now := time.Date(2026, 8, 5, 12, 0, 0, 0, time.UTC)
	for date, want := range map[string]bool{
		"2026-08-05T11:59:50+00:00": true,
		"2026-08-05T13:59:50+02:00": true,
		"2026-08-05T11:50:00Z":      true, // by a clock that is ahead of AWS's
		"2026-08-05T12:20:00Z":      true, // and one behind
		"2026-08-05T10:59:00Z":      false,
		"2023-08-05T12:00:00+00:00": false,
		"":                          true,
		"yesterday":                 true,
	} {
		made, fresh := whenMade(date, now)
		if fresh != want {
			t.Errorf("%q: fresh is %v", date, fresh)
		}
		if _, err := time.Parse(time.RFC3339, date); made.IsZero() != (err != nil) {
			t.Errorf("%q: made at %v", date, made)
		}
	}
}
