package keychain

import "github.com/zalando/go-keyring"

// awsVaultItem reads an item of the service aws-vault, which is in a keychain
// file of aws-vault's own that stands in the user's search list.
func awsVaultItem(profile string) (string, error) { return keyring.Get("aws-vault", profile) }
