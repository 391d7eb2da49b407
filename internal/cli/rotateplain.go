package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/keycheck"
	"github.com/awsmint/awsmint/provider"
)

// checkPlainText refuses to replace a key that stands in the config files too:
// the new one would not get there, and whoever reads the old one there would be
// left with a deleted key. Where commands publish the new key they may bring it
// there, which is looked at before the old one stops. Once the new key is in use
// the rotation goes on, since half of one helps nobody, and says what stops.
func (r *rotations) checkPlainText(rotation *provider.Rotation) error {
	profile := rotation.Profile
	item, ok := r.items[profile]
	if !ok {
		return nil // Rotate says so
	}
	rotation.MayRetire = r.outOfPlainText
	id := outgoingKeyID(item)
	places, profiles := r.app.inPlainText(r.config, id)
	if len(places) == 0 {
		return nil
	}
	what := fmt.Sprintf("the key %s of profile %q", provider.LastFour(id), profile)
	where := "is also in plain text at " + strings.Join(places, " and ")
	switch {
	case item.Rotation != nil && item.Rotation.Retiring.AccessKeyID != "":
		r.app.Warn(what + ", whose rotation is under way, " + where + ", and stops working there; afterwards take it out")
		return nil
	case len(rotation.Publish) > 0:
		r.app.Note(what + " " + where + "; it stays valid until what publishes the new key has replaced it there")
		return nil
	}
	hint := moveOut(profiles)
	if stands := provider.Unfinished(item); stands != "" {
		hint += "\n" + stands
	}
	return fault.New(fault.Failure, what+" "+where+", where it would stop working; nothing was changed", hint)
}

// outOfPlainText looks, when the new key is published, whether no file has the
// old one any more.
func (r *rotations) outOfPlainText(_ context.Context, id string) error {
	config, err := awsconfig.Load(r.app.Paths)
	if err != nil {
		return err
	}
	places, profiles := r.app.inPlainText(config, id)
	if len(places) == 0 {
		return nil
	}
	return fault.New(fault.Failure, fmt.Sprintf("the old key %s still stands in plain text at %s, where it would stop working", provider.LastFour(id), strings.Join(places, " and ")),
		moveOut(profiles))
}

// moveOut is how a key gets out of the config files.
func moveOut(profiles []string) string {
	return "move it to the keychain, then rotate: awsmint import " + strings.Join(profiles, " ") +
		"\nor have a command write the new key there: --publish COMMAND"
}

// outgoingKeyID is the id of the key that the rotation of an item deletes.
func outgoingKeyID(item keychain.Key) string {
	if item.Rotation != nil && item.Rotation.Retiring.AccessKeyID != "" {
		return item.Rotation.Retiring.AccessKeyID
	}
	return item.AccessKeyID
}

// inPlainText are the places in the config files that have a key, for people,
// and the profiles there, for a command line.
func (a *App) inPlainText(config *awsconfig.Config, id string) (places, profiles []string) {
	for _, name := range config.Profiles() {
		found, err := keysInFiles(config, name)
		if err != nil {
			a.Log.Debug("passed over", "profile", name, "error", err)
			continue
		}
		there := false
		for _, f := range found {
			if f.id() == id {
				places = append(places, fmt.Sprintf("%s (profile %q)", f.place(keycheck.AccessKeyID), name))
				there = true
			}
		}
		if there {
			profiles = append(profiles, quoted(name))
		}
	}
	return places, profiles
}
