package filelock

import (
	"testing"
	"time"
)

func TestPauseGrowsWithTheWait(t *testing.T) {
	for waited, want := range map[time.Duration]time.Duration{
		0:                      5 * time.Millisecond,
		40 * time.Millisecond:  5 * time.Millisecond,
		160 * time.Millisecond: 20 * time.Millisecond,
		400 * time.Millisecond: 50 * time.Millisecond,
		time.Minute:            50 * time.Millisecond,
	} {
		if got := pause(waited); got != want {
			t.Errorf("after %s: %s, want %s", waited, got, want)
		}
	}
}
