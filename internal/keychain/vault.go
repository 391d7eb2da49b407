package keychain

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"filippo.io/age"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

// vault is the keychain in a file. Reading, writing and making it need the
// passphrase; to learn that an account is not there, or to delete one, needs
// none.
//
// Writing could do without too, since items are encrypted to a public
// recipient. But that recipient stands in the file, where whoever can change
// the file can put their own: only an unlocked identity tells that the vault is
// still the user's.
type vault struct {
	path       string
	passphrase passphrases
	copies     copies
	workFactor int
	log        *slog.Logger

	mu       sync.Mutex
	identity *age.X25519Identity // nil until unlocked
}

func newVault(o Options, c copies) (*vault, error) {
	path := o.vaultPath()
	if !filepath.IsAbs(path) {
		return nil, fault.New(fault.Usage,
			fmt.Sprintf("the vault's path %q is not absolute, so it would depend on the directory of each run", path),
			"set "+envVault+" to an absolute path; ~ is not expanded")
	}
	return &vault{
		path:       path,
		passphrase: passphrases{getenv: o.Getenv, environ: o.Environ, ask: o.Passphrase},
		copies:     c,
		workFactor: o.workFactor,
		log:        o.Log,
	}, nil
}

func (v *vault) where() string { return fmt.Sprintf("the vault %q", v.path) }

func (v *vault) Get(ctx context.Context, account string) (secret.String, error) {
	if err := v.begin(ctx, "reading", account); err != nil {
		return secret.String{}, err
	}
	content, err := readVault(v.path)
	if errors.Is(err, fs.ErrNotExist) {
		return secret.String{}, notFound(account, v.where())
	} else if err != nil {
		return secret.String{}, err
	}
	sealed, ok := content.Items[account]
	if !ok {
		return secret.String{}, notFound(account, v.where())
	}
	identity, err := v.unlock(ctx, content)
	if err != nil {
		return secret.String{}, err
	}
	value, err := openItem(identity, account, sealed)
	if err != nil {
		return secret.String{}, damaged(v.path, err)
	}
	return value, nil
}

// Set makes the vault when there is none.
func (v *vault) Set(ctx context.Context, account string, value secret.String) error {
	if err := v.begin(ctx, "writing", account); err != nil {
		return err
	}
	if value.Len() > maxItem {
		return failure(ErrTooLarge, nil,
			fmt.Sprintf("the value for %q has %d bytes, and the vault takes %d", account, value.Len(), maxItem),
			"check what is stored: an access key and a seed have less than 1 KiB")
	}
	identity, err := v.unlockOrMake(ctx)
	if err != nil {
		return err
	}
	sealed, err := sealItem(identity, account, value)
	if err != nil {
		return failure(nil, err, fmt.Sprintf("the value for %q could not be encrypted", account), "run the command again")
	}
	return v.edit(ctx, func(content *vaultContent) error {
		if content.Recipient != identity.Recipient().String() {
			return failure(ErrUnreachable, nil, v.where()+" was replaced by another one meanwhile", "run the command again")
		}
		content.Items[account] = sealed
		return nil
	})
}

func (v *vault) Delete(ctx context.Context, account string) error {
	if err := v.begin(ctx, "deleting", account); err != nil {
		return err
	}
	return v.edit(ctx, func(content *vaultContent) error {
		if _, ok := content.Items[account]; !ok {
			return notFound(account, v.where())
		}
		delete(content.Items, account)
		return nil
	})
}

// edit changes the vault that exists under its lock.
func (v *vault) edit(ctx context.Context, change func(*vaultContent) error) error {
	// Without a vault there is nothing to lock, and perhaps no directory.
	if _, err := os.Stat(v.path); errors.Is(err, fs.ErrNotExist) {
		return change(&vaultContent{})
	}
	unlock, err := v.lock(ctx, writeLock)
	if err != nil {
		return err
	}
	defer unlock()
	content, err := readVault(v.path)
	if errors.Is(err, fs.ErrNotExist) {
		return change(&vaultContent{})
	} else if err != nil {
		return err
	}
	if err := change(content); err != nil {
		return err
	}
	return writeVault(v.path, content)
}

func (v *vault) begin(ctx context.Context, doing, account string) error {
	doing = fmt.Sprintf("%s %q in %s", doing, account, v.where())
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return cancelled(ctx, doing)
	case ctx.Err() != nil:
		return failure(ErrUnreachable, ctx.Err(), "the deadline of the run passed before "+doing, "run the command again")
	}
	return nil
}
