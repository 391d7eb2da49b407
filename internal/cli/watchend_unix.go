//go:build unix

package cli

import (
	"os"
	"os/signal"

	"golang.org/x/sys/unix"
)

// resizes tells when the terminal has another size, until stop is called.
func resizes() (resized <-chan os.Signal, stop func()) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, unix.SIGWINCH)
	return c, func() { signal.Stop(c) }
}

// isDeserted reports whether nobody reads a pipe any more, which a program that
// has nothing to write would never learn. A file is never deserted.
func isDeserted(f *os.File) bool {
	pipes := []unix.PollFd{{Fd: int32(f.Fd())}}
	n, err := unix.Poll(pipes, 0)
	return err == nil && n == 1 && pipes[0].Revents&unix.POLLERR != 0
}
