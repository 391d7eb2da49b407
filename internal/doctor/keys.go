package doctor

import (
	"fmt"
	"strings"
	"time"

	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/keycheck"
	"github.com/awsmint/awsmint/provider"
)

// keyAt is a user's key, and where it was found.
type keyAt struct {
	area     Area
	profile  string // whose it is; empty: none's
	where    string
	id       string
	first    string // the command that has awsmint keep it; empty: it does
	last     string // the command that takes it out where it stands; empty: first does
	disabled string // the advice for one that is inactive
	rotation *keychain.Rotation
}

// rotate are the commands that replace the key.
func (k keyAt) rotate(flags string) string {
	command := "awsmint rotate " + firstSet(k.profile, "PROFILE") + flags
	if k.first != "" {
		command = k.first + ", then: " + command
	}
	if k.last != "" {
		command += ", then: " + k.last
	}
	return "run: " + command
}

// userKeys looks at the keys that the user has whose key a profile has in the
// keychain. IAM is asked with the cached session where one lives, else with the
// key; in no case is a code asked for.
func (e *examination) userKeys(profile string, key keychain.Key, works bool) {
	rotation, err := provider.NewRotation(e.config, e.Getenv, profile, e.options(profile))
	if err != nil {
		return // the key is used by a role alone, or is not the profile's own
	}
	if !e.livesOn(rotation) {
		if !works {
			return
		}
		session := *rotation.Session
		session.Serial = ""
		rotation.Session = &session
	}
	k := keyAt{
		area: AWS, profile: profile, id: key.AccessKeyID, rotation: key.Rotation,
		disabled: "activate it in the IAM console, or store another one: awsmint add " + profile + " --force",
	}
	keys, err := rotation.Keys(e.ctx)
	if err != nil {
		e.unlisted(profile, err)
		e.agedAtLeast(k, key)
		return
	}
	e.all(k, keys)
}

// livesOn reports whether a session is cached that need not be renewed.
func (e *examination) livesOn(rotation *provider.Rotation) bool {
	times, ok := provider.New(rotation.Session, e.options(rotation.Profile)).Cached()
	return ok && rotation.Session.Serial != "" && times.Expires.Sub(e.Now()) > max(soon, rotation.Session.Window)
}

// plainKeys is userKeys for a key that stands in the config files.
func (e *examination) plainKeys(profile string, key keychain.Key, client provider.Client, works bool) {
	if !works {
		return
	}
	verifier := provider.Verifier{Profile: profile, Key: key, Client: client, Timeout: e.Timeout, Now: e.Now}
	keys, err := verifier.Keys(e.ctx)
	if err != nil {
		e.unlisted(profile, err)
		return
	}
	e.all(keyAt{area: AWS, profile: profile, id: key.AccessKeyID, first: "awsmint import " + profile}, keys)
}

// keysBeside is userKeys for a permanent key that stands in variables. That its
// user may not list them is told of profiles alone.
func (e *examination) keysBeside(v variables, client provider.Client) {
	c := v.credentials()
	if c.SessionToken != "" || !strings.HasPrefix(c.AccessKeyID, "AKIA") {
		return
	}
	verifier := provider.Verifier{Key: keychain.Key{AccessKeyID: c.AccessKeyID, SecretAccessKey: v.get(keycheck.SecretAccessKey)}, Client: client, Timeout: e.Timeout, Now: e.Now}
	if keys, err := verifier.Keys(e.ctx); err == nil {
		e.all(keyAt{area: v.area, where: v.where(keycheck.AccessKeyID), id: c.AccessKeyID, first: v.safe, last: v.after}, keys)
	}
}

func (e *examination) unlisted(profile string, err error) {
	e.add(Finding{
		ID: "keys-unlisted", Severity: OK, Area: AWS, Profile: profile, Fact: "AWS does not tell which keys the user has: " + oneLine(err.Error()),
		Advice: "if the user's policies ask for MFA, get a session first: awsmint login " + profile,
	})
}

// all looks at the keys that a user has: one too many, old or disabled.
func (e *examination) all(k keyAt, keys []provider.UserKey) {
	for _, key := range keys {
		switch {
		case key.ID != k.id:
			e.second(k, key)
		case !key.Active:
			e.add(Finding{
				ID: "key-disabled", Severity: Error, Area: k.area, Profile: k.profile, Where: k.where,
				Fact: fmt.Sprintf("the key %s is inactive", provider.LastFour(key.ID)), Advice: k.disabled,
			})
		default:
			e.aged(k, false, key.Created, lastUsed(key, e.Now()))
		}
	}
}

