package mfa

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/awsmint/awsmint/internal/atomicfile"
	"github.com/awsmint/awsmint/internal/filelock"
)

// step is how long a code is valid, and the unit in which steps are counted
// from the epoch (RFC 6238, section 4).
const step = 30 * time.Second

func stepOf(t time.Time) int64 { return t.Unix() / int64(step/time.Second) }

// device is what is known of one MFA device, by all processes of the user: two
// files named by a hash of its serial, one of them only to be locked.
type device struct{ path string }

// memory is the content of a device's file. It never holds a code.
type memory struct {
	Version  int   `json:"version"`
	LastStep int64 `json:"last_step"`         // in which a code was last sent
	Refused  bool  `json:"refused,omitempty"` // AWS refused that code
	FailedAt int64 `json:"failed_at"`         // when a prompt last failed: milliseconds since the epoch; 0: the last one went well
}

// memoryVersion changes with the meaning of memory. Another version's memory is
// not read.
const memoryVersion = 1

// maxMemory is far more than a memory has, in bytes.
const maxMemory = 1024

func openDevice(dir, serial string) device {
	if dir == "" {
		return device{}
	}
	_ = os.MkdirAll(dir, 0o700) // what can't be made is noticed by lock
	sum := sha256.Sum256([]byte(serial))
	return device{path: filepath.Join(dir, "mfa-"+hex.EncodeToString(sum[:16]))}
}

// lock waits until no other process uses the device. The error is a
// *filelock.HeldError when ctx ended first. Where no lock can be had at all (a
// read-only directory) it goes on without: to be asked for a code on such a
// machine is better than to be refused one.
func (d device) lock(ctx context.Context) (unlock func(), err error) {
	if d.path == "" {
		return func() {}, nil
	}
	unlock, err = filelock.Lock(ctx, d.path+".lock")
	var held *filelock.HeldError
	switch {
	case errors.As(err, &held):
		return nil, err
	case err != nil:
		return func() {}, nil
	}
	return unlock, nil
}

// load returns the memory; nothing readable is an empty one.
func (d device) load() memory {
	if d.path == "" {
		return memory{}
	}
	var m memory
	file, err := atomicfile.Open(d.path + ".json")
	if err != nil {
		return memory{}
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxMemory))
	if err != nil || json.Unmarshal(data, &m) != nil || m.Version != memoryVersion {
		return memory{}
	}
	return m
}

// save writes the memory if it can: a full disk fails no run.
func (d device) save(m memory) {
	if d.path == "" {
		return
	}
	m.Version = memoryVersion
	if data, err := json.Marshal(m); err == nil {
		_ = atomicfile.Write(d.path+".json", append(data, '\n'), 0o600)
	}
}
