package provider

import (
	"fmt"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
)

// durationFlag is the flag with the life that a command line asks for.
const durationFlag = "--duration"

// ownRole gives the life that was asked for to the role of the profile that was
// asked for: before it is known what the role is minted from, which depends on
// the life.
func (r *resolver) ownRole(a *assumption) error {
	if r.life == 0 || len(r.visited) > 1 {
		return nil
	}
	if err := checkRoleDuration(r.life); err != nil {
		return asFlag.wrong(durationFlag, err)
	}
	a.Duration, a.durationFrom = r.life, durationFlag
	return nil
}

// lasting gives the life that was asked for to what has not got it yet, a
// user's session, and refuses it for what lives as long as others say.
func (r *resolver) lasting(link Link) (Link, error) {
	var life time.Duration
	switch l := link.(type) {
	case *Session:
		if err := checkSessionDuration(r.life); err != nil {
			return nil, asFlag.wrong(durationFlag, err)
		}
		short := *l
		short.Duration, short.Window = r.life, 0
		return &short, nil
	case *Role:
		life = l.Duration
	case *WebIdentity:
		life = l.Duration
	case *Federation:
		life = l.Duration
	}
	if life != r.life {
		return nil, fault.New(fault.Usage,
			fmt.Sprintf("awsmint can't choose how long these credentials live: %s", Describe(link)),
			"leave --duration out, or name a role to assume with them: --role-arn ARN")
	}
	return link, nil
}
