package child

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
)

// Replace runs a program in place of awsmint, as far as Windows has that: it is
// Run. The caller exits with the status.
func Replace(program string, arguments, environ []string) (End, error) {
	return Run(program, arguments, environ)
}

// Run runs a program, given by its path or as awsmint's own PATH finds it, with
// its arguments, Environ(environ) and awsmint's standard streams, and returns
// how it ended. Where it can't be started, the error is a fault of status
// NotFound or NotExecutable.
//
// Ctrl-C and Ctrl-Break reach every process of a console; awsmint leaves them
// to the program and waits for it.
func Run(program string, arguments, environ []string) (End, error) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)

	cmd := exec.Command(program, arguments...)
	cmd.Env = Environ(environ)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return End{}, notStarted(program, err)
	}
	err := cmd.Wait()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		err = nil
	}
	return End{Code: cmd.ProcessState.ExitCode()}, err
}

// Die does nothing: Windows has no signals that end programs.
func Die(int) {}

// Check returns the error that Replace and Run would have because there is no
// such program. It runs nothing.
func Check(program string, _ []string) error {
	if _, err := exec.LookPath(program); err != nil {
		return notStarted(program, err)
	}
	return nil
}

func notStarted(program string, err error) error {
	switch {
	case errors.Is(err, exec.ErrDot):
		return notExecutable(program, err, "it is found in the current directory only", `give its path: .\`+program)
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, os.ErrNotExist):
		return notFound(program, err)
	}
	return notExecutable(program, err, err.Error(), "check that it is a program for this machine")
}

// sameName reports whether two names are those of the same variable: Windows
// ignores case.
func sameName(a, b string) bool { return strings.EqualFold(a, b) }
