package child

import (
	"context"
	"os/exec"
	"syscall"
)

// shell hands the line to cmd.exe untouched: Go's quoting of arguments is not
// the one that cmd.exe reads.
func shell(ctx context.Context, line string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "cmd.exe")
	cmd.SysProcAttr = &syscall.SysProcAttr{CmdLine: `cmd.exe /C ` + line}
	return cmd
}
