package keychain

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/awsmint/awsmint/internal/atomicfile"
	"github.com/awsmint/awsmint/internal/fault"
)

// vaultVersion is the version of the vault's format written and the only one
// read.
const vaultVersion = 1

// The limits of the vault, in bytes, ours: a key or a seed has less than 1 KiB,
// and a vault of a thousand items about 1 MiB.
const (
	maxItem  = 64 << 10
	maxVault = 16 << 20
)

// The modes of the vault and of its directory: nobody else's business.
const (
	vaultMode = 0o600
	dirMode   = 0o700
)

// vaultContent is the vault's file, as JSON. What is sealed is in age's binary
// format (https://age-encryption.org/v1), here in base64: the identity opens
// with "age --decrypt" and the passphrase, and the items with that identity.
type vaultContent struct {
	Version   int               `json:"version"`
	Recipient string            `json:"recipient"` // the identity's public half
	Identity  []byte            `json:"identity"`  // AGE-SECRET-KEY-1..., sealed with the passphrase
	Items     map[string][]byte `json:"items"`     // by account, see item
}

// readVault reads the file. Its error is fs.ErrNotExist where there is none,
// else a fault. What it can't read it leaves as it is, and so does every
// caller.
func readVault(path string) (*vaultContent, error) {
	file, err := atomicfile.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, err
	} else if err != nil {
		return nil, fileFailure(path, "read", err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxVault+1))
	if err != nil {
		return nil, fileFailure(path, "read", err)
	}
	if len(text) > maxVault {
		return nil, damaged(path, fmt.Errorf("it has more than %d bytes", maxVault))
	}
	return parseVault(path, text)
}

func parseVault(path string, text []byte) (*vaultContent, error) {
	var content vaultContent
	decoder := json.NewDecoder(bytes.NewReader(text))
	// A field that is not known here would be lost at the next write.
	decoder.DisallowUnknownFields()
	err := decoder.Decode(&content)
	_, after := decoder.Token()
	if err == nil && after == io.EOF && content.Version == vaultVersion {
		if content.Recipient == "" || len(content.Identity) == 0 || content.Items == nil {
			return nil, damaged(path, errors.New("a part is missing"))
		}
		return &content, nil
	}

	var version struct {
		Version *int `json:"version"`
	}
	if json.Unmarshal(text, &version) != nil || version.Version == nil {
		return nil, damaged(path, errors.New("it is not the JSON of a vault"))
	}
	if *version.Version != vaultVersion {
		return nil, failure(errDamaged, nil,
			fmt.Sprintf("the vault %q has version %d, and this awsmint knows version %d", path, *version.Version, vaultVersion),
			"use the awsmint that wrote it, or another vault: "+envVault+"; this one was left as it is")
	}
	return nil, damaged(path, errors.New("it has a part that is unknown or has another form"))
}

// writeVault replaces the file. The caller holds the write lock, so that
// temporary files beside the vault are those of killed processes, and go.
func writeVault(path string, content *vaultContent) error {
	text, err := json.MarshalIndent(content, "", "  ")
	if err != nil {
		return fileFailure(path, "written", err)
	}
	text = append(text, '\n')
	if len(text) > maxVault {
		return failure(ErrTooLarge, nil, fmt.Sprintf("the vault %q would have more than %d bytes", path, maxVault),
			"remove what is no longer used: awsmint remove PROFILE")
	}
	if info, err := os.Stat(path); err == nil && info.Mode().Perm() != vaultMode {
		// A copy or a restored backup may have come with a wider mode.
		_ = os.Chmod(path, vaultMode)
	}
	if err := atomicfile.Write(path, text, vaultMode); err != nil {
		return fileFailure(path, "written", err)
	}
	sweepTemporaries(path)
	return nil
}

func sweepTemporaries(path string) {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	atomicfile.Sweep(path)
}

// damaged is the fault for a vault that does not hold what it should.
func damaged(path string, cause error) *fault.Error {
	return failure(errDamaged, cause, fmt.Sprintf("the vault %q is damaged: %v", path, cause),
		"it was left as it is: restore it from a backup, or move it away and store the keys again (awsmint add PROFILE)")
}

// fileFailure is the fault for a vault that can't be read, written or locked.
func fileFailure(path, done string, err error) *fault.Error {
	kind, hint := ErrUnreachable, "check the disk and the directory, or use another vault: "+envVault
	if errors.Is(err, fs.ErrPermission) {
		kind, hint = ErrDenied, "check the owner and the mode of the file and its directory, or use another vault: "+envVault
	}
	cause := err
	if pathErr := (*fs.PathError)(nil); errors.As(err, &pathErr) {
		cause = pathErr.Err
	}
	return failure(kind, err, fmt.Sprintf("the vault %q can't be %s: %s", path, done, foreign(cause)),
		hint+", or the keychain of the operating system: "+envKeychain+"=os")
}
