//go:build unix

package child

import (
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// relayed are the signals that go on to a command. SIGTSTP, SIGTTIN and SIGTTOU
// are not among them: they stop awsmint too, as the shell expects of the whole
// job, and a Go program that has caught one of them can't be stopped by it any
// more.
var relayed = []os.Signal{
	unix.SIGHUP, unix.SIGINT, unix.SIGQUIT, unix.SIGTERM, unix.SIGUSR1, unix.SIGUSR2, unix.SIGALRM, unix.SIGWINCH, unix.SIGCONT,
}

// ofTerminal are those that the terminal itself sends, and then to every
// process in its foreground: Ctrl-C, Ctrl-\ and a change of its size.
var ofTerminal = []os.Signal{unix.SIGINT, unix.SIGQUIT, unix.SIGWINCH}

// A command that was stopped with awsmint, by Ctrl-Z, needs nothing more. That
// it was stopped alone is known when awsmint runs on for a while: for several
// short ones, since a timer that ran out during a stop goes off at its end.
const (
	aloneSlices = 5
	aloneSlice  = 10 * time.Millisecond
)

// heed returns the signals sent to awsmint from now on that a command is to
// have. What the caller has had ignored is not among them.
func heed() (signals chan os.Signal, stop func()) {
	signals = make(chan os.Signal, 64)
	if heeded := slices.DeleteFunc(slices.Clone(relayed), signal.Ignored); len(heeded) > 0 { // none would mean all
		signal.Notify(signals, heeded...)
	}
	return signals, func() { signal.Stop(signals) }
}

// accompany sends signals on to a command and returns how it ended. When it
// stops alone, as an editor does that reads Ctrl-Z as a key, awsmint stops with
// it: the shell watches awsmint, and would else not come back.
func accompany(pid int, signals <-chan os.Signal) (syscall.WaitStatus, error) {
	changes := make(chan change)
	go watch(pid, changes)
	var slice <-chan time.Time // runs while the command is stopped
	var left int
	for {
		select {
		case s := <-signals:
			if s == unix.SIGCONT {
				slice = nil
			}
			if !slices.Contains(ofTerminal, s) || !inForeground() {
				_ = unix.Kill(pid, s.(syscall.Signal))
			}
		case c := <-changes:
			slice = nil
			switch {
			case c.err != nil, c.status.Exited(), c.status.Signaled():
				return c.status, c.err
			case c.status.Stopped():
				slice, left = time.After(aloneSlice), aloneSlices
			}
		case <-slice:
			if left--; left > 0 {
				slice = time.After(aloneSlice)
				continue
			}
			// Where no shell would continue it, in an orphaned process group,
			// the kernel stops nobody by this.
			_ = unix.Kill(unix.Getpid(), unix.SIGTSTP)
			slice = nil
		}
	}
}

// change is what has become of a command.
type change struct {
	status syscall.WaitStatus
	err    error
}

// watch tells of each change until the command has ended.
func watch(pid int, changes chan<- change) {
	for {
		var c change
		_, c.err = syscall.Wait4(pid, &c.status, unix.WUNTRACED|unix.WCONTINUED, nil)
		if c.err == syscall.EINTR {
			continue
		}
		changes <- c
		if c.err != nil || c.status.Exited() || c.status.Signaled() {
			return
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
