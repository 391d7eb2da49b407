package keychain

// Service is the name under which every item is kept in an OS keychain.
const Service = "awsmint"

// CacheKeyAccount is the account of the cache's data key.
const CacheKeyAccount = "cache-key"

const (
	keyPrefix  = "key/"
	seedPrefix = "totp/"
)

// KeyAccount returns the account of the profile's long-term access key.
func KeyAccount(profile string) string { return keyPrefix + profile }

// SeedAccount returns the account of the profile's TOTP seed.
func SeedAccount(profile string) string { return seedPrefix + profile }
