package keychain

// silentStore is a store that brings up no dialog: what would need one is
// locked. Reading alone unlocks with go-keyring.
type silentStore struct {
	osStore
	locked func(service, account string) error // fails where a call would ask
}

func (s silentStore) Get(service, account string) (string, error) {
	if err := s.locked(service, account); err != nil {
		return "", err
	}
	return s.osStore.Get(service, account)
}

func (s silentStore) Set(service, account, value string) error {
	if err := s.locked(service, account); err != nil {
		return err
	}
	return s.osStore.Set(service, account, value)
}

func (s silentStore) Delete(service, account string) error {
	if err := s.locked(service, account); err != nil {
		return err
	}
	return s.osStore.Delete(service, account)
}
