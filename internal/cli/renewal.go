package cli

import (
	"context"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/format"
	"github.com/awsmint/awsmint/internal/pace"
)

// keepFresh renews the file until ctx ends, from the credentials that it has.
// tell hears of each renewal (nil) and of each failure: the file then stays as
// it is, and the next try follows. Once the credentials have ended and nobody
// answered, nobody is asked any more, since a question every few minutes would
// be a nuisance all night; those that somebody else gets are taken.
func (f *envFile) keepFresh(ctx context.Context, s *supply, v format.Values, tell func(v format.Values, err error)) {
	asking, alone := s.renewing(true), s.renewing(false)
	from, failures := asking, 0
	next := f.renewal(v)
	for f.sleepUntil(ctx, next) {
		if f.begins != nil {
			f.begins()
		}
		fresh, err := from.retrieve(ctx)
		if err == nil {
			if err = f.write(ctx, fresh); err == nil {
				v = fresh
			}
		}
		if ctx.Err() != nil {
			return
		}
		tell(v, err)
		if err == nil {
			from, failures, next = asking, 0, f.renewal(v)
			continue
		}
		failures++
		now := f.app.Now()
		next = pace.AfterFailure(now, failures, now.Before(v.Credentials.Expires), fault.StatusOf(err) == fault.Person)
		if next.IsZero() {
			from, next = alone, now.Add(pace.LongestSleep)
		}
	}
}

// renewal is when to renew; the zero time, for what never ends, is never.
func (f *envFile) renewal(v format.Values) time.Time {
	if !v.Credentials.CanExpire {
		return time.Time{}
	}
	return pace.BeforeExpiry(f.app.Now(), v.Credentials.Expires)
}

// sleepUntil returns whether the time has come; false: ctx has ended. A timer
// stands still while the machine sleeps, so none runs for long.
func (f *envFile) sleepUntil(ctx context.Context, at time.Time) bool {
	for {
		wait := pace.LongestSleep
		if !at.IsZero() {
			if wait = min(wait, at.Sub(f.app.Now())); wait <= 0 {
				return ctx.Err() == nil
			}
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return false
		}
	}
}
