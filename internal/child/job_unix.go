//go:build unix

package child

import (
	"os"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// settle is how long a stopped command may take to go on before it counts as
// stopped on its own: after Ctrl-Z awsmint is stopped meanwhile.
const settle = 50 * time.Millisecond

// relay sends signals on to a command until it has ended.
func relay(pid int, signals <-chan os.Signal, ended <-chan struct{}) {
	for {
		select {
		case s := <-signals:
			if slices.Contains(ofTerminal, s) && inForeground() {
				continue
			}
			_ = unix.Kill(pid, s.(syscall.Signal))
		case <-ended:
			return
		}
	}
}

// waitFor waits for the end of a command. When it stops alone, as an editor
// does that reads Ctrl-Z as a key, awsmint stops with it: the shell watches
// awsmint, and would else not come back. SIGCONT is relayed. Where there is no
// shell to do that, in an orphaned process group, SIGTSTP stops nobody.
func waitFor(pid int) (syscall.WaitStatus, error) {
	for {
		status, _, err := waitChange(pid, unix.WUNTRACED)
		if err != nil || !status.Stopped() {
			return status, err
		}
		time.Sleep(settle)
		status, changed, err := waitChange(pid, unix.WUNTRACED|unix.WCONTINUED|unix.WNOHANG)
		switch {
		case err != nil, changed && (status.Exited() || status.Signaled()):
			return status, err
		case !changed || !status.Continued():
			_ = unix.Kill(unix.Getpid(), unix.SIGTSTP)
		}
	}
}

// waitChange is wait4(2). changed is false where WNOHANG found nothing.
func waitChange(pid, options int) (status syscall.WaitStatus, changed bool, err error) {
	for {
		found, err := syscall.Wait4(pid, &status, options, nil)
		if err != syscall.EINTR {
			return status, found == pid, err
		}
	}
}

// inForeground reports whether this process's group is in the foreground of
// its terminal, if it has one.
func inForeground() bool {
	tty, err := unix.Open("/dev/tty", unix.O_RDONLY|unix.O_NOCTTY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return false
	}
	defer unix.Close(tty)
	group, err := unix.IoctlGetInt(tty, unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}
