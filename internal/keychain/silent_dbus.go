//go:build unix && !darwin

package keychain

import (
	"github.com/godbus/dbus/v5"
	ss "github.com/zalando/go-keyring/secret_service"
)

// The names of the Secret Service on the bus.
// https://specifications.freedesktop.org/secret-service/
const (
	secretService    = "org.freedesktop.secrets"
	secretPath       = "/org/freedesktop/secrets"
	secretInterface  = "org.freedesktop.Secret.Service"
	collectionLocked = "org.freedesktop.Secret.Collection.Locked"
)

// lockedOS fails as the service does where the collection that go-keyring takes
// is locked, or the account's item in it: some services ask for each item.
func lockedOS(service, account string) error {
	s, err := ss.NewSecretService()
	if err != nil {
		return err
	}
	locked, err := s.GetLoginCollection().GetProperty(collectionLocked)
	if err != nil {
		return err
	}
	if locked.Value() == true {
		return dbus.Error{Name: errorIsLocked}
	}
	var open, closed []dbus.ObjectPath
	search := map[string]string{"username": account, "service": service}
	err = s.Object(secretService, secretPath).Call(secretInterface+".SearchItems", 0, search).Store(&open, &closed)
	if err == nil && len(closed) > 0 {
		return dbus.Error{Name: errorIsLocked}
	}
	return err
}
