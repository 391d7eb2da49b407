package mfa

import (
	"encoding/base32"
	"strings"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

// minSeed is the length in bytes of the shortest seed taken: RFC 4226, section
// 4, asks for 128 bits; AWS's own have 320.
const minSeed = 16

// CleanSeed returns a seed as it is stored: base32 without the spaces, dashes
// and padding that it may have been copied with. Any other text is a Usage
// fault, which does not hold it.
func CleanSeed(seed secret.String) (secret.String, error) {
	text := strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "=", "").Replace(seed.Reveal()))
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(text)
	if err != nil || len(raw) < minSeed {
		return secret.String{}, fault.New(fault.Usage, "that is no TOTP seed",
			`it is the text that AWS shows as "secret key" beside the QR code: letters A to Z and digits 2 to 7, about 64 of them`)
	}
	return secret.New(text), nil
}
