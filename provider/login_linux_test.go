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
	"github.com/awsmint/awsmint/provider"
)

// TestLoginSessionOnAFullDisk is not asked for a renewal that could not be kept,
// and the AWS CLI's file stays as it is.
func TestLoginSessionOnAFullDisk(t *testing.T) {
	disk := disktest.Small(t, "32k")
	w := newLoginWorld(t)
	w.file = filepath.Join(disk, filepath.Base(w.file))
	w.write(w.sts.Login(w.user.ARN))
	w.env["AWS_LOGIN_CACHE_DIRECTORY"] = disk
	filler := filepath.Join(disk, "filler")
	fill := func() {
		t.Helper()
		if err := os.WriteFile(filler, make([]byte, 1<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("the disk is not full: %v", err)
		}
	}
	forced := func(o *provider.Options) { o.Force = true }

	w.left(4 * time.Minute)
	fill()
	before, err := os.ReadFile(w.file)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := w.provider().Retrieve(within(t)); err != nil || got.AccessKeyID == "" {
		t.Errorf("credentials that live are not handed out: %v", err)
	}
	if after, err := os.ReadFile(w.file); err != nil || string(after) != string(before) {
		t.Errorf("the AWS CLI's file changed, %d bytes of %d: %v", len(after), len(before), err)
	}

	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	w.expire()
	fill()
	strict := w.provider(forced)
	strict.Strict = true
	_, err = strict.Retrieve(within(t))
	wantFault(t, err, fault.Failure, "can't be kept: no space left on device", "room", disk, "aws login --profile work")
	if n := w.sts.Calls("CreateOAuth2Token"); n != 0 {
		t.Errorf("AWS was asked %d times for what can't be kept", n)
	}

	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if _, err := w.provider(forced).Retrieve(within(t)); err != nil {
		t.Errorf("with room: %v", err)
	}
	w.wantAlone()
}
