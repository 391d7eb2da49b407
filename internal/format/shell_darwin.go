package format

import (
	"os"

	"golang.org/x/sys/unix"
)

// parentProgram is the name of the program that started this one, at most 16
// bytes of it, or nothing where it can't be known.
func parentProgram() string {
	info, err := unix.SysctlKinfoProc("kern.proc.pid", os.Getppid())
	if err != nil {
		return ""
	}
	return unix.ByteSliceToString(info.Proc.P_comm[:])
}

func fromEnvironment(getenv func(string) string) Format { return fromPOSIX(getenv) }
