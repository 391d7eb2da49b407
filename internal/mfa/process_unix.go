//go:build unix

package mfa

import (
	"os/exec"
	"syscall"
)

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
