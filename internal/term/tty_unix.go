//go:build unix

package term

import (
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// open opens /dev/tty for blocking reads and writes, outside the runtime's
// poller: macOS's kqueue can't watch /dev/tty, and a program that is given the
// file as its stdin must not find it non-blocking.
func open() (*Terminal, error) {
	fd, err := unix.Open("/dev/tty", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("%w (/dev/tty: %w)", ErrNone, err)
	}
	if fd >= unix.FD_SETSIZE {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("%w (more than %d files are open)", ErrNone, unix.FD_SETSIZE)
	}
	tty := os.NewFile(uintptr(fd), "/dev/tty")
	return &Terminal{in: tty, out: tty}, nil
}

// Close closes the terminal.
func (t *Terminal) Close() error { return t.in.Close() }

func (t *Terminal) fd() int { return int(t.in.Fd()) }

// foreground returns ErrBackground unless this process is in the terminal's
// foreground process group.
func (t *Terminal) foreground() error {
	group, err := unix.IoctlGetInt(t.fd(), unix.TIOCGPGRP)
	switch {
	case err != nil:
		return fmt.Errorf("%w (its foreground is unknown: %w)", ErrNone, err)
	case group != unix.Getpgrp():
		return ErrBackground
	}
	return nil
}

// writePatience is how long a write waits for a terminal whose output is
// stopped.
const writePatience = 200 * time.Millisecond

func (t *Terminal) write(text string) error {
	ok, err := ready(t.fd(), toWrite, noWake, writePatience)
	if err == nil && !ok {
		err = errors.New("the terminal takes no output")
	}
	if err == nil {
		_, err = t.out.WriteString(text)
	}
	return err
}
