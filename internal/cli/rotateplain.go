package cli

import (
	"fmt"
	"strings"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/keycheck"
	"github.com/awsmint/awsmint/provider"
)

// checkPlainText refuses to replace a key that stands in the config files too:
// the new one would not get there, and whoever reads the old one there would be
// left with a deleted key. A rotation that is under way goes on, since half of
// one helps nobody, and says what stops working.
func (r *rotations) checkPlainText(profile string) error {
	item, ok := r.items[profile]
	if !ok {
		return nil // Rotate says so
	}
	id := outgoingKeyID(item)
	places, profiles := r.inPlainText(id)
	if len(places) == 0 {
		return nil
	}
	where, hint := strings.Join(places, " and "), "awsmint import "+strings.Join(profiles, " ")
	if item.Rotation != nil {
		r.app.Warn(fmt.Sprintf("the key %s of profile %q, whose rotation is under way, is also in plain text at %s, and stops working there; afterwards take it out", provider.LastFour(id), profile, where))
		return nil
	}
	return fault.New(fault.Failure, fmt.Sprintf("the key %s of profile %q is also in plain text at %s, where it would stop working; nothing was changed", provider.LastFour(id), profile, where),
		"move it to the keychain, then rotate: "+hint)
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
func (r *rotations) inPlainText(id string) (places, profiles []string) {
	for _, name := range r.config.Profiles() {
		found, err := keysInFiles(r.config, name)
		if err != nil {
			r.app.Log.Debug("passed over", "profile", name, "error", err)
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
