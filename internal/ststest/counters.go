package ststest

import (
	"context"
	"errors"
	"fmt"
)

// arrive counts a request that has been read, wakes who waits for it, and
// takes the fault that befalls it, if any. It reports false once the server
// is closed; otherwise the caller owes an inFlight.Done.
func (s *Server) arrive(action string) (*Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, false
	}
	s.inFlight.Add(1)
	s.calls[action]++
	close(s.changed)
	s.changed = make(chan struct{})
	return s.take(func(f Fault) bool { return !f.DropBefore && (f.Action == "" || f.Action == action) }), true
}

// Calls is the number of requests of the action that have arrived, whatever
// came of them; "" is all requests.
func (s *Server) Calls(action string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return count(s.calls, action)
}

// Succeeded is the number of requests of the action that were carried out;
// "" is all requests.
func (s *Server) Succeeded(action string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return count(s.succeeded, action)
}

func count(by map[string]int, action string) int {
	if action != "" {
		return by[action]
	}
	total := 0
	for _, n := range by {
		total += n
	}
	return total
}

// Reset sets the counters to zero and removes all faults. Users, roles,
// sessions, spent codes, the skew and the session lifetime stay; requests
// that hang go on hanging.
func (s *Server) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.calls)
	clear(s.succeeded)
	s.faults = nil
}

// WaitFor returns once n requests of the action have arrived, which may be
// before they are answered; "" is all requests. Its error is ctx's, or says
// that the server was closed.
func (s *Server) WaitFor(ctx context.Context, action string, n int) error {
	for {
		s.mu.Lock()
		got, changed := count(s.calls, action), s.changed
		s.mu.Unlock()
		if got >= n {
			return nil
		}
		var why error
		select {
		case <-changed:
			continue
		case <-ctx.Done():
			why = ctx.Err()
		case <-s.closing:
			why = errors.New("the server was closed")
		}
		return fmt.Errorf("waited for %d requests of %q, %d arrived: %w", n, action, got, why)
	}
}
