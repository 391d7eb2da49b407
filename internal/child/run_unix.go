//go:build unix

package child

import (
	"os"
	"os/signal"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
)

// relayed are the signals that go on to the command. SIGTSTP, SIGTTIN and
// SIGTTOU are not among them: they stop awsmint too, as the shell expects of
// the whole job.
var relayed = []os.Signal{
	unix.SIGHUP, unix.SIGINT, unix.SIGQUIT, unix.SIGTERM, unix.SIGUSR1, unix.SIGUSR2, unix.SIGALRM, unix.SIGWINCH, unix.SIGCONT,
}

// ofTerminal are those that the terminal itself sends, and then to every
// process in its foreground: Ctrl-C, Ctrl-\ and a change of its size.
var ofTerminal = []os.Signal{unix.SIGINT, unix.SIGQUIT, unix.SIGWINCH}

// Run runs a program as Replace does, but as a child, and returns its exit
// status: its own, or 128 and the number of the signal that ended it, as
// shells have it. The error, where it could not be started, is Replace's.
//
// The child stays in awsmint's process group, with its terminal and its
// standard streams, which awsmint does not touch. So Ctrl-Z stops, and fg
// continues, both. Signals sent to awsmint alone go on to the child. Those that
// a terminal sends (Ctrl-C) reach the child without help, and twice would be
// one too many for a program that asks "really quit?"; kill -INT can't be told
// from the key, so SIGINT, SIGQUIT and SIGWINCH go on only while the group is
// not in the foreground of a terminal. SIGTERM always does. What the caller has
// had ignored, as nohup does, stays ignored.
//
// Run ends with the child, whatever its own children do, and no context ends
// it: the caller must not exit on signals meanwhile. A child whose awsmint is
// killed by SIGKILL lives on.
func Run(program string, arguments, environ []string) (status int, err error) {
	environ = Environ(environ)
	signals := make(chan os.Signal, 64)
	if heeded := slices.DeleteFunc(slices.Clone(relayed), signal.Ignored); len(heeded) > 0 {
		signal.Notify(signals, heeded...)
		defer signal.Stop(signals)
	}
	var pid int
	if err := launch(program, arguments, environ, func(path string, argv []string) (err error) {
		pid, err = syscall.ForkExec(path, argv, &syscall.ProcAttr{Env: environ, Files: []uintptr{0, 1, 2}})
		return err
	}); err != nil {
		return 0, err
	}
	ended := make(chan struct{})
	defer close(ended)
	go relay(pid, signals, ended)

	end, err := waitFor(pid)
	if err != nil {
		return 0, err
	}
	if end.Signaled() {
		return killedStatus + int(end.Signal()), nil
	}
	return end.ExitStatus(), nil
}
