//go:build unix

package mfa

import (
	"os/exec"
	"syscall"
)

// ownGroup makes the program the leader of a process group that is killed with
// it.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

// shellInterrupted is the exit status of a shell whose command was ended by
// SIGINT (128 + 2, POSIX).
const shellInterrupted = 130

func endedByPerson(exit *exec.ExitError) bool {
	status, ok := exit.Sys().(syscall.WaitStatus)
	if !ok {
		return false
	}
	if status.Signaled() {
		switch status.Signal() {
		case syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP:
			return true
		}
	}
	return status.ExitStatus() == shellInterrupted
}
