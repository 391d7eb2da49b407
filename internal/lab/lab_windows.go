package lab

import (
	"os/exec"
	"syscall"
)

const exeSuffix = ".exe"

// detachedProcess is DETACHED_PROCESS: the command gets no console.
const detachedProcess = 0x00000008

func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: detachedProcess} }
