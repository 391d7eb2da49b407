package keychain

import (
	"context"

	"github.com/awsmint/awsmint/internal/secret"
)

// FromAwsVault reads the item in which aws-vault keeps a profile's key in the
// operating system's keychain: JSON with AccessKeyID and SecretAccessKey. The
// errors are a Keychain's.
func FromAwsVault(ctx context.Context, o Options, profile string) (secret.String, error) {
	k := newOSKeychain(o.withDefaults())
	value, err := k.call(ctx, "aws-vault's item for "+profile, "reading", func() (string, error) { return awsVaultItem(profile) })
	return secret.New(value), err
}
