package cli

import (
	"context"
	"errors"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/format"
	"github.com/awsmint/awsmint/internal/pace"
)

// keepFresh renews the file until ctx ends, from the credentials that it has.
// tell hears of each renewal (nil) and of each failure: the file then stays as
// it is, and the next try follows. Once the credentials have ended and nobody
// answered, nobody is asked any more, since a question every few minutes would
// be a nuisance all night; those that somebody else gets are taken. It ends by
// itself, with an error that Is errTaken, where another program has put other
// credentials into the file: the two would replace each other's for ever.
func (f *envFile) keepFresh(ctx context.Context, s *supply, v format.Values, tell func(v format.Values, err error)) error {
	asking, alone := s.renewing(true), s.renewing(false)
	from, failures := asking, 0
	next := f.renewal(v)
	for f.sleepUntil(ctx, next) {
		if f.begins != nil {
			f.begins()
		}
		fresh, err := f.renew(ctx, from)
		if err == nil {
			v = fresh
		}
		if ctx.Err() != nil {
			return nil
		}
		tell(v, err)
		if errors.Is(err, errTaken) {
			return err
		}
		if err == nil {
			from, failures, next = asking, 0, f.renewal(v)
			continue
		}
		failures++
		now := f.app.Now()
		next = pace.AfterFailure(now, failures, alive(v, now), fault.StatusOf(err) == fault.Person)
		if next.IsZero() {
			from, next = alone, now.Add(pace.LongestSleep)
		}
	}
	return nil
}

// renew gets credentials and writes them. A second awsmint for the same profile
// is no stranger: it has what it writes from the same cache, and may have come
// between the two steps once, but not twice.
func (f *envFile) renew(ctx context.Context, from *supply) (v format.Values, err error) {
	for range 2 {
		if v, err = from.retrieve(ctx); err != nil {
			return v, err
		}
		if err = f.write(ctx, v); !errors.Is(err, errTaken) {
			return v, err
		}
	}
	return v, err
}

func alive(v format.Values, now time.Time) bool {
	return !v.Credentials.CanExpire || now.Before(v.Credentials.Expires)
}

// renewal is when to renew.
func (f *envFile) renewal(v format.Values) time.Time {
	now := f.app.Now()
	if !v.Credentials.CanExpire {
		return now.Add(pace.KeepUnexpiring).Round(0) // by the wall clock, as the others
	}
	return pace.BeforeExpiry(now, v.Credentials.Expires)
}

// sleepUntil returns whether the time has come; false: ctx has ended. A timer
// stands still while the machine sleeps, so none runs for long.
func (f *envFile) sleepUntil(ctx context.Context, at time.Time) bool {
	for {
		wait := min(pace.LongestSleep, at.Sub(f.app.Now()))
		if wait <= 0 {
			return ctx.Err() == nil
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return false
		}
	}
}
