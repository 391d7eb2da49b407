package provider_test

import (
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/provider"
)

const crowd = 50

// together starts them all at once and returns what each got.
func together(t *testing.T, all []*provider.Cached) []aws.Credentials {
	t.Helper()
	ctx := within(t)
	got := make([]aws.Credentials, len(all))
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i, c := range all {
		wg.Go(func() {
			<-start
			var err error
			if got[i], err = c.Retrieve(ctx); err != nil {
				t.Errorf("number %d: %v", i, err)
			}
		})
	}
	close(start)
	wg.Wait()
	return got
}

func (w *world) crowd(lines string) []*provider.Cached {
	w.t.Helper()
	all := make([]*provider.Cached, crowd)
	for i := range all {
		all[i] = w.cached(lines)
	}
	return all
}

func wantEqual(t *testing.T, got []aws.Credentials) {
	t.Helper()
	for i := range got {
		if got[i] != got[0] || got[i].SessionToken == "" {
			t.Errorf("number %d got %q, number 0 %q", i, got[i].AccessKeyID, got[0].AccessKeyID)
		}
	}
}

// TestCrowdMintsOnce: with single-use codes, a second call would be refused.
func TestCrowdMintsOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	wantEqual(t, together(t, w.crowd(w.settings())))
	w.wantCalls(1)
}

func TestCrowdRenewsOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.sts.SetSessionLifetime(10 * time.Minute)
	first := w.mustMint(noMFA)
	w.clock.advance(9 * time.Minute) // the server takes what is signed up to 15 minutes ago
	w.sts.SetSessionLifetime(time.Hour)
	got := together(t, w.crowd(noMFA))
	wantEqual(t, got)
	if got[0].AccessKeyID == first.AccessKeyID {
		t.Error("the stale session was not renewed")
	}
	w.wantCalls(2)
}

// TestCrowdOfTwoRequests: they wait for those who want the same, and for the
// one device, but each gets its own.
func TestCrowdOfTwoRequests(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	all := append(w.crowd(noMFA), w.crowd(noMFA+"awsmint_duration = 8h\n")...)
	got := together(t, all)
	wantEqual(t, got[:crowd])
	wantEqual(t, got[crowd:])
	if got[0] == got[crowd] {
		t.Error("two requests that differ got the same session")
	}
	w.wantCalls(2)
}

// TestOneProviderServesACrowd: an SDK calls its provider from any goroutine.
func TestOneProviderServesACrowd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one := w.cached(w.settings())
	all := make([]*provider.Cached, crowd)
	for i := range all {
		all[i] = one
	}
	wantEqual(t, together(t, all))
	w.wantCalls(1)
}
