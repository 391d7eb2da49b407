package awsconfig

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/awsmint/awsmint/internal/fault"
)

// asUser runs f with the file permissions of an ordinary user. For root that
// takes another filesystem user id, which Linux has for each thread: the
// thread is not given back, so that it ends with the goroutine.
func asUser(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		if os.Geteuid() == 0 {
			runtime.LockOSThread()
			const nobody = 65534
			if err := syscall.Setfsuid(nobody); err != nil {
				panic(err)
			}
		}
		f()
	}()
	<-done
}

func TestNoPermission(t *testing.T) {
	// Everybody may look into the directory, nobody may write to it.
	dir, err := os.MkdirTemp("/tmp", "awsmint-test-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = os.Chmod(dir, 0o700)
		_ = os.RemoveAll(dir)
	})
	path := filepath.Join(dir, "config")
	secret := filepath.Join(dir, "secret")
	const before = "[profile work]\nk = 1\n"
	writeFile(t, path, before)
	writeFile(t, secret, before)
	for name, mode := range map[string]os.FileMode{path: 0o644, secret: 0o000, dir: 0o555} {
		if err := os.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
	}

	asUser(func() { err = Update(context.Background(), path, setKey("v")) })
	wantFault(t, err, fault.Failure, `can't write "`+path+`": permission denied`)
	wantContent(t, path, before)
	entries, readErr := os.ReadDir(dir)
	if readErr != nil || len(entries) != 2 {
		t.Errorf("the directory holds %v, %v", entries, readErr)
	}

	newFile := filepath.Join(dir, ".aws", "config")
	asUser(func() { err = Update(context.Background(), newFile, setKey("v")) })
	wantFault(t, err, fault.Failure, `can't write "`+newFile+`": permission denied`)

	asUser(func() { _, err = Load(Paths{Config: secret}) })
	wantFault(t, err, fault.Failure, `can't read "`+secret+`": permission denied`)
	asUser(func() { _, err = Open(secret) })
	wantFault(t, err, fault.Failure, `can't read "`+secret+`": permission denied`)
}

// What can't be written is the directory that a link leads to: the link's own is
// of no use to whoever looks for the full disk.
func TestNoPermissionBehindALink(t *testing.T) {
	dir, err := os.MkdirTemp("/tmp", "awsmint-test-*")
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := filepath.Join(dir, "elsewhere")
	t.Cleanup(func() {
		_ = os.Chmod(elsewhere, 0o700)
		_ = os.RemoveAll(dir)
	})
	if err := os.Mkdir(elsewhere, 0o700); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(elsewhere, "credentials"), "[work]\nk = 1\n")
	link := filepath.Join(dir, "credentials")
	if err := os.Symlink(filepath.Join("elsewhere", "credentials"), link); err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]os.FileMode{filepath.Join(elsewhere, "credentials"): 0o644, dir: 0o777, elsewhere: 0o555} {
		if err := os.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
	}
	asUser(func() { err = Update(context.Background(), link, setKey("v")) })
	wantFault(t, err, fault.Failure, `can't write "`+link+`": permission denied`)
	if hint := fault.HintOf(err); !strings.Contains(hint, `the directory "`+elsewhere+`"`) {
		t.Errorf("the hint is %s", hint)
	}
}
