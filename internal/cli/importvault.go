package cli

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"

	"github.com/awsmint/awsmint/internal/child"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
)

// awsVault is the program that keys can be taken from.
const awsVault = "aws-vault"

// askAwsVault gets a key out of aws-vault: from itself, which knows where it
// keeps what, else from the operating system's keychain as it keeps it there.
func (a *App) askAwsVault(ctx context.Context, profile string) ([]byte, error) {
	// It refuses to run inside of itself.
	environ := slices.DeleteFunc(slices.Clone(a.Environ), func(entry string) bool { return strings.HasPrefix(entry, "AWS_VAULT=") })
	out := &child.Output{Limit: maxKeyText}
	cmd := child.Command(ctx, awsVault, []string{"export", "--no-session", "--format=json", profile}, environ)
	cmd.Stdout, cmd.Stderr = out, a.Stderr
	if !a.noInput(false) {
		cmd.Stdin = a.Stdin // where it asks for the passphrase of a file of its own
	}
	ran := cmd.Run()
	if ran == nil {
		return out.Bytes(), nil
	}
	if ctx.Err() != nil {
		return nil, fault.Wrap(ctx.Err(), fault.Person, "cancelled: nothing was changed", "")
	}
	value, err := keychain.FromAwsVault(ctx, a.keychainOptions(a.noInput(false), a.Environ), profile)
	if err == nil {
		return []byte(value.Reveal()), nil
	}
	if errors.Is(ran, exec.ErrNotFound) {
		return nil, fault.Wrap(err, fault.StatusOf(err), fmt.Sprintf("aws-vault is not installed, and %v", err),
			"run it where aws-vault is, or pipe the key in: aws-vault export --no-session --format=json "+quoted(profile)+" | awsmint import "+quoted(profile)+" --paste")
	}
	return nil, fault.Wrap(ran, fault.Failure, fmt.Sprintf("aws-vault gives no key for profile %q: %v", profile, ran),
		"see what it says: aws-vault export --no-session --format=json "+quoted(profile))
}
