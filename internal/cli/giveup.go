package cli

import (
	"context"
	"fmt"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/provider"
)

// mayReplace looks whether a new key may take the place of the one that is
// there: with --force, and over a rotation that is not finished only with the
// word of the person who is there. The journal may hold the only copy of a
// secret.
func (s *addition) mayReplace(ctx context.Context) error {
	switch {
	case !s.another():
		return nil
	case !s.Force, s.isRotating() && s.unasked:
		return s.alreadyStored()
	case s.isRotating():
		return s.giveUp(ctx)
	}
	return nil
}

// isRotating reports whether the key that is there is being replaced.
func (s *addition) isRotating() bool { return s.stored.Rotation != nil }

// unfinished says where the rotation stands, without its article.
func (s *addition) unfinished() string {
	return fmt.Sprintf("rotation of the key %s of profile %q is not finished: %s", provider.LastFour(s.stored.AccessKeyID), s.Profile, provider.Unfinished(s.stored))
}

// alreadyStored says what is in the way of a new key.
func (s *addition) alreadyStored() error {
	if s.isRotating() {
		return fault.New(fault.Failure, "the "+s.unfinished(),
			fmt.Sprintf("finish it: awsmint rotate %s\nor, to give it up, take the profile out and run the same command again: awsmint remove %[1]s", quoted(s.Profile)))
	}
	return fault.New(fault.Failure, fmt.Sprintf("the key %s is stored for profile %q", provider.LastFour(s.stored.AccessKeyID), s.Profile),
		"replace it with --force, or choose another profile name")
}

// giveUp asks whether a rotation may end as it stands.
func (s *addition) giveUp(ctx context.Context) error {
	t, err := openTerminal("to ask whether to give a rotation up", "finish it: awsmint rotate "+quoted(s.Profile))
	if err != nil {
		return err
	}
	defer t.Close()
	yes, err := t.Confirm(ctx, fmt.Sprintf("The %s.\nGive it up for the key %s?", s.unfinished(), provider.LastFour(s.key.AccessKeyID)))
	if err == nil && !yes {
		err = fault.New(fault.Person, "cancelled: nothing was changed", "to finish the rotation, run: awsmint rotate "+quoted(s.Profile))
	}
	return cancelled(err)
}
