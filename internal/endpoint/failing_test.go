package endpoint

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/pace"
)

func TestFailingProvider(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{life: time.Hour}
		k := keeping(t, m)
		down := fault.New(fault.Network, "no route", "look at the cable")
		m.fail(down)
		begin := time.Now()
		pass(45 * time.Minute)
		wantID(t, k, "ASIA1") // it lives
		want := []time.Duration{0, 40 * time.Minute}
		for next, pause := want[1], time.Second; ; pause = min(2*pause, time.Minute) {
			if next += pause; next > 45*time.Minute {
				break
			}
			want = append(want, next)
		}
		if diff := cmp.Diff(want, m.since(begin)); diff != "" {
			t.Errorf("asked (-want +got):\n%s", diff)
		}
		pass(16 * time.Minute)
		if _, err := k.credentials(t.Context()); !errors.Is(err, down) {
			t.Errorf("after the end: %v", err)
		}
		asked := len(m.since(begin))
		for range 1000 {
			if _, err := k.credentials(t.Context()); !errors.Is(err, down) {
				t.Fatal(err)
			}
		}
		if len(m.since(begin)) != asked {
			t.Errorf("a crowd of clients asked %d times more", len(m.since(begin))-asked)
		}
		m.fail(nil)
		pass(2 * time.Second) // a client's next try
		if c, err := k.credentials(t.Context()); err != nil || c.AccessKeyID != fmt.Sprintf("ASIA%d", asked+1) {
			t.Errorf("after it has come back: %q, %v", c.AccessKeyID, err)
		}
	})
}

func TestRecoveryWithoutARequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{life: time.Hour}
		k := keeping(t, m)
		m.fail(errors.New("down"))
		pass(10 * time.Hour)
		m.fail(nil)
		pass(time.Minute)
		asked := len(m.calls)
		wantID(t, k, fmt.Sprintf("ASIA%d", asked))
		// The next failure is a first one again.
		m.fail(errors.New("down"))
		pass(time.Until(k.renewal))
		m.fail(nil)
		pass(pace.LeastPause)
		wantID(t, k, fmt.Sprintf("ASIA%d", asked+2))
	})
}

// Whoever does not answer a question is not asked again and again.
func TestDecliningPerson(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{life: time.Hour}
		k := keeping(t, m)
		m.fail(fault.New(fault.Person, "no code", "run: awsmint login work"))
		begin := time.Now()
		pass(10 * time.Hour)
		want := []time.Duration{0, 40 * time.Minute, 45 * time.Minute, 50 * time.Minute, 55 * time.Minute, 60 * time.Minute}
		if diff := cmp.Diff(want, m.since(begin)); diff != "" {
			t.Errorf("asked (-want +got):\n%s", diff)
		}
		if _, err := k.credentials(t.Context()); fault.StatusOf(err) != fault.Person {
			t.Error(err)
		}
		m.fail(nil)
		pass(time.Second)
		if c, err := k.credentials(t.Context()); err != nil || c.AccessKeyID != "ASIA8" {
			t.Errorf("after a login: %q, %v", c.AccessKeyID, err)
		}
	})
}

func TestExpiredFromTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{life: 0}
		k := keeping(t, m)
		if c, err := k.credentials(t.Context()); c.AccessKeyID != "ASIA1" || err != nil {
			t.Errorf("got %q, %v", c.AccessKeyID, err)
		}
		pass(time.Hour)
		if asked := len(m.calls); asked > 70 {
			t.Errorf("asked %d times in an hour", asked)
		}
	})
}

func TestHangingProviderIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{life: time.Minute}
		k := keeping(t, m)
		m.slowDown(time.Hour)
		pass(5 * time.Minute)
		begin := time.Now()
		if _, err := k.credentials(t.Context()); !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) > defaultTimeout {
			t.Errorf("%v after %v", err, time.Since(begin))
		}
	})
}

// The wall clock counts, not the time that the machine was awake.
func TestMachineThatSlept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, slept := &mint{life: time.Hour}, time.Duration(0)
		k, err := newKeeper(t.Context(), m, Options{Now: func() time.Time { return time.Now().Add(slept) }, Timeout: time.Minute, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		defer k.close()
		// Before its timer has gone off, a request comes.
		slept = 50 * time.Minute
		wantID(t, k, "ASIA1")
		synctest.Wait()
		wantID(t, k, "ASIA2")
		slept = 8 * time.Hour
		if c, err := k.credentials(t.Context()); c.AccessKeyID != "ASIA3" || err != nil {
			t.Errorf("a request: %q, %v", c.AccessKeyID, err)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		m := &mint{life: 12 * time.Hour}
		var mu sync.Mutex
		var slept time.Duration
		k, err := newKeeper(t.Context(), m, Options{Timeout: time.Minute, Log: slog.New(slog.DiscardHandler), Now: func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			return time.Now().Add(slept)
		}})
		if err != nil {
			t.Fatal(err)
		}
		defer k.close()
		go k.renewInTime()
		synctest.Wait()
		mu.Lock()
		slept = 11*time.Hour + 50*time.Minute
		mu.Unlock()
		pass(time.Minute)
		if len(m.calls) != 2 {
			t.Errorf("asked %d times a minute after it woke", len(m.calls))
		}
	})
}

func TestCloseEndsARenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{life: time.Hour}
		k := keeping(t, m)
		m.slowDown(time.Hour)
		pass(40*time.Minute + time.Second)
		k.close()
		synctest.Wait()
		if k.underWay != nil || len(m.calls) != 2 {
			t.Errorf("under way: %v, asked %d times", k.underWay != nil, len(m.calls))
		}
		pass(time.Hour)
		if _, err := k.credentials(t.Context()); !errors.Is(err, context.Canceled) || len(m.calls) != 2 {
			t.Errorf("a request after the end: %v, asked %d times", err, len(m.calls))
		}
	})
}
