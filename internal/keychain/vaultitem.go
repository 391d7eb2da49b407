package keychain

import (
	"bytes"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"

	"github.com/awsmint/awsmint/internal/secret"
)

// item is what an item's ciphertext holds, as JSON. Encryption alone to a
// public recipient does not show who made it; the tag does, with a key that
// only the identity gives. The account is part of it, so that an item can
// neither be forged nor be put in the place of another.
type item struct {
	Account string `json:"account"`
	Value   []byte `json:"value"`
	Tag     []byte `json:"tag"` // HMAC-SHA-256 over account and value
}

// tagLabel separates the key of the tags from any other use of the identity.
const tagLabel = "awsmint vault item v1"

func sealItem(identity *age.X25519Identity, account string, value secret.String) ([]byte, error) {
	plain := item{Account: account, Value: []byte(value.Reveal())}
	var err error
	if plain.Tag, err = tag(identity, plain); err != nil {
		return nil, err
	}
	text, err := json.Marshal(plain)
	if err != nil {
		return nil, err
	}
	return seal(identity.Recipient(), text)
}

// openItem returns the value. Its errors say what is wrong with the item and
// never show any of it.
func openItem(identity *age.X25519Identity, account string, sealed []byte) (secret.String, error) {
	text, err := open(identity, sealed)
	if err != nil {
		return secret.String{}, fmt.Errorf("the item %q does not open", account)
	}
	var plain item
	if json.Unmarshal(text, &plain) != nil {
		return secret.String{}, fmt.Errorf("the item %q is not one of awsmint's", account)
	}
	if plain.Account != account {
		return secret.String{}, fmt.Errorf("the item %q is that of another account", account)
	}
	want, err := tag(identity, plain)
	if err != nil || !hmac.Equal(want, plain.Tag) {
		return secret.String{}, fmt.Errorf("the item %q was not written by awsmint with this vault's passphrase", account)
	}
	return secret.New(string(plain.Value)), nil
}

func tag(identity *age.X25519Identity, plain item) ([]byte, error) {
	key, err := hkdf.Key(sha256.New, []byte(identity.String()), nil, tagLabel, sha256.Size)
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, key)
	_ = binary.Write(mac, binary.BigEndian, uint64(len(plain.Account)))
	mac.Write([]byte(plain.Account))
	mac.Write(plain.Value)
	return mac.Sum(nil), nil
}

// seal encrypts a short text with age.
func seal(recipient age.Recipient, text []byte) ([]byte, error) {
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, recipient)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(text); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return sealed.Bytes(), nil
}

var errLong = errors.New("longer than anything awsmint seals")

// open decrypts what seal made.
func open(identity age.Identity, sealed []byte) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(sealed), identity)
	if err != nil {
		return nil, err
	}
	// Base64 in JSON makes four bytes of three; the rest is room for the names.
	const limit = 2 * maxItem
	text, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && len(text) > limit {
		return nil, errLong
	}
	return text, err
}
