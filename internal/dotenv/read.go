package dotenv

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/awsmint/awsmint/internal/atomicfile"
	"github.com/awsmint/awsmint/internal/fault"
)

// maxSize is the size in bytes from which a file is taken for something else
// than a .env file: 1 MiB, a thousand times what is usual.
const maxSize = 1 << 20

// Read returns the content of the file at path, and none for a file that is
// not there. It refuses what can't be a .env file: a directory, a device, more
// than 1 MiB, or bytes that are no text.
func Read(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, atomicfile.ReadFault(path, err)
	case info.IsDir():
		return nil, isDirectory(path)
	case !info.Mode().IsRegular():
		return nil, notAFile(path, "is a device or a pipe", "give the path of a file")
	}
	f, err := atomicfile.Open(path)
	if err != nil {
		return nil, atomicfile.ReadFault(path, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	switch {
	case err != nil:
		return nil, atomicfile.ReadFault(path, err)
	case len(data) > maxSize:
		return nil, notAFile(path, "is larger than 1 MiB", "give the path of a .env file")
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		return nil, notAFile(path, "is in UTF-16, which no program that loads .env files reads", "save it as UTF-8")
	case bytes.IndexByte(data, 0) >= 0:
		return nil, notAFile(path, "is not a text file", "give the path of a .env file")
	}
	return data, nil
}

// CheckLines refuses what has sections, as ~/.aws/credentials has: lines of a
// .env file would end up in the last of them, and SDKs refuse the whole.
func CheckLines(path string, data []byte) error {
	for _, s := range parse(data).statements {
		line := strings.TrimSpace(s.text)
		switch {
		case line == "", line[0] == '#', line[0] == ';':
		case line[0] == '[' && strings.ContainsRune(line, ']'):
			return notAFile(path, "has sections, as ~/.aws/credentials has",
				"give the path of a .env file; programs that read profiles get their credentials from awsmint by credential_process")
		default:
			return nil
		}
	}
	return nil
}

func isDirectory(path string) error {
	return notAFile(path, "is a directory", "give the file in it, such as "+filepath.Join(path, ".env"))
}

func notAFile(path, why, hint string) error {
	return fault.New(fault.Failure, fmt.Sprintf("%q %s", path, why), hint)
}
