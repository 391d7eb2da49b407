//go:build unix

package child

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// defaultPath is where commands are looked for without a PATH, as execvp(3)
// does it.
const defaultPath = "/usr/bin:/bin"

// Replace makes this process a program, given by its path or as the PATH of
// environ finds it, with its arguments and Environ(environ). It keeps the
// process's number, terminal and standard streams, so that exit status, signals
// and job control are the program's own; nothing of awsmint is left.
//
// It returns only when that fails, with a fault of status NotFound or
// NotExecutable. Windows, which has no such call, is done with Run, and the
// command's end returned.
func Replace(program string, arguments, environ []string) (End, error) {
	environ = Environ(environ)
	return End{}, launch(program, arguments, environ, func(path string, argv []string) error {
		return syscall.Exec(path, argv, environ)
	})
}

// Check returns the error that Replace and Run would have because there is no
// such program, or one that can't be run. It runs nothing.
func Check(program string, environ []string) error {
	_, err := lookUp(program, environ)
	return err
}

// launch finds a program and starts it. A file in no format that the kernel
// runs is a script for the shell, as for execvp(3).
func launch(program string, arguments, environ []string, start func(path string, argv []string) error) error {
	path, err := lookUp(program, environ)
	if err != nil {
		return err
	}
	err = start(path, append([]string{program}, arguments...))
	if errors.Is(err, syscall.ENOEXEC) {
		err = start("/bin/sh", append([]string{"/bin/sh", path}, arguments...))
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOENT): // the file is there, see lookUp
		return notExecutable(program, err, "its interpreter is missing", "look at the first line of "+path)
	case errors.Is(err, syscall.E2BIG):
		return notExecutable(program, err, "its arguments and the environment are too long", "pass them in a file, or through a pipe")
	}
	return notExecutable(program, err, err.Error(), "look at "+path)
}

// lookUp finds a program as a shell with that environment would. What is found
// but can't be run counts only when nothing better follows.
func lookUp(program string, environ []string) (path string, err error) {
	if strings.Contains(program, "/") {
		if _, err := os.Stat(program); isAbsent(err) {
			return "", notFound(program, err)
		}
		return program, checkExecutable(program, program)
	}
	var refused error
	for _, dir := range filepath.SplitList(pathOf(environ)) {
		if dir == "" {
			dir = "." // POSIX: an empty entry is the current directory
		}
		path := dir + "/" + program
		if _, err := os.Stat(path); program == "" || err != nil {
			continue
		}
		err := checkExecutable(program, path)
		if err == nil {
			return path, nil
		}
		if refused == nil {
			refused = err
		}
	}
	if refused != nil {
		return "", refused
	}
	return "", notFound(program, fs.ErrNotExist)
}

func isAbsent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

func checkExecutable(program, path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return notExecutable(program, err, err.Error(), "look at "+path)
	case info.IsDir():
		return notExecutable(program, syscall.EISDIR, "it is a directory", "give the path of a program")
	}
	if err := unix.Access(path, unix.X_OK); err != nil {
		return notExecutable(program, err, "permission denied", "make it executable: chmod +x "+path)
	}
	return nil
}

// pathOf is the PATH of an environment. Of several, the last counts, as for
// Go's own lookups.
func pathOf(environ []string) string {
	path := defaultPath
	for _, entry := range environ {
		if value, ok := strings.CutPrefix(entry, "PATH="); ok {
			path = value
		}
	}
	return path
}

// sameName reports whether two names are those of the same variable.
func sameName(a, b string) bool { return a == b }
