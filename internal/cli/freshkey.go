package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	smithy "github.com/aws/smithy-go"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/provider"
)

const (
	// freshFor is how long after its making a key is taken for one that AWS may
	// not know yet. That is a matter of seconds; the rest is for clocks that are
	// wrong.
	freshFor = time.Hour

	// patienceForFresh is how long such a key is given. AWS promises nothing.
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html#troubleshoot_general_eventual-consistency
	patienceForFresh = 20 * time.Second

	// The pauses between two tries.
	firstFreshPause = time.Second
	mostFreshPause  = 4 * time.Second
)

// whenMade reads the date that "aws iam create-access-key" prints. A key whose
// date can't be read is taken for a new one, since its secret is nowhere else.
func whenMade(date string, now time.Time) (made time.Time, fresh bool) {
	made, err := time.Parse(time.RFC3339, clean(date))
	if err != nil {
		return time.Time{}, true
	}
	if now.Before(made) { // by a clock that is behind AWS's
		return made, true
	}
	return made, now.Sub(made) < freshFor
}

// patience is what is left of the time that a new key is given.
type patience struct {
	*addition
	ends time.Time
	told bool
}

func (s *addition) patience() *patience {
	p := &patience{addition: s}
	if s.fresh {
		p.ends = s.app.Now().Add(patienceForFresh)
	}
	return p
}

// try asks AWS until it knows the key. The secret of a new key that was piped in
// would be lost if it were given up at once.
func (p *patience) try(ctx context.Context, ask func() error) error {
	for pause := firstFreshPause; ; pause = min(2*pause, mostFreshPause) {
		err := ask()
		if !p.fresh || !isUnknownKey(err) {
			return err
		}
		id := provider.LastFour(p.key.AccessKeyID)
		if !p.app.Now().Add(pause).Before(p.ends) {
			return fault.Wrap(err, fault.StatusOf(err), fmt.Sprintf("AWS does not know the new access key %s after %s", id, provider.Span(patienceForFresh)),
				"nothing was stored; run the same command again if you have the secret still, with --no-verify to store it untried; else delete the key in the IAM console and make another")
		}
		if !p.told {
			p.app.Note(fmt.Sprintf("AWS does not know the new key %s yet; it is given %s", id, provider.Span(patienceForFresh)))
			p.told = true
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return err
		}
	}
}

// isUnknownKey is what AWS says of a key that it does not know (yet).
func isUnknownKey(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() == "InvalidClientTokenId"
}
