package awsconfig

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/awsmint/awsmint/internal/atomicfile"
	"github.com/awsmint/awsmint/internal/fault"
)

// maxSize is the size in bytes from which a file is taken for something else
// than a config file: 16 MiB, thirty times what 2,000 profiles need.
const maxSize = 16 << 20

// readFile returns the content of a shared config file, and none for a file
// that is not there or not named. It reads whatever can be read, since
// AWS_CONFIG_FILE may well be /dev/null or a shell's <(...).
func readFile(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	f, err := atomicfile.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", atomicfile.ReadFault(path, err)
	}
	defer f.Close()

	var content strings.Builder
	info, err := f.Stat()
	switch {
	case err != nil:
		return "", atomicfile.ReadFault(path, err)
	case info.IsDir():
		return "", notAFile(path, "a directory")
	case info.Size() <= maxSize:
		content.Grow(int(info.Size()))
	}
	if _, err := io.Copy(&content, io.LimitReader(f, maxSize+1)); err != nil {
		return "", atomicfile.ReadFault(path, err)
	}
	if content.Len() > maxSize {
		return "", tooLarge(path)
	}
	return content.String(), nil
}

// readForEdit is readFile for a file that is to be replaced: that must be a
// regular file, or /dev/null would become one.
func readForEdit(path string) (string, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err != nil:
		return "", atomicfile.ReadFault(path, err)
	case info.IsDir():
		return "", notAFile(path, "a directory")
	case !info.Mode().IsRegular():
		return "", notAFile(path, "a device or a pipe")
	}
	return readFile(path)
}

func notAFile(path, what string) error {
	return fault.New(fault.Failure,
		fmt.Sprintf("%q is %s, not a config file", path, what),
		"see where AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE point")
}

func tooLarge(path string) error {
	return fault.New(fault.Failure,
		fmt.Sprintf("%q is larger than %d MiB, too large for a config file", path, maxSize>>20),
		"see where AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE point")
}
