package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/awsmint/awsmint/internal/dotenv"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/format"
	"github.com/awsmint/awsmint/internal/pace"
	"github.com/awsmint/awsmint/internal/secret"
)

// envFile is a .env file that credentials are written to.
type envFile struct {
	path string
	app  *App
}

// check tells, before anybody is asked for a code, what keeps the file from
// being read, and whether git would take it into a repository: where strict, it
// refuses that.
func (f *envFile) check(ctx context.Context, strict bool) error {
	if _, err := dotenv.Read(f.path); err != nil {
		return err
	}
	exposure, err := dotenv.Exposed(ctx, f.path, f.app.Environ)
	var risk, remedy string
	switch {
	case err != nil && strict:
		return err
	case err != nil:
		f.app.Warn(err.Error())
		return nil
	case exposure == dotenv.Unexposed:
		return nil
	case exposure == dotenv.Tracked:
		risk = fmt.Sprintf("git has %q already: the next commit would publish these credentials", f.path)
		remedy = fmt.Sprintf("take it out of the repository and ignore it: git rm --cached %s && echo %s >> .gitignore", f.path, filepath.Base(f.path))
	default:
		risk = fmt.Sprintf("git does not ignore %q: the next \"git add .\" would take these credentials", f.path)
		remedy = fmt.Sprintf("ignore it: echo %s >> .gitignore", filepath.Base(f.path))
	}
	if strict {
		return fault.New(fault.Failure, risk, remedy)
	}
	f.app.Warn(risk + "; " + remedy)
	return nil
}

// secretNames are the variables with credentials in them, in the order in
// which a new file gets them.
var secretNames = []string{format.AccessKeyID, format.SecretAccessKey, format.SessionToken, format.Expiration}

// write puts the credentials into the file. What they have none of goes: a
// session token beside a permanent key makes every request fail.
func (f *envFile) write(ctx context.Context, v format.Values) error {
	var set []secret.Variable
	there := map[string]bool{}
	for _, variable := range append(format.Variables(v.Credentials, ""), v.More...) {
		set = append(set, variable)
		there[variable.Name] = true
	}
	for _, variable := range format.Variables(v.Credentials, v.Region) {
		if variable.Name == format.Region {
			set = append(set, variable)
		}
	}
	var gone []string
	for _, name := range secretNames {
		if !there[name] {
			gone = append(gone, name)
		}
	}
	return f.update(ctx, func(data []byte) ([]byte, error) { return dotenv.Set(dotenv.Remove(data, gone...), set) })
}

// clear empties the values, and leaves the lines for the next time.
func (f *envFile) clear(ctx context.Context) error {
	return f.update(ctx, func(data []byte) ([]byte, error) { return dotenv.Clear(data, secretNames...), nil })
}

func (f *envFile) update(ctx context.Context, edit func([]byte) ([]byte, error)) error {
	return dotenv.Update(ctx, f.path, f.app.CacheDir, edit)
}

// keepFresh renews the file until ctx ends, from the credentials that it has.
// tell hears of each renewal (nil) and of each failure: the next try follows.
func (f *envFile) keepFresh(ctx context.Context, s *supply, v format.Values, tell func(v format.Values, err error)) {
	failures := 0
	next := f.renewal(v)
	for f.sleepUntil(ctx, next) {
		fresh, err := s.retrieve(ctx)
		if err == nil {
			if err = f.write(ctx, fresh); err == nil {
				v = fresh
			}
		}
		if ctx.Err() != nil {
			return
		}
		tell(v, err)
		now := f.app.Now()
		if err == nil {
			failures, next = 0, f.renewal(v)
			continue
		}
		failures++
		next = pace.AfterFailure(now, failures, true, fault.StatusOf(err) == fault.Person)
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
