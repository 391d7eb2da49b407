package ststest

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"strconv"
)

func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the program instead
	return b
}

// newKeyID makes an access key id of 20 characters. The 16 after the prefix
// are base32 for ten bytes: a set bit, the account in 40 bits, and chance. AWS
// does not document this; tools that decode the account find it there.
func newKeyID(prefix, account string) string {
	b := randomBytes(10)
	n, _ := strconv.ParseUint(account, 10, 40) // twelve digits; anything else gives an id that decodes to 0
	z := 1<<47 | n<<7 | uint64(b[5]&0x7f)
	for i := range 6 {
		b[i] = byte(z >> (40 - 8*i))
	}
	return prefix + base32.StdEncoding.EncodeToString(b)
}

// newSecret makes a secret access key: 40 characters of base64, so with +
// and / now and then, which clients that quote badly trip over.
func newSecret() string { return base64.StdEncoding.EncodeToString(randomBytes(30)) }

// tokenPrefix begins the session tokens of the last years.
const tokenPrefix = "IQoJb3JpZ2luX2Vj"

// newToken makes a session token of 800 characters, about the size of AWS's.
// It says nothing: what it stands for is on record here.
func newToken() string {
	return tokenPrefix + base64.StdEncoding.EncodeToString(randomBytes((800-len(tokenPrefix))/4*3))
}

// newSeed makes the seed of a virtual MFA device: 64 characters of base32,
// the length that AWS shows.
func newSeed() string { return base32.StdEncoding.EncodeToString(randomBytes(40)) }

// newUniqueID makes an IAM unique id of 21 characters, such as AIDA… for a
// user and AROA… for a role.
func newUniqueID(prefix string) string { return prefix + rand.Text()[:21-len(prefix)] }
