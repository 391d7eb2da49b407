// Package filelock is a lock between processes that dies with its holder.
//
// It is a kernel lock (flock on Unix, LockFileEx on Windows) on a file that
// stays: the kernel lets go of it however the holder ends, SIGKILL included,
// so there is no stale lock to clear. The file is never removed, because a
// waiter may have it open.
package filelock

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/gofrs/flock"
)

// The bounds of the time between two tries for a lock that is held. A try is
// cheap, but it wakes a process up: two hundred of them that try every 5 ms take
// two processors away from the one that they wait for.
const (
	shortestPause = 5 * time.Millisecond
	longestPause  = 50 * time.Millisecond
)

// pause is how long to wait before the next try: an eighth of the time waited
// so far, so that nobody waits much longer for having to try.
func pause(waited time.Duration) time.Duration {
	return min(max(waited/8, shortestPause), longestPause)
}

// pidOffset is where the holder's pid stands: behind the one byte that
// LockFileEx locks and so hides from everyone else.
const pidOffset = 1

// maxPID is the length read back for a pid: digits and a line break.
const maxPID = 16

// HeldError says that a lock was not to be had in time.
type HeldError struct {
	Path string
	PID  int   // of the holder; 0 when it could not be read
	Err  error // the context's error
}

func (e *HeldError) Error() string {
	if e.PID == 0 {
		return fmt.Sprintf("the lock %q is held by another process", e.Path)
	}
	return fmt.Sprintf("the lock %q is held by process %d", e.Path, e.PID)
}

func (e *HeldError) Unwrap() error { return e.Err }

// Lock waits for the lock on the file at path, which it makes (0600) if need
// be, and returns the function that lets go of it. The wait ends with ctx; the
// error is then a *HeldError. Any other error means that the file can't be
// opened or locked at all.
func Lock(ctx context.Context, path string) (unlock func(), err error) {
	lock := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR|noFollow), flock.SetPermissions(0o600))
	ok, err := lock.TryLock()
	for waited := time.Duration(0); err == nil && !ok; {
		next := pause(waited)
		select {
		case <-ctx.Done():
			return nil, &HeldError{Path: path, PID: holder(path), Err: ctx.Err()}
		case <-time.After(next):
			ok, err = lock.TryLock()
		}
		waited += next
	}
	if ok {
		writePID(path)
		return func() { _ = lock.Unlock() }, nil
	}
	_ = lock.Close()
	var pathErr *os.PathError
	if errors.As(err, &pathErr) {
		return nil, err
	}
	return nil, fmt.Errorf("locking %q: %w", path, err)
}

// writePID notes the holder for the message that a waiter gives. It is a
// courtesy: on a full disk the lock holds all the same.
func writePID(path string) {
	f, err := os.OpenFile(path, os.O_WRONLY|noFollow, 0)
	if err != nil {
		return
	}
	defer f.Close()
	_, _ = f.WriteAt([]byte(fmt.Sprintf("%-*d\n", maxPID-1, os.Getpid())), pidOffset)
}

func holder(path string) int {
	f, err := os.Open(path)
	if err != nil {
		return 0
	}
	defer f.Close()
	text := make([]byte, maxPID)
	n, _ := f.ReadAt(text, pidOffset)
	pid, _ := strconv.Atoi(string(bytes.TrimSpace(text[:n])))
	return pid
}
