package awsconfig

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/awsmint/awsmint/internal/atomicfile"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/filelock"
)

// ErrChanged is what errors.Is finds when a file changed between Open and Save.
var ErrChanged = errors.New("the file has changed")

const (
	// lockName is the file beside a config file that its editors lock. One
	// serves both files of a directory.
	lockName = ".awsmint-lock"
	// lockWait is the longest wait for another editor, who needs milliseconds.
	lockWait = 10 * time.Second
	// updateTries bounds the rounds of Update against a program that takes no
	// lock and writes all the time.
	updateTries = 5
)

// Save replaces the file with the edited content, whole, so that whoever reads
// it meanwhile, or after a crash, finds the old content or the new. It keeps
// the file's mode and a symbolic link; a new file gets 0600, a directory that
// is missing 0700. Where nothing was edited nothing is written or locked.
//
// Save waits for other awsmint processes until ctx ends, at most ten seconds.
// It refuses to write over what someone else has written since Open: the
// error is then a *fault.Error that wraps ErrChanged. After any error the file
// is as it was.
func (d *Document) Save(ctx context.Context) error {
	if !d.changed() {
		return nil
	}
	unlock, err := d.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	return d.write()
}

// Update opens a file, edits it and saves it. If another program changes it
// meanwhile, edit is called again with the new content, so that editors who
// work at once each get their change in. edit must change nothing but its
// document; its error ends the update, with the file as it was.
func Update(ctx context.Context, path string, edit func(*Document) error) error {
	d, err := edited(path, edit)
	if err != nil || !d.changed() {
		return err
	}
	unlock, err := d.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	for range updateTries {
		if err = d.write(); !errors.Is(err, ErrChanged) {
			return err
		}
		// Another awsmint was faster, before the lock, or a program that knows
		// nothing of the lock.
		if d, err = edited(path, edit); err != nil || !d.changed() {
			return err
		}
	}
	return d.write()
}

func edited(path string, edit func(*Document) error) (*Document, error) {
	d, err := Open(path)
	if err != nil {
		return nil, err
	}
	return d, edit(d)
}

// lock takes the lock beside the file itself, so that editors who come by way
// of different links still meet, and clears away what a killed one left.
func (d *Document) lock(ctx context.Context) (unlock func(), err error) {
	if d.path == "" {
		return nil, fault.New(fault.Failure, "this document has no file to be saved to", "")
	}
	if err := os.MkdirAll(filepath.Dir(d.path), 0o700); err != nil {
		return nil, atomicfile.WriteFault(d.path, err)
	}
	file := atomicfile.Target(d.path)
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	unlock, err = filelock.Lock(ctx, filepath.Join(filepath.Dir(file), lockName))
	var held *filelock.HeldError
	switch {
	case errors.As(err, &held):
		return nil, fault.Wrap(err, fault.StatusOf(err),
			fmt.Sprintf("can't write %q: %v", d.path, held),
			"wait until that process has ended, or end it, then run the command again")
	case err != nil:
		return nil, atomicfile.WriteFault(d.path, err)
	}
	atomicfile.Sweep(file)
	return unlock, nil
}

// write replaces the file if it still is what was read.
func (d *Document) write() error {
	current, err := readForEdit(d.path)
	switch {
	case err != nil:
		return err
	case current != d.before:
		return fault.Wrap(ErrChanged, fault.Failure,
			fmt.Sprintf("%q was changed by another program meanwhile; nothing was written", d.path),
			"run the command again")
	case len(d.now.text) > maxSize:
		return tooLarge(d.path)
	}
	if err := atomicfile.Write(d.path, d.Bytes(), 0o600); err != nil {
		return atomicfile.WriteFault(d.path, err)
	}
	d.before = d.now.text
	return nil
}
