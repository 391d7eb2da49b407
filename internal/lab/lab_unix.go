//go:build unix

package lab

import (
	"os/exec"
	"syscall"
)

const exeSuffix = ""

// detach gives the command a session of its own: no controlling terminal.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }
