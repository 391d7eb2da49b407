//go:build unix && !darwin

package keychain

import (
	"encoding/json"

	"github.com/zalando/go-keyring"
	ss "github.com/zalando/go-keyring/secret_service"
)

// awsVaultCollection is the collection that aws-vault makes for itself. Its
// items have the attribute "profile".
const awsVaultCollection = "awsvault"

// awsVaultItem reads an item, which holds the key's JSON within JSON of its own.
func awsVaultItem(profile string) (string, error) {
	service, err := ss.NewSecretService()
	if err != nil {
		return "", err
	}
	collection := service.GetCollection(awsVaultCollection)
	if service.CheckCollectionPath(collection.Path()) != nil {
		return "", keyring.ErrNotFound
	}
	if err := service.Unlock(collection.Path()); err != nil {
		return "", err
	}
	items, err := service.SearchItems(collection, map[string]string{"profile": profile})
	if err != nil {
		return "", err
	}
	if len(items) == 0 {
		return "", keyring.ErrNotFound
	}
	session, err := service.OpenSession()
	if err != nil {
		return "", err
	}
	defer func() { _ = service.Close(session) }()
	value, err := service.GetSecret(items[0], session.Path())
	if err != nil {
		return "", err
	}
	var item struct{ Data []byte }
	if json.Unmarshal(value.Value, &item) != nil || len(item.Data) == 0 {
		return "", keyring.ErrNotFound
	}
	return string(item.Data), nil
}
