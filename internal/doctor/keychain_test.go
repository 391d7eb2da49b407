package doctor_test

import (
	"os"
	"path/filepath"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/secret"
)

// fails is a keychain that gives nothing.
func fails(name, id string, cause error) trouble {
	return trouble{name, id, "unlock it",
		func(w *world) {
			w.keys.err = fault.Wrap(cause, fault.Keychain, "the keychain gives nothing", "unlock it")
		},
		func(w *world) { w.keys.err = nil }}
}

const long = 100 * 24 * time.Hour

var keychainTroubles = []trouble{
	{"no key", "key-missing", "run: awsmint add work",
		func(w *world) { delete(w.keys.items, keychain.KeyAccount("work")) },
		func(w *world) { w.store(w.key()) }},
	{"a key that can't be understood", "key-unreadable", "awsmint add work --force",
		func(w *world) { w.keys.items[keychain.KeyAccount("work")] = secret.New("?") },
		func(w *world) { w.store(w.key()) }},
	fails("a locked keychain", "keychain-locked mfa-no-way", keychain.ErrLocked),
	fails("another passphrase", "keychain-passphrase mfa-no-way", keychain.ErrPassphrase),
	fails("no keychain", "keychain-unreachable mfa-no-way", keychain.ErrUnreachable),
	fails("a keychain that refuses", "keychain-denied mfa-no-way", keychain.ErrDenied),
	fails("a keychain that fails", "keychain-failed mfa-no-way", os.ErrInvalid),
	{"a keychain that takes its time", "keychain-slow", "unlock it at login",
		func(w *world) { w.keys.slow, w.offline = 3*time.Second, true },
		func(w *world) { w.keys.slow = 0 }},
	{"a rotation that was interrupted", "rotation-unfinished", "awsmint rotate work",
		func(w *world) {
			key := w.key()
			key.Rotation = &keychain.Rotation{Step: keychain.RotationCreating, Began: w.clock()}
			w.store(key)
		},
		func(w *world) { w.store(w.key()) }},
	{"a key that was stored long ago", "key-old", "awsmint rotate work",
		func(w *world) { key := w.key(); key.CreatedAt = w.clock().Add(-long); w.store(key); w.offline = true },
		func(w *world) { w.store(w.key()) }},
	{"an age that is none", "setting-wrong", `write days, like "90d"`,
		func(w *world) { w.configure("awsmint_max_key_age = old\n") }, func(w *world) { w.configure("awsmint_max_key_age = 90d\n") }},
	{"a file where the cache is to be", "cache-unreadable", "set AWSMINT_CACHE_DIR",
		func(w *world) { w.cache = w.write("file", "") },
		func(w *world) { w.cache = filepath.Join(w.home, "cache") }},
	{"a cache that others may look into", "cache-open", "run: chmod 700",
		func(w *world) {
			w.login()
			if err := os.Chmod(w.cache, 0o755); err != nil {
				w.Fatal(err)
			}
		},
		func(w *world) {
			if err := os.Chmod(w.cache, 0o700); err != nil {
				w.Fatal(err)
			}
		}},
	{"a cache of another user", "cache-owner", "sudo chown -R",
		func(w *world) {
			w.login()
			if err := os.Chown(w.cache, 54321, 54321); err != nil {
				w.Skip("only root can give a directory away: ", err)
			}
		},
		func(w *world) {
			if err := os.Chown(w.cache, os.Geteuid(), os.Getegid()); err != nil {
				w.Fatal(err)
			}
		}},
	{"a cache that can't be written", "cache-open cache-unwritable", "set AWSMINT_CACHE_DIR to another place",
		func(w *world) {
			// Nobody can write there, not even root.
			w.cache = "/sys/kernel"
			if _, err := os.Stat(w.cache); err != nil || os.Geteuid() != 0 {
				w.Skip("needs root, and Linux")
			}
		},
		func(w *world) { w.cache = filepath.Join(w.home, "cache") }},
}
