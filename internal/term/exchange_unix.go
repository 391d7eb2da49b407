//go:build unix

package term

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// startExchange shows prompt and reads a line, or a paste, in a goroutine that waits with
// select(2) for the terminal and for a pipe, whose closing ends it. So a read
// that was given up takes no key that belongs to the next question, or to the
// shell.
func (t *Terminal) startExchange(prompt string, suspendKey byte, paste bool) (*exchange, error) {
	wakeRead, wakeWrite, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	answers, done := make(chan answer, 1), make(chan struct{})
	go func() {
		defer close(done)
		line, err := t.exchange(prompt, suspendKey, paste, int(wakeRead.Fd()))
		answers <- answer{line, err}
	}()
	stop := func() {
		_ = wakeWrite.Close()
		<-done
		_ = wakeRead.Close()
	}
	return &exchange{answer: answers, stop: stop}, nil
}

// errStopped ends an exchange that nobody waits for any more.
var errStopped = errors.New("stopped")

func (t *Terminal) exchange(prompt string, suspendKey byte, paste bool, wake int) (string, error) {
	if ok, err := ready(t.fd(), toWrite, wake, forever); err != nil || !ok {
		return "", errors.Join(errStopped, err)
	}
	if _, err := t.out.WriteString(prompt); err != nil {
		return "", fmt.Errorf("writing to the terminal: %w", err)
	}
	if paste {
		return t.readPaste(suspendKey, wake)
	}
	return t.readLine(suspendKey, wake)
}

// readLine reads a line, which the terminal (in its canonical mode) hands over
// when it is complete, or in two halves round a Ctrl-D.
func (t *Terminal) readLine(suspendKey byte, wake int) (string, error) {
	var text []byte
	chunk := make([]byte, 4096)
	for {
		n, err := t.read(chunk, wake)
		if err != nil {
			return "", err
		}
		text = append(text, chunk[:n]...)
		line, _, complete := bytes.Cut(text, []byte("\n"))
		switch {
		case suspendKey != 0 && bytes.IndexByte(text, suspendKey) >= 0:
			return "", errSuspend
		case len(line) > maxLine:
			return "", errTooLong
		case complete:
			return string(line), nil
		}
	}
}

// read waits for what is typed, and takes what there is.
func (t *Terminal) read(chunk []byte, wake int) (int, error) {
	for {
		if ok, err := ready(t.fd(), toRead, wake, forever); err != nil || !ok {
			return 0, errors.Join(errStopped, err)
		}
		if err := t.foreground(); err != nil {
			return 0, err
		}
		n, err := unix.Read(t.fd(), chunk)
		switch {
		case err == unix.EINTR || err == unix.EAGAIN:
		case err == unix.EIO || err == nil && n == 0:
			// Ctrl-D on an empty line, or the terminal has gone.
			return 0, ErrCancelled
		case err != nil:
			return 0, fmt.Errorf("reading from the terminal: %w", err)
		default:
			return n, nil
		}
	}
}

// operation is what a file is to be ready for.
type operation int

const (
	toRead operation = iota
	toWrite
)

const (
	noWake  = -1                // no pipe to watch
	forever = time.Duration(-1) // no time limit
)

// ready waits until fd can be read or written without blocking. It returns
// false when wake can be read (it was closed at its other end) or time is up.
// It is select(2) because poll(2) does not know /dev/tty on macOS.
func ready(fd int, op operation, wake int, timeout time.Duration) (bool, error) {
	for {
		var reads, writes unix.FdSet
		if op == toRead {
			reads.Set(fd)
		} else {
			writes.Set(fd)
		}
		if wake >= unix.FD_SETSIZE {
			return false, errors.New("too many open files")
		}
		if wake != noWake {
			reads.Set(wake)
		}
		var limit *unix.Timeval
		if timeout >= 0 {
			value := unix.NsecToTimeval(timeout.Nanoseconds())
			limit = &value
		}
		n, err := unix.Select(max(fd, wake)+1, &reads, &writes, nil, limit)
		switch {
		case err == unix.EINTR:
			continue
		case err != nil:
			return false, fmt.Errorf("waiting for the terminal: %w", err)
		case n == 0 || wake != noWake && reads.IsSet(wake):
			return false, nil
		}
		return true, nil
	}
}
