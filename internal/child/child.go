// Package child prepares the programs that awsmint starts for the user: a
// command that prints a code or a passphrase, a dialog.
package child

import (
	"context"
	"os/exec"
	"strings"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
)

// ChainVariable carries the profiles whose credentials are being made, joined
// by chainSeparator, to every program that awsmint starts: a program that asks
// awsmint for one of them again would wait for its own parent.
const ChainVariable = "AWSMINT_CHAIN"

// chainSeparator can't be part of a profile name that awsmint writes.
const chainSeparator = ","

// maxDepth is how many awsmint runs may stand one inside the other: a profile,
// its source, and one more for a tool that wraps either.
const maxDepth = 3

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

// Enter returns the value of ChainVariable for the children of a run that
// makes credentials for profile, given the value found at its own start. It
// fails when profile is in it already, or when it is too deep, and writes the
// chain out.
func Enter(chain, profile string) (string, error) {
	var profiles []string
	if chain != "" {
		profiles = strings.Split(chain, chainSeparator)
	}
	path := append(profiles, profile)
	for _, outer := range profiles {
		if outer == profile {
			return "", fault.New(fault.Failure,
				`profile "`+profile+`" asks for itself: `+strings.Join(path, " → "),
				"a command in its settings (credential_process, awsmint_mfa_process, AWSMINT_PASSPHRASE_COMMAND) uses a profile that needs this one; give that command another profile")
		}
	}
	if len(path) > maxDepth {
		return "", fault.New(fault.Failure,
			"too many awsmint runs inside each other: "+strings.Join(path, " → "),
			"a command in these profiles' settings starts the next one; break the chain")
	}
	return strings.Join(path, chainSeparator), nil
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
