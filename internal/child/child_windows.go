package child

import (
	"context"
	"os/exec"
	"syscall"
)

// shell hands the line to cmd.exe untouched: Go's quoting of arguments is not
// the one that cmd.exe reads. With /S it takes off the quotes put round the
// line here, and leaves those in it, such as round a path with spaces. /D keeps
// it from running what the registry names as AutoRun, which may print.
func shell(ctx context.Context, line string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "cmd.exe")
	cmd.SysProcAttr = &syscall.SysProcAttr{CmdLine: `cmd.exe /D /S /C "` + line + `"`}
	return cmd
}

// Detach does nothing: Windows stops no program for reading from the console,
// and kills the program alone.
func Detach(*exec.Cmd) {}
