package mfa

import (
	"context"
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
	// Authenticator apps show seeds in groups, and so they are pasted.
	base32 := strings.NewReplacer(" ", "", "-", "").Replace(seed.Reveal())
	// The parameters are those of AWS's virtual devices (RFC 6238's defaults).
	digits, err := totp.GenerateCodeCustom(base32, now(), totp.ValidateOpts{
		Period:    uint(step.Seconds()),
		Digits:    otp.DigitsSix,
		Algorithm: otp.AlgorithmSHA1,
	})
	if err != nil {
		return Code{}, fault.Wrap(err, fault.Failure,
			fmt.Sprintf("the stored TOTP seed of profile %q is not base32", req.Profile),
			"store the key again with its seed: awsmint add --force --stdin "+req.Profile)
	}
	return Code{Digits: secret.New(digits), Way: NameSeed}, nil
}
