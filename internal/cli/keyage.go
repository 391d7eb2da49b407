package cli

import (
	"context"
	"time"

	"github.com/awsmint/awsmint/provider"
)

// ageTimeout is how long AWS may take to tell when a key was made. IAM may be
// out of reach where STS is not, and the key is good without its date.
const ageTimeout = 4 * time.Second

// learnAge asks when AWS made the key, where nothing has told that yet. Not being
// allowed to know is common, and no failure: the age is then what it is at least.
func (s *addition) learnAge(ctx context.Context, verifier provider.Verifier) {
	if !s.key.MadeAt.IsZero() || !s.another() && !s.stored.MadeAt.IsZero() {
		return
	}
	verifier.Timeout = min(verifier.Timeout, ageTimeout)
	made, err := verifier.Made(ctx)
	s.app.Log.Debug("asked when the key was made", "made", made, "error", err)
	s.key.MadeAt = made
}

// keepAge keeps what is known of the key where it is stored already.
func (s *addition) keepAge() {
	if s.key.MadeAt.IsZero() {
		s.key.MadeAt = s.stored.MadeAt
	}
	if !s.stored.CreatedAt.IsZero() {
		s.key.CreatedAt = s.stored.CreatedAt
	}
}
