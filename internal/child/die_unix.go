//go:build unix

package child

import (
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// Die ends this process by the signal of that number, which has ended the
// command that it stood for: a shell that runs a loop goes by that, and not by
// the exit status, when it has to know whether Ctrl-C was meant for the loop
// too. It returns only where it fails.
//
// Go's runtime has handlers of its own for most signals and can't be told to
// give the default back; execve does so, and a shell then does the rest. The
// command has written its core file, if it was to have one.
func Die(signal int) {
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
	_ = syscall.Exec("/bin/sh", []string{
		"sh", "-c", `kill -"$1" $$; exit "$2"`, "sh", strconv.Itoa(signal), strconv.Itoa(killedStatus + signal),
	}, nil)
}
