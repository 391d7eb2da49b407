package provider

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/mfa"
)

// entryRoom is the room in bytes for an entry. Session tokens are mostly under
// 4 KiB.
const entryRoom = 8 << 10

// CheckRoom says why what Retrieve is about to mint could not be kept: for who
// mints for others, before a person is asked for anything. It is nil where
// Retrieve would mint nothing.
func (c *Cached) CheckRoom(ctx context.Context) error {
	c = c.current()
	if sealed, ok := c.cache.Read(c.name); ok && !c.Force && sealed.Times.Expires.Sub(c.now()) > c.window(sealed.Times) {
		return nil
	}
	release, err := c.room("the credentials", entryRoom)
	if err != nil {
		return err
	}
	release()
	_, err = c.keys.getOrMake(ctx)
	return err
}

// nothingKept says why a code was refused, where what the last one gave could
// not be kept, nor the code be remembered as spent: the clock is not to blame.
func (c *Cached) nothingKept(err error) error {
	if c.last == "" || !errors.Is(err, mfa.ErrRefused) {
		return err
	}
	release, full := c.room("each code works once, and what it gave", entryRoom)
	if full == nil {
		release()
		return err
	}
	return fault.Wrap(err, fault.StatusOf(err), err.Error(), full.Error()+"; "+fault.HintOf(full))
}

// room keeps room for what is to be stored in the entry's place, until release.
func (k *kept) room(what string, size int) (release func(), err error) {
	if release, err = k.cache.Room(k.name, size); err == nil {
		return release, nil
	}
	reason := err
	if path := new(fs.PathError); errors.As(err, &path) {
		reason = path.Err // without the path, which is a temporary one
	}
	return nil, fault.Wrap(err, fault.Failure, fmt.Sprintf("%s can't be kept: %v", what, reason),
		fmt.Sprintf("see that the disk has room and that you may write to %q, and run the same command again", k.cache.Dir))
}
