package ststest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"
)

// coordinate is the size in bytes of a coordinate of P-256, and of each half
// of a signature.
const coordinate = 32

// base64url is JWS's alphabet: no padding, and no stray bits at the end.
var base64url = base64.RawURLEncoding.Strict()

// newKey makes a P-256 key whose coordinates have no leading zeros. The AWS
// SDK for Go leaves those out of the keys that it sends, which RFC 7518,
// section 6.2.1.2 forbids and the check here refuses; one key in 128 would
// fail a test by chance.
func newKey() *ecdsa.PrivateKey {
	for {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			panic(err) // never: crypto/rand ends the program instead
		}
		if point, err := key.PublicKey.Bytes(); err == nil && point[1] != 0 && point[1+coordinate] != 0 {
			return key
		}
	}
}

// signJWS makes a compact JWS with ES256 (RFC 7515, RFC 7518 section 3.4).
// Neither header nor claims may fail to be written as JSON.
func signJWS(key *ecdsa.PrivateKey, header, claims any) string {
	encode := func(v any) string {
		b, _ := json.Marshal(v)
		return base64url.EncodeToString(b)
	}
	signed := encode(header) + "." + encode(claims)
	digest := sha256.Sum256([]byte(signed))
	r, s, err := ecdsa.Sign(rand.Reader, key, digest[:])
	if err != nil {
		panic(err) // never: as above
	}
	signature := make([]byte, 2*coordinate)
	r.FillBytes(signature[:coordinate])
	s.FillBytes(signature[coordinate:])
	return signed + "." + base64url.EncodeToString(signature)
}

// jws is a compact JWS taken apart, and as yet believed by nobody.
type jws struct {
	signed          string
	header, payload []byte
	signature       []byte
}

// parseJWS takes a token apart. It reports false for one that is not of three
// base64url parts, or whose algorithm is not ES256. A line break, which the
// decoder would let pass, is refused: files that hold tokens often end in one.
func parseJWS(token string) (jws, bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 || strings.ContainsAny(token, "\r\n") {
		return jws{}, false
	}
	decoded := make([][]byte, len(parts))
	for i, part := range parts {
		b, err := base64url.DecodeString(part)
		if err != nil {
			return jws{}, false
		}
		decoded[i] = b
	}
	var header struct{ Alg string }
	if json.Unmarshal(decoded[0], &header) != nil || header.Alg != "ES256" {
		return jws{}, false
	}
	return jws{
		signed: parts[0] + "." + parts[1], header: decoded[0], payload: decoded[1], signature: decoded[2],
	}, true
}

// signedBy reports whether the signature is the key's.
func (j jws) signedBy(key *ecdsa.PublicKey) bool {
	if len(j.signature) != 2*coordinate {
		return false
	}
	digest := sha256.Sum256([]byte(j.signed))
	r, s := new(big.Int).SetBytes(j.signature[:coordinate]), new(big.Int).SetBytes(j.signature[coordinate:])
	return ecdsa.Verify(key, digest[:], r, s)
}
