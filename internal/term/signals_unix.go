//go:build unix

package term

import (
	"os"
	"os/signal"
	"time"

	"golang.org/x/sys/unix"
)

// signals are those that concern a question while it is asked.
type signals struct {
	end     chan os.Signal // SIGINT, SIGTERM, SIGHUP: the run is over
	resumed chan os.Signal // SIGCONT: the process was stopped, and runs again
}

// watchSignals begins to receive the signals. One that the process was started
// to ignore (nohup) stays ignored.
func watchSignals() *signals {
	s := &signals{end: make(chan os.Signal, 1), resumed: make(chan os.Signal, 1)}
	for _, sig := range []os.Signal{unix.SIGINT, unix.SIGTERM, unix.SIGHUP} {
		if !signal.Ignored(sig) {
			signal.Notify(s.end, sig)
		}
	}
	signal.Notify(s.resumed, unix.SIGCONT)
	return s
}

func (s *signals) stop() {
	signal.Stop(s.end)
	signal.Stop(s.resumed)
}

// orphanPatience is how long to wait for a stop to take effect. In a process
// group that no shell looks after, the kernel ignores SIGTSTP, and nothing
// will ever tell.
const orphanPatience = 100 * time.Millisecond

// suspend stops the foreground process group, which is this process's, as the
// terminal does on Ctrl-Z, and returns when it runs again.
func (s *signals) suspend() {
	if err := unix.Kill(0, unix.SIGTSTP); err != nil {
		return
	}
	// In slices, since a timer that ran out during the stop fires together
	// with SIGCONT, and that one must be taken here.
	const slices = 10
	for range slices {
		select {
		case <-s.resumed:
			return
		case <-time.After(orphanPatience / slices):
		}
	}
}
