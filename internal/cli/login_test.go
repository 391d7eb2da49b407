package cli

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
)

func TestTimesAreReadAsWhatTheyAre(t *testing.T) {
	now := time.Date(2026, 8, 5, 12, 0, 0, 0, time.Local) // a Wednesday
	for _, c := range []struct {
		at   time.Time
		want string
	}{
		{now.Add(time.Hour), "13:00"},
		{now.Add(12 * time.Hour), "Thu 00:00"},
		{now.AddDate(0, 0, 5), "Mon 12:00"},
		{now.AddDate(0, 0, 7), "2026-08-12 12:00"},
		{now.AddDate(1, 0, 0), "2027-08-05 12:00"},
		{now.AddDate(0, 0, -1), "2026-08-04 12:00"},
	} {
		if got := clock(c.at, now); got != c.want {
			t.Errorf("%v is %q at %v, want %q", c.at, got, now, c.want)
		}
	}
}

func TestAReportedFailureHasOnlyItsStatusLeft(t *testing.T) {
	var stderr bytes.Buffer
	refused := fault.New(fault.Refused, "no", "hint")
	if got := Report(&stderr, reported{refused}); got != int(fault.Refused) || stderr.Len() != 0 {
		t.Errorf("status %d, stderr %q", got, stderr.String())
	}
	if !errors.Is(reported{refused}, refused) {
		t.Error("the failure is not reached")
	}
	if Report(&stderr, refused); stderr.String() != "awsmint: no\n  hint\n" {
		t.Errorf("stderr %q", stderr.String())
	}
}
