//go:build unix

package child

import "syscall"

// Run runs a program as Replace does, but as a child, and returns how it ended.
// The error, where it could not be started, is Replace's.
//
// The child stays in awsmint's process group, with its terminal and its
// standard streams, which awsmint does not touch. Ctrl-Z stops, and the shell's
// fg continues, both; when the child stops by itself, awsmint does too. Signals
// sent to awsmint alone go on to the child. Those that a terminal sends (Ctrl-C)
// reach the child without help, and twice would be one too many for a program
// that asks "really quit?"; kill -INT can't be told from the key, so SIGINT,
// SIGQUIT and SIGWINCH go on only while the group is not in the foreground of a
// terminal. SIGTERM always does. What the caller has had ignored, as nohup
// does, stays ignored.
//
// Run ends with the child, whatever its own children do, and no context ends
// it: the caller must not exit on signals meanwhile. A child whose awsmint is
// killed by SIGKILL lives on.
func Run(program string, arguments, environ []string) (End, error) {
	environ = Environ(environ)
	signals, stop := heed()
	defer stop()
	var pid int
	if err := launch(program, arguments, environ, func(path string, argv []string) (err error) {
		pid, err = syscall.ForkExec(path, argv, &syscall.ProcAttr{Env: environ, Files: []uintptr{0, 1, 2}})
		return err
	}); err != nil {
		return End{}, err
	}
	status, err := accompany(pid, signals)
	switch {
	case err != nil:
		return End{}, err
	case status.Signaled():
		return End{Signal: int(status.Signal())}, nil
	}
	return End{Code: status.ExitStatus()}, nil
}
