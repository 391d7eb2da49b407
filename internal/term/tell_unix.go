//go:build unix

package term

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Tell writes a line to the person although another program has the terminal,
// such as a shell that is this process's child. It asks nothing, and never
// waits. Where a terminal stops the writers of its background (stty tostop), it
// returns an error that Is ErrBackground; where there is none, one that Is
// ErrNone.
func Tell(text string) error {
	fd, err := unix.Open("/dev/tty", unix.O_WRONLY|unix.O_NOCTTY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return fmt.Errorf("%w (/dev/tty: %w)", ErrNone, err)
	}
	defer unix.Close(fd)
	group, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP)
	if err != nil {
		return fmt.Errorf("%w (its foreground is unknown: %w)", ErrNone, err)
	}
	modes, err := unix.IoctlGetTermios(fd, getModes)
	if err != nil {
		return fmt.Errorf("%w (its modes can't be read: %w)", ErrNone, err)
	}
	if group != unix.Getpgrp() && modes.Lflag&unix.TOSTOP != 0 {
		return ErrBackground
	}
	_, err = unix.Write(fd, []byte(printable(text)+"\n"))
	return err
}
