// Package keychain keeps the secrets that outlive a session: access keys, TOTP
// seeds and the data key of the cache. They live in the keychain of the
// operating system or in a vault, a file sealed with a passphrase; the
// environment variable AWSMINT_KEYCHAIN says which.
//
// One is never used in place of the other: a keychain that can't be reached is
// an error that names the alternatives. On Linux the kernel's user keyring
// spares most runs the way to either (see copies.go).
package keychain

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

// Keychain keeps small secrets by account name. Every error is a *fault.Error
// that errors.Is tells apart by the Err variables of this package.
type Keychain interface {
	// Get returns the value kept for account, or ErrNotFound.
	Get(ctx context.Context, account string) (secret.String, error)
	// Set keeps value for account in place of what was there.
	Set(ctx context.Context, account string, value secret.String) error
	// Delete removes what is kept for account; ErrNotFound when there is none.
	Delete(ctx context.Context, account string) error
}

// The environment variables that this package reads, besides those that say
// where the session bus and the display are.
const (
	envKeychain          = "AWSMINT_KEYCHAIN"           // "os" (default) or "file"
	envVault             = "AWSMINT_VAULT"              // the vault's absolute path
	envPassphrase        = "AWSMINT_PASSPHRASE"         // the vault's passphrase itself
	envPassphraseCommand = "AWSMINT_PASSPHRASE_COMMAND" // a command that prints it
	envKernelKeyring     = "AWSMINT_KERNEL_KEYRING"     // "off", or how long the kernel keeps a copy
)

// The values of AWSMINT_KEYCHAIN.
const (
	kindOS   = "os"
	kindFile = "file"
)

// Options says which keychain and how to reach a person.
type Options struct {
	// Getenv reads the environment; nil: os.Getenv.
	Getenv func(string) string
	// ConfigDir is where the vault lives by default (ConfigDir/vault.json);
	// AWSMINT_VAULT overrides it.
	ConfigDir string
	// CacheDir names the kernel keyring's entries apart: two cache directories
	// never share a data key.
	CacheDir string
	// Passphrase asks on the terminal; nil: nobody can be asked.
	Passphrase func(ctx context.Context, prompt string) (secret.String, error)
	// Silent keeps the OS keychain from bringing up a dialog to unlock it: what is
	// locked is ErrLocked at once. macOS may show one all the same.
	Silent bool
	// Environ is the environment of AWSMINT_PASSPHRASE_COMMAND; nil: os.Environ().
	Environ []string
	// Timeout is the deadline of one call to the OS keychain, the reading back
	// after a Set included; 0: the default (10 s, or 50 s where a dialog may be
	// waiting for a person).
	Timeout time.Duration
	// Log is for debugging and never sees a secret; nil: discard.
	Log *slog.Logger

	workFactor int // log2 of scrypt's N for a new vault; 0: defaultWorkFactor
}

// Open returns the keychain that AWSMINT_KEYCHAIN names: "os" (default) or
// "file". It opens nothing yet: the first call does. A setting that it does
// not understand is a fault with status Usage.
func Open(o Options) (Keychain, error) {
	o = o.withDefaults()
	limit, err := copyLimit(o.Getenv(envKernelKeyring))
	if err != nil {
		return nil, err
	}
	switch kind := o.Getenv(envKeychain); kind {
	case "", kindOS:
		return withCopies(newOSKeychain(o), newCopies(o, kindOS, limit)), nil
	case kindFile:
		copies := newCopies(o, kindFile, limit)
		v, err := newVault(o, copies)
		if err != nil {
			return nil, err
		}
		return withCopies(v, copies), nil
	default:
		return nil, fault.New(fault.Usage,
			fmt.Sprintf(envKeychain+" is %q, which names no keychain", kind),
			envKeychain+"=os (the default) is the operating system's keychain, "+envKeychain+"=file a file sealed with a passphrase")
	}
}

// Forget drops what the kernel keyring holds for these options, whichever of
// the keychains put it there.
func Forget(o Options) error {
	o = o.withDefaults()
	for _, kind := range []string{kindOS, kindFile} {
		c := newCopies(o, kind, 0)
		for _, what := range []string{copyOfCacheKey, copyOfIdentity} {
			if err := c.drop(what); err != nil {
				return err
			}
		}
	}
	return nil
}

func (o Options) withDefaults() Options {
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	if o.Environ == nil {
		o.Environ = os.Environ()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.workFactor == 0 {
		o.workFactor = defaultWorkFactor
	}
	return o
}

// vaultName is the vault's file in the configuration directory.
const vaultName = "vault.json"

func (o Options) vaultPath() string {
	if path := o.Getenv(envVault); path != "" {
		return filepath.Clean(path)
	}
	return filepath.Join(o.ConfigDir, vaultName)
}
