package cli

import (
	"cmp"
	"context"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
)

// staleSeed is a seed that came with the key before: that of another device
// than the new key's.
type staleSeed struct {
	there  bool
	device string // empty: not known
}

// staleSeed looks whether there is one. A seed of the new key's own device is
// none, as where somebody has made a new key in the console.
func (s *addition) staleSeed(ctx context.Context) (staleSeed, error) {
	if !s.another() || !s.seed.IsZero() {
		return staleSeed{}, nil
	}
	value, err := s.keychain.Get(ctx, keychain.SeedAccount(s.Profile))
	if err != nil {
		if isNotFound(err) {
			err = nil
		}
		return staleSeed{}, err
	}
	seed, _ := keychain.DecodeSeed(value) // one that can't be understood is of no use either
	device := cmp.Or(seed.Serial, s.section.Setting("mfa_serial"))
	return staleSeed{device == "" || device != s.serial, device}, nil
}

// drop deletes the seed, once the new key is stored: until then the old one may
// be needed, and its seed may be the only copy. In between nothing happens with
// it, since codes of another device's are not sent.
func (s *addition) drop(ctx context.Context, stale staleSeed) error {
	if !stale.there {
		return nil
	}
	if err := s.keychain.Delete(ctx, keychain.SeedAccount(s.Profile)); err != nil && !isNotFound(err) {
		return fault.Also(err, "the key is stored; so is still the seed that came with the one before: delete it with awsmint mfa remove "+quoted(s.Profile)+", then run the same command again")
	}
	s.dropped = stale.String()
	return nil
}

// String is what it is called to a person.
func (s staleSeed) String() string {
	text := "the seed that came with the key before"
	if s.device != "" {
		text += ", of the device " + s.device + ","
	}
	return text
}
