package provider

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/cache"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/secret"
)

// keptKey is a keychain that holds the key of a cache and nothing else.
type keptKey struct{ value secret.String }

func (k keptKey) Get(context.Context, string) (secret.String, error) { return k.value, nil }
func (k keptKey) Set(context.Context, string, secret.String) error   { return nil }
func (k keptKey) Delete(context.Context, string) error               { return nil }

// slow is a source whose mints take what the test wants of them.
type slow struct {
	calls, inside atomic.Int32
	person        bool
	do            func(ctx context.Context, call int) (aws.Credentials, error)
}

func (s *slow) attended(context.Context) bool { return s.person }

func (s *slow) Retrieve(ctx context.Context) (aws.Credentials, error) {
	s.inside.Add(1)
	defer s.inside.Add(-1)
	return s.do(ctx, int(s.calls.Add(1)))
}

// silent is AWS that never answers.
func silent(ctx context.Context, _ int) (aws.Credentials, error) {
	<-ctx.Done()
	return aws.Credentials{}, ctx.Err()
}

// bubble is an entry in a cache, in a bubble of its own time.
type bubble struct {
	*testing.T
	options Options
	source  *slow
}

func inBubble(t *testing.T, test func(r bubble)) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		key, err := keychain.NewDataKey(nil)
		if err != nil {
			t.Fatal(err)
		}
		o := Options{Keychain: keptKey{keychain.EncodeDataKey(key)}, Cache: &cache.Cache{Dir: dir}, Timeout: 20 * time.Second}
		test(bubble{t, o.withDefaults(), &slow{}})
	})
}

// cached is the provider of one process.
func (r bubble) cached() *Cached {
	return &Cached{Source: r.source, timeout: r.options.Timeout, kept: r.options.kept(cache.Name{Scope: "profile work"})}
}

// has leaves credentials called "old" in the cache, which live on for left.
func (r bubble) has(left time.Duration) {
	r.Helper()
	c, now := r.cached(), time.Now()
	c.store(r.Context(), c.cache.Generation(c.name.Scope), cache.Times{Issued: now.Add(-time.Hour), Expires: now.Add(left)},
		encodeEntry(aws.Credentials{AccessKeyID: "old", SecretAccessKey: "s", SessionToken: "t"}))
}

// want retrieves and checks what came, and after how long.
func (r bubble) want(c *Cached, id string, after time.Duration) {
	r.Helper()
	began := time.Now()
	got, err := c.Retrieve(r.Context())
	if spent := time.Since(began); got.AccessKeyID != id || spent != after {
		r.Errorf("%q after %s, %v; want %q after %s", got.AccessKeyID, spent, err, id, after)
	}
}

func (r bubble) wantCalls(n int32) {
	r.Helper()
	if got := r.source.calls.Load(); got != n {
		r.Errorf("%d mints, want %d", got, n)
	}
}

// While the old credentials live, a renewal that AWS does not answer costs five
// seconds, and only one run in half a minute.
func TestSilenceCostsLittleWhileCredentialsLive(t *testing.T) {
	inBubble(t, func(r bubble) {
		r.has(10 * time.Minute)
		r.source.do = silent
		r.want(r.cached(), "old", hurry)
		r.want(r.cached(), "old", 0)
		<-time.After(hurryPause - time.Second)
		r.want(r.cached(), "old", 0)
		r.wantCalls(1)
		<-time.After(time.Second)
		r.want(r.cached(), "old", hurry)
		r.wantCalls(2)
	})
}

func TestOldCredentialsThatWontDoAreNotHurriedFor(t *testing.T) {
	for name, change := range map[string]func(*Cached){
		"strict": func(c *Cached) { c.Strict = true },
		"forced": func(c *Cached) { c.Force = true },
		"a person has to type": func(c *Cached) {
			c.Source.(*slow).person = true
			c.Source.(*slow).do = func(ctx context.Context, _ int) (aws.Credentials, error) {
				select {
				case <-ctx.Done():
				case <-time.After(20 * time.Second):
				}
				return aws.Credentials{}, errors.New("nobody")
			}
		},
		"a program is run": func(c *Cached) { c.unhurried = true },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(r bubble) {
				r.has(10 * time.Minute)
				r.source.do = silent
				c := r.cached()
				change(c)
				began := time.Now()
				_, _ = c.Retrieve(r.Context())
				if spent := time.Since(began); spent != 20*time.Second {
					r.Errorf("given up after %s", spent)
				}
			})
		})
	}
	t.Run("about to end", func(t *testing.T) {
		inBubble(t, func(r bubble) {
			r.has(hurryLeft)
			r.source.do = silent
			r.want(r.cached(), "old", 20*time.Second)
			r.want(r.cached(), "old", 20*time.Second)
		})
	})
}

