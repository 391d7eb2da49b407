// Package pace says when credentials that a program holds for others are to be
// renewed, and when to try again where they could not be. Its times are those of
// the wall clock, which goes on while a machine sleeps, as expirations do.
package pace

import "time"

const (
	// window is how long before their end credentials are renewed: botocore
	// and .NET ask again for each request below 15 min, and the providers of
	// awsmint mint anew below 20.
	window = 20 * time.Minute

	// LeastPause is the least time between two questions to a provider.
	LeastPause = time.Second

	// KeepUnexpiring is how long credentials without an expiration are kept
	// before the provider is asked again: in this way another key is learnt of.
	KeepUnexpiring = time.Hour

	// LongestSleep is how long a timer should run: it stands still while a
	// machine sleeps, and expirations don't.
	LongestSleep = time.Minute

	// mostPause is the most between two while it fails: who waits for a
	// network or a login finds credentials soon after.
	mostPause = time.Minute

	// personPause is that while somebody is asked and does not answer, or
	// declines: the credentials still live, and questions are a nuisance.
	personPause = 5 * time.Minute
)

// BeforeExpiry is when to renew credentials that were had at now: at the
// beginning of the window. Of a shorter life a third goes by first, and then of
// what is left, since a provider with a cache may have a window of its own and
// give the same again until that begins.
func BeforeExpiry(now, expires time.Time) time.Time {
	now = now.Round(0) // without what time.Now measures by another clock
	return latest(expires.Add(-window), now.Add(expires.Sub(now)/3), now.Add(LeastPause))
}

// AfterFailure is when to ask again after failures in a row. Nobody is asked
// for a code in the background for credentials that have ended: then the zero
// time, which leaves it to the next request.
func AfterFailure(now time.Time, failures int, alive, person bool) time.Time {
	now = now.Round(0)
	switch {
	case person && alive:
		return now.Add(personPause)
	case person:
		return time.Time{}
	}
	pause := mostPause
	if doublings := failures - 1; doublings < 6 { // 2^6 s is above mostPause
		pause = LeastPause << doublings
	}
	return now.Add(pause)
}

func latest(t time.Time, others ...time.Time) time.Time {
	for _, other := range others {
		if other.After(t) {
			t = other
		}
	}
	return t
}
