//go:build unix

package termtest

import (
	"io"
	"strings"
	"sync"
	"time"
)

// Screen is all that a terminal was given to show.
type Screen struct {
	mu    sync.Mutex
	shown strings.Builder
	more  chan struct{} // something came since somebody looked
	done  chan struct{}
}

// Watch collects what comes from a terminal's other side, until its end.
func Watch(terminal io.Reader) *Screen {
	s := &Screen{more: make(chan struct{}, 1), done: make(chan struct{})}
	go s.collect(terminal)
	return s
}

func (s *Screen) collect(terminal io.Reader) {
	defer close(s.done)
	chunk := make([]byte, 4096)
	for {
		n, err := terminal.Read(chunk)
		s.mu.Lock()
		s.shown.Write(chunk[:n])
		s.mu.Unlock()
		select {
		case s.more <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

// Text is what was shown so far.
func (s *Screen) Text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shown.String()
}

// Await waits until what is shown satisfies a condition, and reports whether it
// did within patience. One caller at a time may wait.
func (s *Screen) Await(patience time.Duration, satisfied func(text string) bool) bool {
	timeout := time.After(patience)
	for !satisfied(s.Text()) {
		select {
		case <-s.more:
		case <-timeout:
			return false
		}
	}
	return true
}

// Done is closed when nothing more will be shown.
func (s *Screen) Done() <-chan struct{} { return s.done }
