package term

import (
	"os"
	"os/signal"
	"syscall"
)

// signals are those that concern a question while it is asked.
type signals struct {
	end     chan os.Signal // Ctrl-C, and the closing of the console
	resumed chan os.Signal // never: Windows has no job control
}

func watchSignals() *signals {
	s := &signals{end: make(chan os.Signal, 1)}
	signal.Notify(s.end, os.Interrupt, syscall.SIGTERM)
	return s
}

func (s *signals) stop() { signal.Stop(s.end) }

func (s *signals) suspend() {}
