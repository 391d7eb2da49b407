package provider_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/disktest"
	"github.com/awsmint/awsmint/internal/fault"
)

// TestRefreshOnAFullDisk: a refresh token works once, so it is not used up for
// one that could not be kept. The sign-in is as good as before once there is room.
func TestRefreshOnAFullDisk(t *testing.T) {
	w := newSSOWorld(t)
	w.cache.Dir = filepath.Join(disktest.Small(t, "64k"), "cache")
	w.signIn()
	filler := filepath.Join(filepath.Dir(w.cache.Dir), "filler")
	if err := os.WriteFile(filler, make([]byte, 1<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk is not full: %v", err)
	}
	w.clock.advance(56 * time.Minute)
	w.mustGet("dev") // the old token still lives
	w.clock.advance(5 * time.Minute)
	_, err := w.get("dev")
	wantFault(t, err, fault.Failure, "sign-in to IAM Identity Center ("+startURL+") can't be kept: no space left on device", "the disk has room", w.cache.Dir)
	w.want(0, 0, 1)
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	w.mustGet("dev")
	w.want(0, 1, 2)
}

// TestNothingIsGotThatCouldNotBeKept where that is the whole point of it.
func TestNothingIsGotThatCouldNotBeKept(t *testing.T) {
	w, source := numbered(t, time.Hour)
	disk := disktest.Small(t, "64k")
	w.cache.Dir = filepath.Join(disk, "cache")
	wantID(t, w.from(source, noMFA), "ASIA1")
	if err := os.WriteFile(filepath.Join(disk, "filler"), make([]byte, 1<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk is not full: %v", err)
	}
	c := w.from(source, noMFA)
	if err := c.CheckRoom(within(t)); err != nil {
		t.Errorf("nothing is to be kept: %v", err)
	}
	c.Force = true
	wantFault(t, c.CheckRoom(within(t)), fault.Failure, "can't be kept: no space left on device", w.cache.Dir)
	c.Force = false
	w.clock.advance(41 * time.Minute) // into the window
	wantFault(t, c.CheckRoom(within(t)), fault.Failure, "can't be kept")

	locked := fault.New(fault.Keychain, "no", "")
	w, source = numbered(t, time.Hour)
	w.keys.fail = func(operation, _ string) error {
		if operation == "set" {
			return locked
		}
		return nil
	}
	if err := w.from(source, noMFA).CheckRoom(within(t)); !errors.Is(err, locked) {
		t.Errorf("the key can't be kept: %v", err)
	}
}
