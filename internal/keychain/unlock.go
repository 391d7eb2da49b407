package keychain

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"github.com/awsmint/awsmint/internal/filelock"
	"github.com/awsmint/awsmint/internal/secret"
)

// The two locks of a vault, files beside it. Who holds the unlock lock may take
// the write lock, never the other way round.
const (
	// unlockLock is held while the passphrase is found and scrypt runs, by one
	// process at a time: of many that start together one asks, the others find
	// the copy it leaves, and scrypt's memory is needed once.
	unlockLock = ".unlock-lock"
	// writeLock is held for a read, a change and a write.
	writeLock = ".lock"
)

// The longest waits for the locks where the context sets none that is shorter.
// A hundred scrypts one after another take about 40 s; a write takes
// milliseconds.
const (
	unlockWait = 2 * time.Minute
	writeWait  = 30 * time.Second
)

// maxTries is how often a person may type the passphrase, as in sudo(8).
const maxTries = 3

// lock takes one of the vault's locks.
func (v *vault) lock(ctx context.Context, suffix string) (release func(), err error) {
	wait := writeWait
	if suffix == unlockLock {
		wait = unlockWait
	}
	inTime, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	release, err = filelock.Lock(inTime, v.path+suffix)
	var held *filelock.HeldError
	switch {
	case err == nil:
		return release, nil
	case errors.Is(ctx.Err(), context.Canceled):
		return nil, cancelled(ctx, "waiting for "+v.where())
	case errors.As(err, &held) && suffix == unlockLock:
		return nil, failure(ErrUnreachable, err, fmt.Sprintf("%s is being unlocked by another run: %v", v.where(), err),
			"answer its question for the passphrase, or end it, and run the command again")
	case errors.As(err, &held):
		return nil, failure(ErrUnreachable, err, fmt.Sprintf("%s is in use: %v", v.where(), err),
			"end that process, or wait for it, and run the command again")
	}
	return nil, fileFailure(v.path, "locked", err)
}

// unlock returns the identity of content, from memory, the kernel keyring, or
// by the passphrase.
func (v *vault) unlock(ctx context.Context, content *vaultContent) (*age.X25519Identity, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if identity := v.known(content); identity != nil {
		return identity, nil
	}
	release, err := v.lock(ctx, unlockLock)
	var held *filelock.HeldError
	switch {
	case err == nil:
		defer release()
	case errors.As(err, &held), ctx.Err() != nil:
		return nil, err
	default:
		// On a full disk, or where the vault may only be read, there is no file
		// to lock. The vault opens all the same.
		v.log.Debug("no lock beside the vault", "err", err)
	}
	return v.unlockHeld(ctx, content)
}

// unlockHeld is unlock for whoever holds the unlock lock and v.mu.
func (v *vault) unlockHeld(ctx context.Context, content *vaultContent) (*age.X25519Identity, error) {
	if identity := v.known(content); identity != nil {
		return identity, nil
	}
	prompt := fmt.Sprintf("Passphrase of the vault %q: ", v.path)
	for try := 1; ; try++ {
		passphrase, typed, err := v.passphrase.get(ctx, prompt)
		if err == nil {
			var identity *age.X25519Identity
			if identity, err = openIdentity(v.path, content, passphrase); err == nil {
				v.remember(identity)
				return identity, nil
			}
		}
		if !errors.Is(err, ErrPassphrase) || !typed || try == maxTries {
			return nil, err
		}
		prompt = "That is not the vault's passphrase. Again: "
	}
}

// known returns the identity of content where memory or the kernel keyring has
// it, else nil. One that belongs to another vault is of no use.
func (v *vault) known(content *vaultContent) *age.X25519Identity {
	if v.identity != nil && v.identity.Recipient().String() == content.Recipient {
		return v.identity
	}
	text, ok := v.copies.get(copyOfIdentity)
	if !ok {
		return nil
	}
	identity, err := age.ParseX25519Identity(text.Reveal())
	if err != nil || identity.Recipient().String() != content.Recipient {
		v.log.Debug("the kernel keyring's identity is not this vault's")
		return nil
	}
	v.identity = identity
	return identity
}

func (v *vault) remember(identity *age.X25519Identity) {
	v.log.Debug("vault unlocked with the passphrase", "path", v.path)
	v.identity = identity
	v.copies.put(copyOfIdentity, secret.New(identity.String()))
}

// unlockOrMake is unlock for a vault that may not exist yet.
func (v *vault) unlockOrMake(ctx context.Context) (*age.X25519Identity, error) {
	content, err := readVault(v.path)
	if err == nil {
		return v.unlock(ctx, content)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(v.path), dirMode); err != nil {
		return nil, fileFailure(v.path, "made", err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	release, err := v.lock(ctx, unlockLock)
	if err != nil {
		return nil, err
	}
	defer release()
	switch content, err := readVault(v.path); {
	case err == nil: // another process has made it meanwhile
		return v.unlockHeld(ctx, content)
	case errors.Is(err, fs.ErrNotExist):
		return v.make(ctx)
	default:
		return nil, err
	}
}

// make writes a vault without items. The caller holds the unlock lock, under
// which alone vaults are made.
func (v *vault) make(ctx context.Context) (*age.X25519Identity, error) {
	passphrase, err := v.passphrase.getNew(ctx, v.path)
	if err != nil {
		return nil, err
	}
	identity, content, err := newContent(passphrase, v.workFactor)
	if err != nil {
		return nil, failure(nil, err, "the vault could not be encrypted: "+foreign(err), "run the command again")
	}
	release, err := v.lock(ctx, writeLock)
	if err != nil {
		return nil, err
	}
	defer release()
	if err := writeVault(v.path, content); err != nil {
		return nil, err
	}
	v.remember(identity)
	return identity, nil
}
