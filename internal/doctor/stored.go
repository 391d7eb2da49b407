package doctor

import (
	"errors"
	"fmt"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/provider"
)

// slow is how long a keychain takes that makes itself felt. One that runs
// answers in milliseconds, a vault that is to be unlocked in half a second.
const slow = 2 * time.Second

// storedKey is a profile's key in the keychain.
type storedKey struct {
	key   keychain.Key
	found bool
}

// stored reads a profile's key, and tells what is wrong with that. It needs none
// as long as the session lives, which was given then.
func (e *examination) stored(profile string, session *provider.Session) *storedKey {
	if k, known := e.keys[profile]; known {
		return k
	}
	k := &storedKey{}
	e.keys[profile] = k
	if e.locked {
		return k
	}
	began := e.Now()
	value, err := e.Keychain.Get(e.ctx, keychain.KeyAccount(profile))
	took := e.Now().Sub(began)
	switch {
	case errors.Is(err, keychain.ErrNotFound):
		e.add(e.keyless(profile, session))
		return k
	case err != nil:
		e.locked = true
		e.unreadable(err)
		return k
	}
	if k.key, err = keychain.DecodeKey(value); err != nil {
		e.add(Finding{
			ID: "key-unreadable", Severity: Error, Area: Keychain, Profile: profile, Fact: oneLine(err.Error()),
			Advice: fmt.Sprintf("store the key again: awsmint add %s --force", profile),
		})
		return k
	}
	k.found = true
	e.add(Finding{
		ID: "keychain-read", Severity: OK, Area: Keychain, Profile: profile,
		Fact: fmt.Sprintf("the keychain gave the key %s in %s", provider.LastFour(k.key.AccessKeyID), took.Round(max(took.Truncate(time.Millisecond), time.Millisecond)/10)),
	})
	if took > slow {
		e.add(Finding{
			ID: "keychain-slow", Severity: Warning, Area: Keychain,
			Fact:   fmt.Sprintf("the keychain took %s to answer", took.Round(100*time.Millisecond)),
			Advice: "unlock it at login, or use another one (AWSMINT_KEYCHAIN=file)",
		})
	}
	e.rotation(profile, k.key)
	return k
}

// keyless is for a profile of a key that has none.
func (e *examination) keyless(profile string, session *provider.Session) Finding {
	f := Finding{
		ID: "key-missing", Severity: Error, Area: Keychain, Profile: profile,
		Fact: fmt.Sprintf("the keychain holds no access key for profile %q", profile), Advice: oneLine(provider.WithoutKey(profile)),
	}
	if session == nil {
		return f
	}
	switch times, lives := provider.New(session, e.options(profile)).Cached(); {
	case lives:
		f.ID, f.Severity = "session-given", OK
		f.Fact = fmt.Sprintf("no access key is stored, and none is needed: the session that was given lives for another %s", provider.Span(times.Expires.Sub(e.Now())))
		f.Advice = "when it has ended, paste a new one: " + provider.PasteAgain(profile)
	case !times.Expires.IsZero():
		f.Fact += ", and the session that it was given has ended"
	}
	return f
}

// unreadable names why the keychain gives nothing.
func (e *examination) unreadable(err error) {
	id := "keychain-failed"
	for _, cause := range []struct {
		err error
		id  string
	}{
		{keychain.ErrLocked, "keychain-locked"}, {keychain.ErrPassphrase, "keychain-passphrase"},
		{keychain.ErrUnreachable, "keychain-unreachable"}, {keychain.ErrDenied, "keychain-denied"},
	} {
		if errors.Is(err, cause.err) {
			id = cause.id
			break
		}
	}
	e.add(Finding{ID: id, Severity: Error, Area: Keychain, Fact: oneLine(err.Error()), Advice: oneLine(fault.HintOf(err))})
}

// rotation tells of a replacement of the key that was interrupted, and of a key
// that is due for one. What AWS knows of its age is told there.
func (e *examination) rotation(profile string, key keychain.Key) {
	if where := provider.Unfinished(key); where != "" {
		e.add(Finding{ID: "rotation-unfinished", Severity: Error, Area: Keychain, Profile: profile, Fact: where, Advice: "finish it: awsmint rotate " + profile})
	}
	if e.Offline {
		e.agedAtLeast(keyAt{area: Keychain, profile: profile, id: key.AccessKeyID}, key)
	}
}