// A person who types a code for one program keeps no other waiting whose
// credentials live.
func TestLockIsNotWaitedForLongWhileCredentialsLive(t *testing.T) {
	inBubble(t, func(r bubble) {
		r.has(10 * time.Minute)
		r.source.person = true
		typed := make(chan struct{})
		r.source.do = func(context.Context, int) (aws.Credentials, error) {
			<-typed
			return aws.Credentials{AccessKeyID: "new", SecretAccessKey: "s", SessionToken: "t", CanExpire: true, Expires: time.Now().Add(time.Hour)}, nil
		}
		asking := make(chan struct{})
		go func() {
			r.want(r.cached(), "new", hurry+time.Second)
			close(asking)
		}()
		synctest.Wait()
		r.want(r.cached(), "old", hurry)
		r.want(r.cached(), "old", 0)
		<-time.After(time.Second)
		close(typed)
		<-asking
		r.want(r.cached(), "new", 0)
		r.wantCalls(1)
	})
}

// Nor does one who has a page open to sign in: neither a program whose
// credentials live and whose sign-in is over, nor one with a role on top.
func TestSignInOfAnotherIsNotWaitedForLongWhileCredentialsLive(t *testing.T) {
	inBubble(t, func(r bubble) {
		r.has(10 * time.Minute)
		signIn := r.options.kept(cache.Name{Scope: "sso-session acme"})
		open := make(chan struct{})
		unlock, err := signIn.lock(r.Context(), signingIn)
		if err != nil {
			r.Fatal(err)
		}
		go func() {
			<-open
			unlock()
		}()
		r.source.do = func(ctx context.Context, _ int) (aws.Credentials, error) {
			unlock, err := signIn.lock(ctx, signingIn)
			if err != nil {
				return aws.Credentials{}, err
			}
			unlock()
			// What is begun is not cut short.
			<-time.After(2 * hurry)
			return aws.Credentials{AccessKeyID: "new", SecretAccessKey: "s", SessionToken: "t", CanExpire: true, Expires: time.Now().Add(time.Hour)}, ctx.Err()
		}
		unhurried := func() *Cached {
			c := r.cached()
			c.unhurried = true
			return c
		}
		r.want(unhurried(), "old", hurry)
		r.want(unhurried(), "old", 0)
		<-time.After(hurryPause)
		close(open)
		synctest.Wait()
		r.want(unhurried(), "new", 2*hurry)
	})
}

// What has no expiration is not kept, so there is nothing to wait for: but for
// the first, who finds that out, all mint at once.
func TestWhatIsNotKeptIsMintedByAllAtOnce(t *testing.T) {
	const crowd = 30
	inBubble(t, func(r bubble) {
		r.source.do = func(_ context.Context, call int) (aws.Credentials, error) {
			<-time.After(3 * time.Second)
			return aws.Credentials{AccessKeyID: fmt.Sprint(call), SecretAccessKey: "s"}, nil
		}
		got := make(chan error)
		began := time.Now()
		for range crowd {
			go func() {
				_, err := r.cached().Retrieve(r.Context())
				got <- err
			}()
		}
		<-time.After(5 * time.Second)
		synctest.Wait()
		if n := r.source.inside.Load(); n != crowd-1 {
			t.Errorf("%d mint at once, want %d", n, crowd-1)
		}
		for range crowd {
			if err := <-got; err != nil {
				t.Error(err)
			}
		}
		if spent := time.Since(began).Truncate(time.Second); spent != 6*time.Second {
			t.Errorf("it took %s", spent)
		}
		r.want(r.cached(), fmt.Sprint(crowd+1), 3*time.Second)
	})
}

// Once there is an expiration again, one mints for all again.
func TestWhatIsKeptAgainIsShared(t *testing.T) {
	inBubble(t, func(r bubble) {
		credentials := aws.Credentials{AccessKeyID: "a", SecretAccessKey: "s", SessionToken: "t"}
		r.source.do = func(context.Context, int) (aws.Credentials, error) { return credentials, nil }
		r.want(r.cached(), "a", 0)
		credentials.CanExpire, credentials.Expires = true, time.Now().Add(time.Hour)
		r.want(r.cached(), "a", 0)
		r.want(r.cached(), "a", 0)
		r.wantCalls(2)
		c := r.cached()
		if c.isNotKept() {
			t.Error("it is noted as not kept")
		}
	})
}

// Cut short are only the mints that lose nothing by it.
func TestWhatTakesItsTime(t *testing.T) {
	for _, c := range []struct {
		link Link
		want bool
	}{
		{&Session{source: &Key{profile: "work"}}, false},
		{&Instance{}, false},
		{&WebIdentity{TokenFile: "/token"}, false},
		{&WebIdentity{TokenProcess: "token"}, true},
		{&Process{}, true},
		{&SSO{}, true},
		{&Login{}, true},
		{&Role{source: &SSO{}}, true},
	} {
		if got := takesItsTime(c.link); got != c.want {
			t.Errorf("%T: %t", c.link, got)
		}
	}
}
