package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
)

// keyProvider reads a long-term key from the keychain.
type keyProvider struct {
	link     *Key
	keychain keychain.Keychain
}

func (p *keyProvider) Retrieve(ctx context.Context) (aws.Credentials, error) {
	profile := p.link.profile
	value, err := p.keychain.Get(ctx, keychain.KeyAccount(profile))
	if errors.Is(err, keychain.ErrNotFound) {
		return aws.Credentials{}, fault.Wrap(err, fault.Missing,
			fmt.Sprintf("no access key is stored for profile %q", profile), "run: awsmint add "+profile)
	}
	if err != nil {
		return aws.Credentials{}, err
	}
	key, err := keychain.DecodeKey(value)
	if err != nil {
		return aws.Credentials{}, err
	}
	return longTerm(key), nil
}

func longTerm(key keychain.Key) aws.Credentials {
	return aws.Credentials{
		AccessKeyID:     key.AccessKeyID,
		SecretAccessKey: key.SecretAccessKey.Reveal(),
		Source:          providerName,
	}
}

// accountLength is the number of digits in an account id.
const accountLength = 12

// accountOf is the account in an ARN; empty where there is none: a hardware
// token's serial number tells no account.
func accountOf(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) == 6 && parts[0] == "arn" && len(parts[4]) == accountLength && strings.Trim(parts[4], "0123456789") == "" {
		return parts[4]
	}
	return ""
}
