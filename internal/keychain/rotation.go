package keychain

import (
	"time"

	"github.com/awsmint/awsmint/internal/secret"
)

// RotationStep is how far the replacement of a key has come. Each is written
// before what follows it is begun.
type RotationStep string

// The steps, in their order.
const (
	// RotationCreating: AWS is about to be asked for the new key, and may have
	// made one already that nobody knows the secret of.
	RotationCreating RotationStep = "creating"
	// RotationPending: the new key is stored, and the old one is in use.
	RotationPending RotationStep = "pending"
	// RotationSwitched: the new key is in use, and the old one still works.
	RotationSwitched RotationStep = "switched"
	// RotationDeactivated: the old key is inactive, and not deleted yet.
	RotationDeactivated RotationStep = "deactivated"
)

// Rotation is the journal of a key's replacement. It stands in the item of the
// key itself, so that a key and what is known of it change in one write.
type Rotation struct {
	Step     RotationStep
	Began    time.Time // by AWS's clock, to the second, before the new key was asked for
	Attempts []Attempt // to make the new key, of which it is not known what came

	Pending  KeyPair // the new key, until it is in use
	Retiring KeyPair // the old key, from then on

	Wanted    []string // what is to be given the new key, by names of the writer's own
	Published []string // what has been given it already
}

// Attempt is a request for a new key, noted before it is sent. Should its answer
// be lost, these times and ids tell the key that it made from others.
type Attempt struct {
	From, Until time.Time // within which AWS carries it out, by AWS's clock, to the second
	Known       []string  // the ids of the keys that the user had before
}

// KeyPair is a key that is kept beside the one in use.
type KeyPair struct {
	AccessKeyID     string
	SecretAccessKey secret.String
	CreatedAt       time.Time // to the second; zero when unknown
}

// Times are kept in seconds since 1970; 0 is none.
type rotationValue struct {
	Step      RotationStep   `json:"step"`
	Began     int64          `json:"began,omitempty"`
	Attempts  []attemptValue `json:"attempts,omitempty"`
	Pending   *pairValue     `json:"pending,omitempty"`
	Retiring  *pairValue     `json:"retiring,omitempty"`
	Wanted    []string       `json:"wanted,omitempty"`
	Published []string       `json:"published,omitempty"`
}

type attemptValue struct {
	From  int64    `json:"from"`
	Until int64    `json:"until"`
	Known []string `json:"known,omitempty"`
}

type pairValue struct {
	AccessKeyID     string `json:"access_key_id"`
	SecretAccessKey string `json:"secret_access_key"`
	CreatedAt       int64  `json:"created_at,omitempty"`
}

func (r *Rotation) value() *rotationValue {
	if r == nil {
		return nil
	}
	v := &rotationValue{
		Step: r.Step, Began: seconds(r.Began),
		Pending: r.Pending.value(), Retiring: r.Retiring.value(), Wanted: r.Wanted, Published: r.Published,
	}
	for _, a := range r.Attempts {
		v.Attempts = append(v.Attempts, attemptValue{seconds(a.From), seconds(a.Until), a.Known})
	}
	return v
}

func (v *rotationValue) rotation() *Rotation {
	if v == nil {
		return nil
	}
	r := &Rotation{
		Step: v.Step, Began: at(v.Began),
		Pending: v.Pending.pair(), Retiring: v.Retiring.pair(), Wanted: someOf(v.Wanted), Published: someOf(v.Published),
	}
	for _, a := range v.Attempts {
		r.Attempts = append(r.Attempts, Attempt{at(a.From), at(a.Until), someOf(a.Known)})
	}
	return r
}

func (p KeyPair) value() *pairValue {
	if p == (KeyPair{}) {
		return nil
	}
	return &pairValue{p.AccessKeyID, p.SecretAccessKey.Reveal(), seconds(p.CreatedAt)}
}

func (v *pairValue) pair() KeyPair {
	if v == nil {
		return KeyPair{}
	}
	return KeyPair{v.AccessKeyID, secret.New(v.SecretAccessKey), at(v.CreatedAt)}
}

func seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

func at(seconds int64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

// someOf makes none of an empty list.
func someOf(texts []string) []string {
	if len(texts) == 0 {
		return nil
	}
	return texts
}
