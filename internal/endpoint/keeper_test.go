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

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"github.com/awsmint/awsmint/internal/fault"
)

// mint is a provider whose credentials are numbered and live for a time.
type mint struct {
	life time.Duration // negative: for ever

	mu    sync.Mutex
	slow  time.Duration // how long it takes
	err   error
	calls []time.Time
}

func (m *mint) Retrieve(ctx context.Context) (aws.Credentials, error) {
	m.mu.Lock()
	m.calls = append(m.calls, time.Now())
	n, slow, err := len(m.calls), m.slow, m.err
	m.mu.Unlock()
	select {
	case <-time.After(slow):
	case <-ctx.Done():
		return aws.Credentials{}, ctx.Err()
	}
	c := aws.Credentials{AccessKeyID: fmt.Sprintf("ASIA%d", n), SecretAccessKey: "hidden-key", SessionToken: "hidden-token", AccountID: "111122223333"}
	if m.life >= 0 {
		c.CanExpire, c.Expires = true, time.Now().Add(m.life)
	}
	return c, err
}

func (m *mint) fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.err = err
}

func (m *mint) slowDown(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.slow = d
}

// since is when it was asked, from a time on.
func (m *mint) since(begin time.Time) (asked []time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, at := range m.calls {
		asked = append(asked, at.Sub(begin))
	}
	return asked
}

// keeping is a keeper of m's, with its renewals, inside a bubble.
func keeping(t *testing.T, m *mint) *keeper {
	t.Helper()
	k, err := newKeeper(t.Context(), m, Options{Now: time.Now, Timeout: defaultTimeout, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); k.renewInTime() }()
	t.Cleanup(func() { k.close(); <-ended })
	return k
}

// pass lets the bubble's time go by.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// wantID checks which credentials are handed out, and that nobody waits.
func wantID(t *testing.T, k *keeper, id string) {
	t.Helper()
	before := time.Now()
	c, err := k.credentials(t.Context())
	if c.AccessKeyID != id || err != nil || !time.Now().Equal(before) {
		t.Errorf("got %q, %v after %v, want %s at once", c.AccessKeyID, err, time.Since(before), id)
	}
}

func TestRenewalBeforeTheEnd(t *testing.T) {
	for name, test := range map[string]struct {
		life, during time.Duration
		want         []time.Duration
	}{
		"a session of 12 h":    {12 * time.Hour, 24 * time.Hour, []time.Duration{0, 11*time.Hour + 40*time.Minute, 23*time.Hour + 20*time.Minute}},
		"a role of 1 h":        {time.Hour, 2 * time.Hour, []time.Duration{0, 40 * time.Minute, 80 * time.Minute, 120 * time.Minute}},
		"the shortest, 15 min": {15 * time.Minute, 16 * time.Minute, []time.Duration{0, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute}},
		"seconds":              {3 * time.Second, 3 * time.Second, []time.Duration{0, time.Second, 2 * time.Second, 3 * time.Second}},
		"less than a second":   {time.Second / 2, 2 * time.Second, []time.Duration{0, time.Second, 2 * time.Second}},
		"no end":               {-1, 90 * time.Minute, []time.Duration{0, 40 * time.Minute, 80 * time.Minute}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m, begin := &mint{life: test.life}, time.Now()
				k := keeping(t, m)
				pass(test.during)
				if diff := cmp.Diff(test.want, m.since(begin)); diff != "" {
					t.Errorf("asked (-want +got):\n%s", diff)
				}
				wantID(t, k, fmt.Sprintf("ASIA%d", len(test.want)))
			})
		})
	}
}

// A provider with a cache gives the same credentials until its own window
// begins, and is asked until then at shrinking intervals.
func TestRenewalFromACache(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin, asked := time.Now(), 0
		cached := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			asked++
			c := aws.Credentials{AccessKeyID: "ASIA1", CanExpire: true, Expires: begin.Add(15 * time.Minute)}
			if time.Since(begin) > 10*time.Minute {
				c = aws.Credentials{AccessKeyID: "ASIA2", CanExpire: true, Expires: time.Now().Add(12 * time.Hour)}
			}
			return c, nil
		})
		k, err := newKeeper(t.Context(), cached, Options{Now: time.Now, Timeout: time.Minute, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		defer k.close()
		go k.renewInTime()
		pass(12 * time.Minute)
		wantID(t, k, "ASIA2")
		if asked != 4 {
			t.Errorf("asked %d times", asked)
		}
	})
}

func TestSlowRenewalLetsNobodyWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{life: time.Hour, slow: 50 * time.Second}
		k := keeping(t, m)
		pass(40*time.Minute + 10*time.Second) // the window has begun 10 s ago
		for range 1000 {
			wantID(t, k, "ASIA1")
		}
		pass(time.Minute)
		wantID(t, k, "ASIA2")
		if len(m.since(time.Now())) != 2 {
			t.Errorf("asked %d times", len(m.calls))
		}
	})
}

// When the provider hangs over the end of the credentials, all wait for the one
// answer.
func TestCrowdWithoutCredentials(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{life: 30 * time.Second, slow: 40 * time.Second}
		k := keeping(t, m)
		pass(35 * time.Second)
		var crowd sync.WaitGroup
		for range 1000 {
			crowd.Go(func() {
				if c, err := k.credentials(t.Context()); c.AccessKeyID != "ASIA2" || err != nil {
					t.Errorf("got %q, %v", c.AccessKeyID, err)
				}
			})
		}
		// One that gives up takes nothing from the others.
		hurried, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := k.credentials(hurried); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		crowd.Wait()
		if len(m.calls) != 2 {
			t.Errorf("asked %d times", len(m.calls))
		}
	})
}

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
		wantID(t, k, fmt.Sprintf("ASIA%d", len(m.calls)))
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
		slept = 8 * time.Hour // before its timer has gone off
		if c, err := k.credentials(t.Context()); c.AccessKeyID != "ASIA2" || err != nil {
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
		if len(m.calls) != 2 {
			t.Error("it was asked after the end")
		}
	})
}
