package keychain

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

// valueVersion is the version of the JSON values written and the only one read.
const valueVersion = 1

// dataKeySize is the length of the cache's data key in bytes: AES-256.
const dataKeySize = 32

// Key is a long-term access key.
type Key struct {
	AccessKeyID     string
	SecretAccessKey secret.String
	CreatedAt       time.Time // when it was stored here, to the second; zero when unknown
	MadeAt          time.Time // when AWS made it, to the second; zero when unknown
	Region          string    // that was written into the profile with it, to be taken out with it; may be empty
	ARN             string    // whose it is, as AWS said when it was stored; may be empty
	Rotation        *Rotation // the replacement that is under way; nil: none
}

// Seed is a TOTP seed as AWS gives it out: base32, for SHA-1, steps of 30 s
// and six digits.
type Seed struct {
	Secret secret.String
	Serial string // of the device that it belongs to; empty: not known
}

// MayBeOf reports whether the seed is that of the device with a serial number,
// as far as is known.
func (s Seed) MayBeOf(serial string) bool { return s.Serial == "" || s.Serial == serial }

type keyValue struct {
	Version         int        `json:"version"`
	AccessKeyID     string     `json:"access_key_id"`
	SecretAccessKey string     `json:"secret_access_key"`
	CreatedAt       *time.Time `json:"created_at,omitempty"`
	Region          string     `json:"region,omitempty"`
	ARN             string     `json:"arn,omitempty"`
	MadeAt          *time.Time `json:"made_at,omitempty"`

	// Versions of awsmint that know nothing of rotations leave it out, and use
	// the key above, which is the one in use at every step.
	Rotation *rotationValue `json:"rotation,omitempty"`
}

type seedValue struct {
	Version int    `json:"version"`
	Secret  string `json:"secret"`
	Serial  string `json:"serial,omitempty"`
}

type dataKeyValue struct {
	Version int    `json:"version"`
	Key     []byte `json:"key"`
}

// EncodeKey returns the value to keep for k: JSON, version 1.
func EncodeKey(k Key) secret.String {
	v := keyValue{Version: valueVersion, AccessKeyID: k.AccessKeyID, SecretAccessKey: k.SecretAccessKey.Reveal(), Region: k.Region, ARN: k.ARN, Rotation: k.Rotation.value()}
	v.CreatedAt, v.MadeAt = wholeSecond(k.CreatedAt), wholeSecond(k.MadeAt)
	return encode(v)
}

// SameKeys reports whether two items hold the same keys, those of a rotation's
// journal included, whatever else is noted beside them.
func SameKeys(a, b Key) bool {
	keys := func(k Key) secret.String {
		return EncodeKey(Key{AccessKeyID: k.AccessKeyID, SecretAccessKey: k.SecretAccessKey, Rotation: k.Rotation})
	}
	return keys(a) == keys(b)
}

// wholeSecond is a time as it is kept; nil for none.
func wholeSecond(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Second)
	return &t
}

// Since is when the key is known to have been there: when AWS made it, else when
// it was stored here, which tells its age at least. Zero: neither is known.
func (k Key) Since() time.Time {
	if !k.MadeAt.IsZero() {
		return k.MadeAt
	}
	return k.CreatedAt
}

// DecodeKey reads what EncodeKey wrote. Its errors never show the value.
func DecodeKey(s secret.String) (Key, error) {
	const what, again = "the stored access key", "store the key again: awsmint add --force PROFILE"
	var v keyValue
	if err := decode(s, &v, what, again); err != nil {
		return Key{}, err
	}
	if v.AccessKeyID == "" || v.SecretAccessKey == "" {
		return Key{}, incomplete(what, again)
	}
	k := Key{AccessKeyID: v.AccessKeyID, SecretAccessKey: secret.New(v.SecretAccessKey), Region: v.Region, ARN: v.ARN, Rotation: v.Rotation.rotation()}
	if v.CreatedAt != nil {
		k.CreatedAt = *v.CreatedAt
	}
	if v.MadeAt != nil {
		k.MadeAt = *v.MadeAt
	}
	return k, nil
}

// EncodeSeed returns the value to keep for s: JSON, version 1.
func EncodeSeed(s Seed) secret.String {
	return encode(seedValue{Version: valueVersion, Secret: s.Secret.Reveal(), Serial: s.Serial})
}

// DecodeSeed reads what EncodeSeed wrote. Its errors never show the value.
func DecodeSeed(s secret.String) (Seed, error) {
	const what, again = "the stored TOTP seed", "store the seed again: awsmint mfa add --force PROFILE"
	var v seedValue
	if err := decode(s, &v, what, again); err != nil {
		return Seed{}, err
	}
	if v.Secret == "" {
		return Seed{}, incomplete(what, again)
	}
	return Seed{Secret: secret.New(v.Secret), Serial: v.Serial}, nil
}

// NewDataKey draws a data key of dataKeySize raw bytes from random; nil means
// crypto/rand.
func NewDataKey(random io.Reader) (secret.String, error) {
	if random == nil {
		random = rand.Reader
	}
	key := make([]byte, dataKeySize)
	if _, err := io.ReadFull(random, key); err != nil {
		return secret.String{}, fmt.Errorf("drawing a data key: %w", err)
	}
	return secret.New(string(key)), nil
}

// EncodeDataKey returns the value to keep for a data key of raw bytes: JSON,
// version 1.
func EncodeDataKey(key secret.String) secret.String {
	return encode(dataKeyValue{Version: valueVersion, Key: []byte(key.Reveal())})
}

// DecodeDataKey reads what EncodeDataKey wrote and returns the raw bytes. Its
// errors never show the value.
func DecodeDataKey(s secret.String) (secret.String, error) {
	const what, again = "the cache's data key", "make a new one: awsmint logout --all"
	var v dataKeyValue
	if err := decode(s, &v, what, again); err != nil {
		return secret.String{}, err
	}
	if len(v.Key) != dataKeySize {
		return secret.String{}, incomplete(what, again)
	}
	return secret.New(string(v.Key)), nil
}

func encode(v any) secret.String {
	// These structs hold strings, bytes, numbers and times of this era: there
	// is nothing in them that can't be encoded.
	text, _ := json.Marshal(v)
	return secret.New(string(text))
}

// decode reads a value into v. The decoder's own errors quote what they stumble
// over, so they are dropped.
func decode(s secret.String, v any, what, hint string) error {
	text := []byte(s.Reveal())
	var version struct {
		Version int `json:"version"`
	}
	if json.Unmarshal(text, &version) != nil {
		return fault.New(fault.Keychain, what+" is not one of awsmint's values", hint)
	}
	if version.Version != valueVersion {
		return fault.New(fault.Keychain, what+" has a format of another version",
			"a newer awsmint may have written it: use that version, or "+hint)
	}
	if json.Unmarshal(text, v) != nil {
		return fault.New(fault.Keychain, what+" is not one of awsmint's values", hint)
	}
	return nil
}

func incomplete(what, hint string) error {
	return fault.New(fault.Keychain, what+" is incomplete", hint)
}
