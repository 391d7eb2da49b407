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