// agedAtLeast tells what the keychain knows of a key's age, which may be less
// than that.
func (e *examination) agedAtLeast(k keyAt, key keychain.Key) {
	since, atLeast := key.Since(), key.MadeAt.IsZero()
	if since.IsZero() || atLeast && days(e.Now().Sub(since)) == 0 {
		return // nothing is known of it
	}
	e.aged(k, atLeast, since, "")
}

// aged tells of a key's age, and of one that is older than its profile allows.
// atLeast: it may be older yet.
func (e *examination) aged(k keyAt, atLeast bool, made time.Time, use string) {
	limit := provider.DefaultMaxKeyAge
	if section, err := e.config.Profile(firstSet(k.profile, "default")); err == nil {
		if limit, err = provider.MaxKeyAge(section); err != nil {
			e.unresolved(section.Name(), err)
			return
		}
	}
	age := e.Now().Sub(made)
	about := "was made " + provider.Ago(age)
	if atLeast {
		about = fmt.Sprintf("is at least %d days old", days(age))
	}
	if use != "" {
		about += ", " + use
	}
	f := Finding{
		ID: "key-age", Severity: OK, Area: k.area, Profile: k.profile, Where: k.where,
		Fact: fmt.Sprintf("the key %s %s", provider.LastFour(k.id), about),
	}
	if age > limit {
		f.ID, f.Severity, f.Advice = "key-old", Warning, k.rotate("")
		f.Fact += fmt.Sprintf("; keys are to be replaced after %d", days(limit))
	}
	e.add(f)
}

// second tells of a key of the user's that is not the one in use. One that a
// rotation works with is told as that.
func (e *examination) second(k keyAt, key provider.UserKey) {
	if has(k.rotation, key.ID) {
		return
	}
	state := "active"
	if !key.Active {
		state = "inactive"
	}
	f := Finding{
		ID: "second-key", Severity: Warning, Area: k.area, Profile: k.profile, Where: k.where,
		Fact: fmt.Sprintf("the user has a second key, %s (%s, made %s, %s): while it is there the key in use can't be replaced",
			provider.LastFour(key.ID), state, provider.Ago(e.Now().Sub(key.Created)), firstSet(lastUsed(key, e.Now()), "its last use is not known")),
		Advice: "find out who uses it, and when nobody does, delete it in the IAM console",
	}
	rotating := false
	key.Holder, rotating = e.holder(key.ID)
	switch {
	case rotating:
		f.Advice = fmt.Sprintf("finish the rotation of profile %q, which it belongs to: awsmint rotate %[1]s", key.Holder)
	case key.Holder != "":
		f.Advice = fmt.Sprintf("take it out of profile %q, which has it, and delete it in the IAM console", key.Holder)
	case key.Unused(e.Now(), provider.DefaultUnusedFor):
		f.Advice = "delete it in the IAM console; or have it deleted and the other one replaced, " + k.rotate(" --delete-oldest-unused")
	}
	e.add(f)
}

// has reports whether a rotation works with a key.
func has(r *keychain.Rotation, id string) bool {
	return r != nil && (id == r.Pending.AccessKeyID || id == r.Retiring.AccessKeyID)
}

// holder is the profile that has a key, in the files or in the keychain, and
// whether its rotation works with it; empty: none has.
func (e *examination) holder(id string) (profile string, rotating bool) {
	for _, name := range e.config.Profiles() {
		section, err := e.config.Profile(name)
		switch {
		case err != nil:
			continue
		case section.Get("aws_access_key_id") == id:
			return name, false
		case e.locked || !isOurs(section):
			continue
		}
		value, err := e.Keychain.Get(e.ctx, keychain.KeyAccount(name))
		if err != nil {
			continue
		}
		key, err := keychain.DecodeKey(value)
		if err == nil && (key.AccessKeyID == id || has(key.Rotation, id)) {
			return name, key.AccessKeyID != id
		}
	}
	return "", false
}

// lastUsed tells when a key was used last; empty: AWS has not said.
func lastUsed(key provider.UserKey, now time.Time) string {
	switch {
	case !key.LastUsed.IsZero():
		return "last used " + provider.Ago(now.Sub(key.LastUsed))
	case key.UseKnown:
		return "never used"
	}
	return ""
}

func days(d time.Duration) int { return int(d.Hours() / 24) }
