package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/provider"
)

// storedKeys are the keys in the keychain of all profiles of the config file,
// and of those that are named. An item that can't be understood is passed over,
// unless it is that of a named profile.
func (a *App) storedKeys(ctx context.Context, config *awsconfig.Config, k keychain.Keychain, named []string) (map[string]keychain.Key, error) {
	items := map[string]keychain.Key{}
	for _, name := range append(config.Profiles(), named...) {
		value, err := k.Get(ctx, keychain.KeyAccount(name))
		if isNotFound(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		key, err := keychain.DecodeKey(value)
		switch {
		case err == nil:
			items[name] = key
		case slices.Contains(named, name):
			return nil, err
		default:
			a.Log.Debug("passed over", "profile", name, "error", err)
		}
	}
	return items, nil
}

// reread looks again what is stored for profiles.
func (r *rotations) reread(ctx context.Context, profiles []string) error {
	for _, profile := range profiles {
		key, err := storedKey(ctx, r.keychain, profile)
		if err != nil {
			return err
		}
		r.items[profile] = key
	}
	return nil
}

// keyIDs are the ids of the keys that an item holds.
func keyIDs(item keychain.Key) []string {
	ids := []string{item.AccessKeyID}
	if item.Rotation != nil {
		for _, pair := range []keychain.KeyPair{item.Rotation.Pending, item.Rotation.Retiring} {
			if pair.AccessKeyID != "" {
				ids = append(ids, pair.AccessKeyID)
			}
		}
	}
	return ids
}

// rotation is that of a profile.
func (r *rotations) rotation(profile string) (*provider.Rotation, error) {
	app := r.app
	rotation, err := provider.NewRotation(r.config, app.Getenv, profile, provider.Options{})
	if err != nil {
		return nil, err
	}
	environ, err := app.Enter(app.Getenv, app.Environ, provider.Request{Profile: profile}, rotation.Session)
	if err != nil {
		return nil, err
	}
	asking := ask{noInput: app.noInput(r.NoInput), asked: true}
	if rotation.Options, err = app.options(profile, environ, asking); err != nil {
		return nil, err
	}
	// A command that publishes the key may well use the profile itself: the
	// note of AWSMINT_CHAIN, which would keep it from that, is not for it.
	rotation.Environ = app.Environ
	rotation.Publish, rotation.NoPublish = append(rotation.Publish, r.Publish...), r.NoPublish
	if r.DeleteOldestUnused {
		rotation.UnusedFor = provider.DefaultUnusedFor
	}
	rotation.Shared, rotation.HeldBy = r.sharing(profile), r.heldBy
	rotation.Forget = func() error {
		for _, name := range append([]string{profile}, rotation.Shared...) {
			if _, err := app.forget(r.config, name); err != nil {
				return err
			}
		}
		return nil
	}
	return rotation, nil
}

// sharing are the other profiles that have a key of the profile's.
func (r *rotations) sharing(profile string) (names []string) {
	ids := keyIDs(r.items[profile])
	for _, name := range r.config.Profiles() {
		if item, ok := r.items[name]; ok && name != profile && slices.Contains(ids, item.AccessKeyID) {
			names = append(names, name)
		}
	}
	return names
}

// heldBy says which profile or file has a key, for a person; empty: none. All is
// read anew: it is asked before a key is deleted.
func (r *rotations) heldBy(ctx context.Context, id string) (string, error) {
	config, err := awsconfig.Load(r.app.Paths)
	if err != nil {
		return "", err
	}
	items, err := r.app.storedKeys(ctx, config, r.keychain, nil)
	if err != nil {
		return "", err
	}
	for _, name := range config.Profiles() {
		if item, ok := items[name]; ok && slices.Contains(keyIDs(item), id) {
			return fmt.Sprintf("profile %q", name), nil
		}
	}
	places, _ := r.app.inPlainText(config, id)
	return strings.Join(places, " and "), nil
}

// age is that of a key. Only AWS knows the day on which one was made that came
// from elsewhere; it is not asked where what is known is old enough.
func (r *rotations) age(ctx context.Context, rotation *provider.Rotation, item keychain.Key) (time.Duration, error) {
	now := r.app.Now()
	known := now.Sub(item.Since())
	if !item.Since().IsZero() && known >= r.olderThan || !item.MadeAt.IsZero() {
		return known, nil
	}
	keys, err := rotation.Keys(ctx)
	if err != nil {
		return 0, fault.Wrap(err, fault.StatusOf(err), fmt.Sprintf("the age of the key %s is not known: %v", provider.LastFour(item.AccessKeyID), err), fault.HintOf(err))
	}
	for _, key := range keys {
		if key.ID == item.AccessKeyID {
			r.remember(ctx, rotation, item.AccessKeyID, key.Created)
			return now.Sub(key.Created), nil
		}
	}
	return known, nil
}

// remember keeps when AWS made a key for all that have it. That is for those who
// look at its age, and no failure of this run.
func (r *rotations) remember(ctx context.Context, rotation *provider.Rotation, id string, made time.Time) {
	for _, profile := range append([]string{rotation.Profile}, rotation.Shared...) {
		key, err := storedKey(ctx, r.keychain, profile)
		if err != nil || key.AccessKeyID != id || !key.MadeAt.IsZero() {
			continue
		}
		key.MadeAt = made
		err = r.keychain.Set(ctx, keychain.KeyAccount(profile), keychain.EncodeKey(key))
		r.app.Log.Debug("kept when the key was made", "profile", profile, "error", err)
		r.items[profile] = key
	}
}
