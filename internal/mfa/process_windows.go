package mfa

import "os/exec"

// controlCExit is the exit code of a program that Ctrl-C ended
// (STATUS_CONTROL_C_EXIT).
const controlCExit = 0xC000013A

func endedByPerson(exit *exec.ExitError) bool { return uint32(exit.ExitCode()) == controlCExit }
