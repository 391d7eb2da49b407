package keychain

import (
	"errors"
	"fmt"

	"filippo.io/age"

	"github.com/awsmint/awsmint/internal/secret"
)

// The cost of a guess at the passphrase, as log2 of scrypt's N, with r = 8 and
// p = 1.
const (
	// defaultWorkFactor, 17, is the least that OWASP's Password Storage Cheat
	// Sheet asks for; it takes 128 MiB and about 0.4 s. The machines where a
	// vault stands in for a keychain are often small, and containers have no
	// kernel keyring to spare them the next one.
	defaultWorkFactor = 17
	// maxWorkFactor, 18, is age's own default (256 MiB, 1 s), so that an
	// identity sealed anew by the age command opens. A file that asks for more
	// is refused: it could take any amount of memory.
	maxWorkFactor = 18
)

// newContent makes an identity and a vault without items for it.
func newContent(passphrase secret.String, workFactor int) (*age.X25519Identity, *vaultContent, error) {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, nil, err
	}
	recipient, err := age.NewScryptRecipient(passphrase.Reveal())
	if err != nil {
		return nil, nil, err
	}
	recipient.SetWorkFactor(workFactor)
	sealed, err := seal(recipient, []byte(identity.String()))
	if err != nil {
		return nil, nil, err
	}
	return identity, &vaultContent{
		Version:   vaultVersion,
		Recipient: identity.Recipient().String(),
		Identity:  sealed,
		Items:     map[string][]byte{},
	}, nil
}

// openIdentity opens the vault's identity with the passphrase.
func openIdentity(path string, content *vaultContent, passphrase secret.String) (*age.X25519Identity, error) {
	key, err := age.NewScryptIdentity(passphrase.Reveal())
	if err != nil {
		return nil, emptyPassphrase("the passphrase")
	}
	key.SetMaxWorkFactor(maxWorkFactor)
	text, err := open(key, content.Identity)
	if errors.Is(err, age.ErrIncorrectIdentity) {
		return nil, failure(ErrPassphrase, nil, fmt.Sprintf("the passphrase does not open the vault %q", path),
			"check the passphrase ("+envPassphrase+", "+envPassphraseCommand+" or the one typed); without it the vault can't be opened: move it away and store the keys again (awsmint add PROFILE)")
	}
	if err != nil {
		return nil, damaged(path, fmt.Errorf("its identity does not open: %s", foreign(err)))
	}
	identity, err := age.ParseX25519Identity(string(text))
	if err != nil || identity.Recipient().String() != content.Recipient {
		return nil, damaged(path, errors.New("its identity and its recipient do not belong together"))
	}
	return identity, nil
}
