package endpoint

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/pace"
)

// keeper holds the latest credentials and renews them in the background. The
// provider is asked by one at a time: whoever comes meanwhile gets what lives,
// or waits for the same answer.
type keeper struct {
	provider aws.CredentialsProvider
	now      func() time.Time
	timeout  time.Duration
	log      *slog.Logger

	life    context.Context // ends with close
	close   context.CancelFunc
	changed chan struct{} // the renewal's time may be another

	mu       sync.Mutex // guards all that follows
	latest   aws.Credentials
	renewal  time.Time // when to ask next; zero: when a client does
	failures int       // in a row
	last     *retrieval
	underWay *retrieval
}

// retrieval is one answer of the provider's.
type retrieval struct {
	done        chan struct{} // closed when the rest is set
	at          time.Time
	credentials aws.Credentials
	err         error
}

// newKeeper asks for the first credentials.
func newKeeper(ctx context.Context, provider aws.CredentialsProvider, o Options) (*keeper, error) {
	k := &keeper{provider: provider, now: o.Now, timeout: o.Timeout, log: o.Log, changed: make(chan struct{}, 1)}
	r := &retrieval{done: make(chan struct{})}
	k.retrieve(ctx, r)
	if r.err != nil {
		return nil, r.err
	}
	k.life, k.close = context.WithCancel(context.WithoutCancel(ctx))
	return k, nil
}

// credentials returns what lives, at once, and has it renewed if it is time.
// Otherwise it waits for the provider, until ctx ends.
func (k *keeper) credentials(ctx context.Context) (aws.Credentials, error) {
	k.mu.Lock()
	now := k.now()
	alive := now.Before(k.latest.Expires)
	// A machine that slept has missed the renewal's time.
	if k.isDue(now) || !alive && !k.answeredLately(now) {
		k.begin()
	}
	latest, answer := k.latest, k.underWay
	if answer == nil {
		answer = k.last
	}
	k.mu.Unlock()
	if alive {
		return latest, nil
	}
	select {
	case <-answer.done:
		return answer.credentials, answer.err
	case <-ctx.Done():
		return aws.Credentials{}, ctx.Err()
	}
}

// renewInTime renews until close.
func (k *keeper) renewInTime() {
	for {
		k.mu.Lock()
		now := k.now()
		if k.isDue(now) {
			k.begin()
		}
		wait := pace.LongestSleep
		if k.underWay == nil && !k.renewal.IsZero() {
			wait = min(wait, k.renewal.Sub(now))
		}
		k.mu.Unlock()

		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-k.changed:
		case <-k.life.Done():
		}
		timer.Stop()
		if k.life.Err() != nil {
			return
		}
	}
}

func (k *keeper) isDue(now time.Time) bool {
	return !k.renewal.IsZero() && !now.Before(k.renewal)
}

// answeredLately reports whether the provider's last answer is so new that the
// same question has the same answer: clients ask in crowds.
func (k *keeper) answeredLately(now time.Time) bool {
	ago := now.Sub(k.last.at)
	return ago >= 0 && ago < pace.LeastPause
}

// begin asks the provider, unless that is under way. It needs the lock.
func (k *keeper) begin() {
	if k.underWay != nil || k.life.Err() != nil {
		return
	}
	r := &retrieval{done: make(chan struct{})}
	k.underWay = r
	go func() {
		ctx, cancel := context.WithTimeout(k.life, k.timeout)
		defer cancel()
		k.retrieve(ctx, r)
	}()
}

// retrieve asks the provider and keeps the answer.
func (k *keeper) retrieve(ctx context.Context, r *retrieval) {
	r.credentials, r.err = k.provider.Retrieve(ctx)
	defer close(r.done)

	k.mu.Lock()
	defer k.mu.Unlock()
	r.at = k.now()
	if !r.credentials.CanExpire {
		// SDKs want an end. It is by the wall clock, as others are.
		r.credentials.Expires = r.at.Add(pace.KeepUnexpiring).Round(0)
	}
	k.underWay, k.last = nil, r
	k.schedule(r)
	select {
	case k.changed <- struct{}{}:
	default: // it is to be looked at already
	}
}

// schedule takes an answer in and says when to ask next. It needs the lock.
func (k *keeper) schedule(r *retrieval) {
	expires := r.credentials.Expires
	switch {
	case r.err != nil:
		k.failures++
		alive := r.at.Before(k.latest.Expires)
		k.renewal = pace.AfterFailure(r.at, k.failures, alive, fault.StatusOf(r.err) == fault.Person)
		k.log.Debug("endpoint: not renewed", "error", r.err, "alive", alive)
	case !r.at.Before(expires):
		k.failures++
		k.latest = r.credentials
		k.renewal = pace.AfterFailure(r.at, k.failures, false, false)
		k.log.Debug("endpoint: renewed, but expired already", "expires", expires)
	default:
		k.failures = 0
		k.latest = r.credentials
		k.renewal = pace.BeforeExpiry(r.at, expires)
		k.log.Debug("endpoint: renewed", "expires", expires, "again", k.renewal)
	}
}
