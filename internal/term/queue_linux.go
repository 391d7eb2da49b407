package term

import (
	"context"
	"time"

	"golang.org/x/sys/unix"
)

// queueInterval is the time between two tries for a terminal on which another
// process is asking.
const queueInterval = 20 * time.Millisecond

// queue waits until no other process of awsmint asks on this terminal, and
// returns the function that lets the next one ask. Two at once would take each
// other's answers, and the second to leave would put back the modes that the
// first had set: no echo.
//
// The lock is the kernel's, on the byte of /dev/tty whose number is the
// session's, because a terminal controls one session and /dev/tty is one file
// for all of them. It dies with its holder, leaves no file behind, and where it
// can't be had for any reason but a holder the question is asked without it.
func (t *Terminal) queue(ctx context.Context) (leave func(), err error) {
	session, err := unix.Getsid(0)
	if err != nil {
		return func() {}, nil
	}
	lock := func(kind int16) error {
		return unix.FcntlFlock(uintptr(t.fd()), unix.F_OFD_SETLK, &unix.Flock_t{Type: kind, Start: int64(session), Len: 1})
	}
	ticker := time.NewTicker(queueInterval)
	defer ticker.Stop()
	for {
		switch lock(unix.F_WRLCK) {
		case nil:
			return func() { _ = lock(unix.F_UNLCK) }, nil
		case unix.EAGAIN, unix.EACCES:
		default:
			return func() {}, nil
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil, cancelled(ctx.Err())
		}
	}
}
