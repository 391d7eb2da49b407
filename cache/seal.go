package cache

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"io"
	"time"

	"github.com/awsmint/awsmint/internal/atomicfile"
	"github.com/awsmint/awsmint/internal/secret"
)

// An entry on disk is
//
//	magic    7 bytes  "AWSMINT"
//	version  1 byte   1
//	issued   8 bytes  seconds since 1970, big-endian
//	expires  8 bytes  likewise
//	nonce   12 bytes  random
//	sealed   the rest AES-256-GCM of the content, 16 bytes longer than it
//
// The first 24 bytes and the entry's name are the associated data: a changed
// expiry, or an entry moved to another name, does not open.
const (
	magic      = "AWSMINT"
	version    = 1
	headerSize = len(magic) + 1 + 8 + 8
	nonceSize  = 12 // what AES-GCM is made for (NIST SP 800-38D)
	tagSize    = 16

	// KeySize is the length in bytes of the key: AES-256.
	KeySize = 32
)

// Times says when an entry's content was issued and when it expires, in whole
// seconds. They can be read without the key, and are proven only by Open.
type Times struct{ Issued, Expires time.Time }

// Sealed is an entry as it stands on disk.
type Sealed struct {
	Times Times
	name  Name
	data  []byte
}

// Open returns the content. ok is false when the key is not the one that it
// was sealed with or when any byte is not as it was written.
func (s Sealed) Open(key secret.String) (plain []byte, ok bool) {
	aead, err := newAEAD(key)
	if err != nil || len(s.data) < headerSize+nonceSize+tagSize {
		return nil, false
	}
	nonce, sealed := s.data[headerSize:headerSize+nonceSize], s.data[headerSize+nonceSize:]
	plain, err = aead.Open(nil, nonce, sealed, associated(s.name, s.data[:headerSize]))
	return plain, err == nil
}

func seal(n Name, key secret.String, times Times, plain []byte) ([]byte, error) {
	aead, err := newAEAD(key)
	if err != nil {
		return nil, err
	}
	data := make([]byte, 0, headerSize+nonceSize+len(plain)+tagSize)
	data = append(data, magic...)
	data = append(data, version)
	data = binary.BigEndian.AppendUint64(data, uint64(times.Issued.Unix()))
	data = binary.BigEndian.AppendUint64(data, uint64(times.Expires.Unix()))
	header := data
	// crypto/rand.Read never fails: it ends the program instead.
	data = data[:headerSize+nonceSize]
	nonce := data[headerSize:]
	_, _ = rand.Read(nonce)
	return aead.Seal(data, nonce, plain, associated(n, header)), nil
}

// parse checks the header, nothing more.
func parse(n Name, data []byte) (Sealed, bool) {
	if len(data) < headerSize || string(data[:len(magic)]) != magic || data[len(magic)] != version {
		return Sealed{}, false
	}
	return Sealed{
		name: n,
		data: data,
		Times: Times{
			Issued:  time.Unix(int64(binary.BigEndian.Uint64(data[8:])), 0).UTC(),
			Expires: time.Unix(int64(binary.BigEndian.Uint64(data[16:])), 0).UTC(),
		},
	}, true
}

// readTimes reads the header of a file alone.
func readTimes(path string) (Times, bool) {
	f, err := atomicfile.Open(path)
	if err != nil {
		return Times{}, false
	}
	defer f.Close()
	header := make([]byte, headerSize)
	if _, err := io.ReadFull(f, header); err != nil {
		return Times{}, false
	}
	s, ok := parse(Name{}, header)
	return s.Times, ok
}

func associated(n Name, header []byte) []byte {
	data := append([]byte(nil), header...)
	data = append(data, n.Digest[:]...)
	return append(data, n.Scope...)
}

func newAEAD(key secret.String) (cipher.AEAD, error) {
	if key.Len() != KeySize {
		return nil, errors.New("the cache's key is not 32 bytes long")
	}
	block, err := aes.NewCipher([]byte(key.Reveal()))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
