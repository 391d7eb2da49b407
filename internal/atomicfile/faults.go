package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/awsmint/awsmint/internal/fault"
)

// ReadFault is what to tell a person whose file at path could not be read.
func ReadFault(path string, err error) error {
	return fault.Wrap(err, fault.Failure,
		fmt.Sprintf("can't read %q: %v", path, reason(err)),
		"see that you may read the file and the directories above it")
}

// WriteFault is what to tell a person whose file at path could not be written.
// The directory that it names is that of the file itself, where links lead.
func WriteFault(path string, err error) error {
	dir := filepath.Dir(Target(path))
	var hint string
	switch {
	case errors.Is(err, fs.ErrNotExist):
		hint = fmt.Sprintf("make the directory %q first", dir)
	case errors.Is(err, syscall.EBUSY):
		hint = "the file is mounted by itself (docker run -v FILE:...), so that nothing can take its place: mount the directory that it is in"
	default:
		hint = fmt.Sprintf("the file is as it was; see that you may write to the directory %q and that its disk is not full, then run the command again", dir)
	}
	return fault.Wrap(err, fault.Failure, fmt.Sprintf("can't write %q: %v", path, reason(err)), hint)
}

// reason returns what the system said, without the operation and the path:
// these may be those of a temporary file or a lock, which nobody knows.
func reason(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}
