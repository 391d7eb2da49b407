package keychain

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"log/slog"
	"path/filepath"
	"strconv"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

// How long the kernel keeps a copy: a working day by default, like a session.
// The bounds are ours: the kernel counts whole seconds and takes 0 for ever,
// and a copy for more than a month is no longer one for convenience.
const (
	defaultCopyLimit = 12 * time.Hour
	minCopyLimit     = time.Second
	maxCopyLimit     = 30 * 24 * time.Hour
)

// copyLimit reads AWSMINT_KERNEL_KEYRING; 0 means off.
func copyLimit(setting string) (time.Duration, error) {
	switch setting {
	case "":
		return defaultCopyLimit, nil
	case "off":
		return 0, nil
	}
	limit, err := time.ParseDuration(setting)
	if seconds, plain := strconv.Atoi(setting); plain == nil {
		limit, err = time.Duration(seconds)*time.Second, nil
	}
	if err != nil || limit < minCopyLimit || limit > maxCopyLimit {
		return 0, fault.New(fault.Usage,
			fmt.Sprintf(`%s is %q, which is neither "off" nor a time between 1s and 720h`, envKernelKeyring, setting),
			"leave it unset for 12h, or set for example "+envKernelKeyring+"=1h")
	}
	return limit, nil
}

// The two secrets that the kernel keeps, and the only ones: neither is good
// for anything without a file of the user's. Access keys and seeds stay in the
// keychain.
const (
	copyOfCacheKey = "cache-key"
	copyOfIdentity = "vault"
)

// copies are the secrets that the kernel's user keyring keeps for one keychain
// and one cache directory. Where there is no such keyring, or the kernel says
// no, nothing is ever found in them.
type copies struct {
	limit time.Duration // 0: look for nothing and keep nothing
	scope string
	log   *slog.Logger
}

func newCopies(o Options, kind string, limit time.Duration) copies {
	vault := ""
	if kind == kindFile {
		vault = o.vaultPath()
	}
	return copies{limit: limit, scope: scope(kind, vault, filepath.Clean(o.CacheDir)), log: o.Log}
}

// scope is what tells one set of copies from another, 128 bits of a hash: the
// names of keys are no secret, so they say nothing of paths or profiles.
func scope(parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
		_ = binary.Write(h, binary.BigEndian, uint64(len(part)))
		h.Write([]byte(part))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func (c copies) name(what string) string { return Service + ":" + what + ":" + c.scope }

func (c copies) get(what string) (secret.String, bool) {
	if c.limit == 0 {
		return secret.String{}, false
	}
	value, err := kernelGet(c.name(what))
	if err != nil {
		c.log.Debug("no copy in the kernel keyring", "what", what, "err", err)
		return secret.String{}, false
	}
	return value, true
}

func (c copies) put(what string, value secret.String) {
	if c.limit == 0 {
		return
	}
	if err := kernelPut(c.name(what), value, c.limit); err != nil {
		c.log.Debug("no copy for the kernel keyring", "what", what, "err", err)
	}
}

// drop removes a copy, also when no more are to be made. It fails only where
// one is left behind.
func (c copies) drop(what string) error {
	if err := kernelDrop(c.name(what)); err != nil {
		return failure(ErrDenied, err, "a copy of a secret could not be removed from the kernel keyring: "+foreign(err),
			"remove it: keyctl purge -s user "+c.name(what))
	}
	return nil
}

// copied is a keychain whose data key of the cache the kernel has a copy of, so
// that most runs need neither D-Bus nor a passphrase.
type copied struct {
	Keychain
	copies copies
}

func withCopies(k Keychain, c copies) Keychain { return &copied{Keychain: k, copies: c} }

func (k *copied) Get(ctx context.Context, account string) (secret.String, error) {
	if account != CacheKeyAccount {
		return k.Keychain.Get(ctx, account)
	}
	if value, ok := k.copies.get(copyOfCacheKey); ok {
		return value, nil
	}
	value, err := k.Keychain.Get(ctx, account)
	if err != nil {
		return value, err
	}
	// Another process may have set a new key while the keychain was being read;
	// then its copy stands.
	if newer, ok := k.copies.get(copyOfCacheKey); ok {
		return newer, nil
	}
	k.copies.put(copyOfCacheKey, value)
	return value, nil
}

// Set drops the copy before it sets the key, so that a process that dies in
// between leaves no copy of a key that is no longer kept.
func (k *copied) Set(ctx context.Context, account string, value secret.String) error {
	if account != CacheKeyAccount {
		return k.Keychain.Set(ctx, account, value)
	}
	if err := k.copies.drop(copyOfCacheKey); err != nil {
		return err
	}
	if err := k.Keychain.Set(ctx, account, value); err != nil {
		return err
	}
	k.copies.put(copyOfCacheKey, value)
	return nil
}

// Delete drops the copy last, since a reader may make one up to then.
func (k *copied) Delete(ctx context.Context, account string) error {
	err := k.Keychain.Delete(ctx, account)
	if account == CacheKeyAccount {
		if dropErr := k.copies.drop(copyOfCacheKey); dropErr != nil {
			return dropErr
		}
	}
	return err
}
