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

// relay sends signals on until the command has ended.
func (c *command) relay(signals <-chan os.Signal, ended <-chan struct{}) {
	for {
		select {
		case s := <-signals:
			if slices.Contains(ofTerminal, s) && foreground() == unix.Getpgrp() {
				continue
			}
			if s == unix.SIGCONT {
				c.handBack()
			}
			_ = unix.Kill(c.pid, s.(syscall.Signal))
		case <-ended:
			return
		}
	}
}

// wait waits for the end of the command. When it stops alone, as an editor does
// that reads Ctrl-Z as a key, awsmint stops with it: the shell watches awsmint,
// and would else not come back. SIGCONT is relayed.
func (c *command) wait() (syscall.WaitStatus, error) {
	for {
		status, _, err := waitChange(c.pid, unix.WUNTRACED)
		if err != nil || !status.Stopped() {
			return status, err
		}
		time.Sleep(settle)
		status, changed, err := waitChange(c.pid, unix.WUNTRACED|unix.WCONTINUED|unix.WNOHANG)
		switch {
		case err != nil, changed && (status.Exited() || status.Signaled()):
			return status, err
		case !changed || !status.Continued():
			c.stopToo()
		}
	}
}

// stopToo stops awsmint where a shell can have its terminal back by that. The
// kernel leaves out those whom nobody would continue: SIGTSTP stops no process
// of an orphaned group.
func (c *command) stopToo() {
	own := unix.Getpgrp()
	switch group, err := unix.Getpgid(c.pid); foreground() {
	case own:
	case group:
		if err != nil {
			return
		}
		c.led.Store(true)
	default:
		return
	}
	_ = unix.Kill(unix.Getpid(), unix.SIGTSTP)
}

// handBack gives the terminal, which a shell has given to awsmint, back to a
// command that led it before, such as a shell in which "suspend" was typed.
func (c *command) handBack() {
	if !c.led.Load() || foreground() != unix.Getpgrp() {
		return
	}
	c.led.Store(false)
	if group, err := unix.Getpgid(c.pid); err == nil {
		onTerminal(func(tty int) { _ = unix.IoctlSetPointerInt(tty, unix.TIOCSPGRP, group) })
	}
}

// foreground is the process group in the foreground of this process's terminal;
// 0 where there is none.
func foreground() (group int) {
	onTerminal(func(tty int) {
		if g, err := unix.IoctlGetInt(tty, unix.TIOCGPGRP); err == nil {
			group = g
		}
	})
	return group
}

func onTerminal(do func(tty int)) {
	tty, err := unix.Open("/dev/tty", unix.O_RDONLY|unix.O_NOCTTY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return
	}
	defer unix.Close(tty)
	do(tty)
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
