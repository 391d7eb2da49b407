package dotenv

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/awsmint/awsmint/internal/atomicfile"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/filelock"
)

const (
	// lockWait is the longest wait for another editor, who needs milliseconds.
	lockWait = 10 * time.Second
	// updateTries bounds the rounds of Update against a program that takes no
	// lock and writes all the time.
	updateTries = 5
)

// Update replaces the file at path by what edit makes of its content, whole:
// whoever reads it meanwhile, or after a crash, finds the old content or the
// new. The file's mode and a symbolic link stay; a new file gets 0600. Where
// edit changes nothing, nothing is written. edit's error ends the update.
//
// Awsmint's processes take turns by a lock in lockDir, since a lock file beside
// a .env file would end up in somebody's repository; without such a directory
// ("", or one that can't be made) they do without. If another program changes
// the file meanwhile, edit is called again with the new content. After any
// error the file is as it was.
func Update(ctx context.Context, path, lockDir string, edit func([]byte) ([]byte, error)) error {
	unlock, err := lock(ctx, path, lockDir)
	if err != nil {
		return err
	}
	defer unlock()
	for range updateTries {
		before, err := Read(path)
		if err != nil {
			return err
		}
		after, err := edit(bytes.Clone(before))
		if err != nil || bytes.Equal(before, after) {
			return err
		}
		if current, err := Read(path); err != nil || !bytes.Equal(current, before) {
			continue
		}
		if len(after) > maxSize {
			return notAFile(path, "would become larger than 1 MiB", "give the path of a .env file")
		}
		if err := atomicfile.Write(path, after, 0o600); err != nil {
			return atomicfile.WriteFault(path, err)
		}
		return nil
	}
	return fault.New(fault.Failure,
		fmt.Sprintf("%q is changed by another program all the time; nothing was written", path),
		"end that program, then run the command again")
}

// lock takes the lock of the file at path, by whatever links it was named, and
// clears away what killed processes left beside the file.
func lock(ctx context.Context, path, lockDir string) (unlock func(), err error) {
	none := func() {}
	if lockDir == "" || os.MkdirAll(lockDir, 0o700) != nil {
		return none, nil
	}
	file := atomicfile.Target(path)
	sum := sha256.Sum256([]byte(file))
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	unlock, err = filelock.Lock(ctx, filepath.Join(lockDir, "dotenv-"+hex.EncodeToString(sum[:12])+".lock"))
	var held *filelock.HeldError
	switch {
	case errors.As(err, &held):
		return nil, fault.Wrap(err, fault.StatusOf(err),
			fmt.Sprintf("can't write %q: %v", path, held),
			"wait until that process has ended, or end it, then run the command again")
	case err != nil:
		return none, nil
	}
	atomicfile.Sweep(file)
	return unlock, nil
}

// CheckPlace returns the error that Update would have where no file can be at
// path.
func CheckPlace(path string) error {
	if path != "" && os.IsPathSeparator(path[len(path)-1]) {
		return isDirectory(path)
	}
	if _, err := os.Stat(filepath.Dir(atomicfile.Target(path))); errors.Is(err, fs.ErrNotExist) {
		return atomicfile.WriteFault(path, err)
	}
	return nil
}
