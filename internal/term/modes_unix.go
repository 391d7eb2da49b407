//go:build unix

package term

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// setModes makes the terminal hand over edited lines, echoed or not, whatever
// modes it was left in. Dropping input and setting modes is one call to the
// kernel (TCSAFLUSH), so no key falls in between.
//
// Without echo, the key that suspends (Ctrl-Z) becomes one that ends the line:
// the kernel would stop this process before it could put the echo back, and a
// Go program that catches SIGTSTP can't return to its default action. So the
// key is seen here, the modes are restored, and then the signal is sent.
func (t *Terminal) setModes(q question) (*modes, error) {
	old, err := unix.IoctlGetTermios(t.fd(), getModes)
	if err != nil {
		return nil, fmt.Errorf("%w (its modes can't be read: %w)", ErrNone, err)
	}
	set := *old
	set.Iflag |= unix.ICRNL
	set.Lflag |= unix.ICANON | unix.ISIG | unix.ECHO | unix.ECHOE | unix.ECHOK
	var suspendKey byte
	if q.hidden {
		set.Lflag &^= unix.ECHO | unix.ECHONL
		if set.Cc[unix.VSUSP] != noKey {
			suspendKey = set.Cc[unix.VSUSP]
			set.Cc[unix.VEOL], set.Cc[unix.VSUSP] = suspendKey, noKey
		}
	}
	if q.paste { // in the canonical mode the kernel would cut long lines
		set.Lflag &^= unix.ICANON
		set.Cc[unix.VMIN], set.Cc[unix.VTIME] = 1, 0
	}
	if err := t.applyModes(&set, q.fresh); err != nil {
		return nil, fmt.Errorf("%w (its modes can't be set: %w)", ErrNone, err)
	}
	restore := func(dropInput bool) { _ = t.applyModes(old, dropInput) }
	return &modes{restore: restore, suspendKey: suspendKey}, nil
}

func (t *Terminal) applyModes(set *unix.Termios, dropInput bool) error {
	request := uint(setModesNow)
	if dropInput {
		request = setModesDropInput
	}
	for {
		err := unix.IoctlSetTermios(t.fd(), request, set)
		if err != unix.EINTR {
			return err
		}
	}
}

// SaveModes returns a function that puts the present modes back. It is for
// whoever hands the terminal to a program that may be killed while it asks.
func (t *Terminal) SaveModes() (restore func()) {
	old, err := unix.IoctlGetTermios(t.fd(), getModes)
	if err != nil {
		return func() {}
	}
	return func() {
		if t.foreground() == nil {
			_ = t.applyModes(old, false)
		}
	}
}
