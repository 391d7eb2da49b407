package provider

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// maxSmallFile is the size in bytes from which a file is taken for something
// else than what a setting means by it: a bundle of all the world's
// certificates has a quarter of a megabyte.
const maxSmallFile = 4 << 20

// readSmall reads a file that a setting names. A pipe or a device is none:
// nobody may ever write into it, and a run has to end. The error is without the
// path where it is not the system's.
func readSmall(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, errors.New("it is a directory")
	case !info.Mode().IsRegular():
		return nil, errors.New("it is a pipe or a device")
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxSmallFile+1))
	if err == nil && len(data) > maxSmallFile {
		return nil, fmt.Errorf("it is larger than %d MiB", maxSmallFile>>20)
	}
	return data, err
}
