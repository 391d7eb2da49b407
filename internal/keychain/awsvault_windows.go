package keychain

import "github.com/zalando/go-keyring"

// awsVaultItem reads the credential aws-vault:aws-vault:PROFILE: a prefix and
// the service, both of the same name.
func awsVaultItem(profile string) (string, error) { return keyring.Get("aws-vault:aws-vault", profile) }
