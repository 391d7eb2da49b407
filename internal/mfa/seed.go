package mfa

import (
	"context"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

// Seed computes codes from a stored seed.
type Seed struct {
	// Load returns the seed in base32, as AWS shows it. An error that Is
	// ErrUnavailable means that none is stored.
	Load func(ctx context.Context) (secret.String, error)
	Now  func() time.Time // nil: time.Now
}

// Name returns "totp".
func (*Seed) Name() string { return NameSeed }

// Interactive returns false: the same seed gives the same code again.
func (*Seed) Interactive() bool { return false }

// Ready looks whether a seed is stored.
func (s *Seed) Ready(ctx context.Context) error {
	_, err := s.Load(ctx)
	return err
}

// Code returns the code of the present step.
func (s *Seed) Code(ctx context.Context, req Request) (Code, error) {
	seed, err := s.Load(ctx)
	if err != nil {
		return Code{}, err
	}
	now := time.Now
	if s.Now != nil {
		now = s.Now
	}
	// The parameters are those of AWS's virtual devices (RFC 6238's defaults).
	digits, err := totp.GenerateCodeCustom(bare(seed), now(), totp.ValidateOpts{
		Period:    uint(step.Seconds()),
		Digits:    otp.DigitsSix,
		Algorithm: otp.AlgorithmSHA1,
	})
	if err != nil {
		return Code{}, fault.Wrap(err, fault.Failure,
			fmt.Sprintf("the stored TOTP seed of profile %q is not base32", req.Profile),
			"store the seed again: awsmint mfa add --force "+req.Profile)
	}
	return Code{Digits: secret.New(digits), Way: NameSeed}, nil
}

// minSeed is the length in bytes of the shortest seed taken: RFC 4226, section
// 4, asks for 128 bits; AWS's own have 320.
const minSeed = 16

// CleanSeed returns a seed as it is stored: base32 without the spaces, dashes
// and padding that it may have been copied with. Any other text is a Usage
// fault, which does not hold it.
func CleanSeed(seed secret.String) (secret.String, error) {
	text := bare(seed)
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(text)
	if err != nil || len(raw) < minSeed {
		return secret.String{}, fault.New(fault.Usage, "this is not a TOTP seed",
			`it is the text that AWS shows as "secret key" beside the QR code: letters A to Z and digits 2 to 7, about 64 of them`)
	}
	return secret.New(text), nil
}

// bare takes off what authenticator apps and consoles add to show a seed in
// groups, and base32's padding.
func bare(seed secret.String) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "=", "", "\n", "", "\r", "", "\t", "").Replace(seed.Reveal()))
}
