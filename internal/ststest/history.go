package ststest

import (
	"slices"
	"strings"
	"time"
)

// status is what IAM says of an access key.
type status int

const (
	active status = iota
	inactive
	deleted
)

func (s status) String() string {
	if s == active {
		return "Active"
	}
	return "Inactive"
}

// history is what becomes of an access key. A change is known to IAM's own
// lists at once, and to whoever checks a signature when it has settled.
type history struct {
	created time.Time
	status  status
	settled time.Time // when the last change is known everywhere
	before  bool      // whether the key worked before that change
	used    use
}

// use is when and where a key last signed a request that was accepted.
type use struct {
	at              time.Time // zero: never
	service, region string
}

// works reports whether requests that the key signs are accepted.
func (h *history) works(now time.Time) bool {
	if now.Before(h.settled) {
		return h.before
	}
	return h.status == active
}

// change gives a key another status. The caller holds s.mu.
func (s *Server) change(c *credential, now time.Time, to status) {
	if c.status == to {
		return
	}
	c.before = c.works(now)
	c.status, c.settled = to, now.Add(s.propagation)
}

// SetPropagation makes every change of an access key from now on take d to be
// known, as it does with AWS: until then a new key is unknown to all services
// (InvalidClientTokenId), and one that was deactivated or deleted goes on
// working. IAM's own lists know of it at once.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html#troubleshoot_general_eventual-consistency
func (s *Server) SetPropagation(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.propagation = d
}

// AccessKey is a user's access key as it is on record.
type AccessKey struct {
	ID, Secret string
	Active     bool
	Created    time.Time
	LastUsed   time.Time // zero: never
}

// AccessKeys are a user's keys, the oldest first.
func (s *Server) AccessKeys(user string) []AccessKey {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []AccessKey
	for _, c := range s.keysOf(user) {
		all = append(all, c.record())
	}
	return all
}

// SetKeyHistory says when a key was made and last used, for tests of old keys.
// A zero lastUsed means never. An unknown id changes nothing.
func (s *Server) SetKeyHistory(id string, created, lastUsed time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.credentials[id]; c != nil {
		c.created = created.UTC().Truncate(time.Second)
		c.used = use{}
		if !lastUsed.IsZero() {
			c.used = use{at: lastUsed.UTC().Truncate(time.Second), service: "s3", region: "eu-west-1"}
		}
	}
}

// keysOf are a user's keys that are not deleted, the oldest first. The caller
// holds s.mu.
func (s *Server) keysOf(user string) (all []*credential) {
	for _, c := range s.credentials {
		if c.kind == longTerm && c.identity.user == user && c.status != deleted {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b *credential) int {
		if order := a.created.Compare(b.created); order != 0 {
			return order
		}
		return strings.Compare(a.id, b.id)
	})
	return all
}

// AddAccessKey makes another key for a user, as an administrator would, within
// IAM's quota. It is known everywhere at once.
func (s *Server) AddAccessKey(user string) (AccessKey, error) {
	now := s.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	u, ok := s.users[user]
	if !ok {
		return AccessKey{}, errNoUser(user)
	}
	made, err := s.newKey(u, now)
	if err != nil {
		return AccessKey{}, err
	}
	made.settled = now
	return made.record(), nil
}

// EnableKey makes an access key active again. An unknown id changes nothing.
func (s *Server) EnableKey(id string) {
	now := s.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.credentials[id]; c != nil && c.status == inactive {
		s.change(c, now, active)
	}
}

// RemoveAccessKey deletes a user's key, as an administrator would. It is unknown
// everywhere at once. An unknown id changes nothing.
func (s *Server) RemoveAccessKey(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.credentials[id]; c != nil && c.kind == longTerm {
		c.history = history{created: c.created, status: deleted, used: c.used}
	}
}

func (c *credential) record() AccessKey {
	return AccessKey{ID: c.id, Secret: c.secret, Active: c.status == active, Created: c.created, LastUsed: c.used.at}
}
