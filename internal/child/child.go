// Package child prepares the programs that awsmint starts for the user: a
// command that prints a code or a passphrase, a dialog.
package child

import (
	"context"
	"os/exec"
	"strings"
	"time"
)

// secretVariables are for awsmint alone and never reach a child.
var secretVariables = []string{"AWSMINT_PASSPHRASE", "AWSMINT_PASSPHRASE_COMMAND"}

// Environ returns the environment for a child: environ (of the form of
// os.Environ) without awsmint's own secrets.
func Environ(environ []string) []string {
	kept := make([]string, 0, len(environ))
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		if !isSecret(name) {
			kept = append(kept, entry)
		}
	}
	return kept
}

func isSecret(name string) bool {
	for _, secret := range secretVariables {
		if strings.EqualFold(name, secret) { // Windows ignores case
			return true
		}
	}
	return false
}

// waitDelay is how long a killed command may keep its pipes open (by a
// grandchild) before they are closed over its head.
const waitDelay = time.Second

// Shell returns a command that runs line as the user would type it (sh -c on
// Unix, cmd /C on Windows), with Environ(environ), killed when ctx ends.
func Shell(ctx context.Context, line string, environ []string) *exec.Cmd {
	return prepared(shell(ctx, line), environ)
}

// Command returns a command of a program, by its path or as PATH finds it, and
// its arguments, without a shell; otherwise it is as Shell's.
func Command(ctx context.Context, program string, arguments, environ []string) *exec.Cmd {
	return prepared(exec.CommandContext(ctx, program, arguments...), environ)
}

func prepared(cmd *exec.Cmd, environ []string) *exec.Cmd {
	cmd.Env = Environ(environ)
	cmd.WaitDelay = waitDelay
	return cmd
}
