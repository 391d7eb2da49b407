package provider

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/awsmint/awsmint/internal/atomicfile"
	"github.com/awsmint/awsmint/internal/fault"
)

// loginFile is the AWS CLI's file of a login session. The SDK renews what has
// expired and writes the file where it stands, which a full disk would empty.
// So it is given a copy, in which the credentials have expired whenever they
// are to be renewed, and a renewed copy takes the file's place.
type loginFile struct {
	path    string // no symbolic link
	data    []byte
	expires time.Time // the credentials in it
}

// readLogin looks at the file before the SDK does, whose own words name no
// command, and which (1.20) does not survive a broken key.
func (l *Login) readLogin(path string) (*loginFile, error) {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	file, err := parseLogin(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.Wrap(err, fault.Person, fmt.Sprintf("profile %q is not signed in: there is no login session of %s", l.profile, l.Session), l.again())
	case errors.Is(err, errNoLogin):
		return nil, l.broken(path, nil)
	case err != nil:
		return nil, fault.Wrap(err, fault.Failure, fmt.Sprintf("the login session of profile %q can't be read: %v", l.profile, err), l.again())
	}
	// A run that was ended between renewing and replacing leaves the copy, and
	// with it the one refresh token that still holds.
	if left, err := parseLogin(file.copyPath()); err == nil && left.expires.After(file.expires) && atomicfile.Replace(file.copyPath(), path) == nil {
		left.path = path
		return left, nil
	}
	return file, nil
}

var errNoLogin = errors.New("not a login session")

func parseLogin(path string) (*loginFile, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var content struct {
		AccessToken *struct {
			ExpiresAt time.Time `json:"expiresAt"`
		} `json:"accessToken"`
		Key string `json:"dpopKey"`
	}
	if json.Unmarshal(data, &content) != nil || content.AccessToken == nil {
		return nil, errNoLogin
	}
	if block, _ := pem.Decode([]byte(content.Key)); block == nil {
		return nil, errNoLogin
	}
	return &loginFile{path, data, content.AccessToken.ExpiresAt}, nil
}

// copyPath is one and the same for each try, so that no copy is left for ever:
// it holds what the AWS CLI's file holds.
func (f *loginFile) copyPath() string {
	dir, base := filepath.Split(f.path)
	return filepath.Join(dir, "."+base+".awsmint-tmp-renewal")
}

// expiredCopy writes the file, with credentials that have expired, beside it.
func (f *loginFile) expiredCopy() (path string, err error) {
	data, err := expired(f.data)
	if err != nil {
		return "", err
	}
	path = f.copyPath()
	_ = os.Remove(path)
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	_, err = file.Write(data)
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err != nil {
		_ = os.Remove(path)
	}
	return path, err
}

// expired is a login session whose credentials expired in 1970.
func expired(data []byte) ([]byte, error) {
	content, token := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	if err := errors.Join(json.Unmarshal(data, &content), json.Unmarshal(content["accessToken"], &token)); err != nil {
		return nil, err
	}
	token["expiresAt"] = json.RawMessage(`"1970-01-01T00:00:00Z"`)
	var err error
	if content["accessToken"], err = json.Marshal(token); err != nil {
		return nil, err
	}
	return json.Marshal(content)
}

// replace puts a renewed copy in the file's place, unless somebody has signed
// in meanwhile, whose session it is then.
func (f *loginFile) replace(renewed string) error {
	if now, err := os.ReadFile(f.path); err == nil && !bytes.Equal(now, f.data) {
		return os.Remove(renewed)
	}
	return atomicfile.Replace(renewed, f.path)
}
