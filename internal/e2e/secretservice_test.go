//go:build linux

package e2e

import (
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/keychain/keyringtest"
	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/ststest"
)

// withSecretService is a lab whose keychain is a real gnome-keyring, with
// alice's key and seed stored for the profile work.
func withSecretService(t *testing.T) (*lab.Lab, *keyringtest.SecretService, *ststest.User) {
	t.Helper()
	service := keyringtest.StartSecretService(t)
	l := newLab(t)
	l.Set("AWSMINT_KEYCHAIN", "")
	l.Set("AWSMINT_PASSPHRASE", "")
	l.Set("DBUS_SESSION_BUS_ADDRESS", service.Getenv("DBUS_SESSION_BUS_ADDRESS"))
	l.Set("XDG_RUNTIME_DIR", service.Getenv("XDG_RUNTIME_DIR"))
	alice := l.AWS.AddUser("alice")
	if err := l.Add("work", alice, true); err != nil {
		t.Fatal(err)
	}
	return l, service, alice
}

func TestSecretService(t *testing.T) {
	t.Parallel()
	l, _, alice := withSecretService(t)
	minted := succeeded(t, l.Run("", "process", "work"))
	if hit := succeeded(t, l.Run("", "process", "work")); hit != minted {
		t.Error("the hit differs from the mint")
	}
	// Without the kernel's copy the sealing key comes from the service.
	l.Set("AWSMINT_KERNEL_KEYRING", "off")
	if hit := succeeded(t, l.Run("", "process", "work")); hit != minted {
		t.Error("the hit through the service differs from the mint")
	}
	wantCalls(t, l.AWS, "GetSessionToken", 1)

	if r := l.Run("", "list"); r.Err != nil || !strings.Contains(r.Stdout, "…"+alice.AccessKeyID[16:]) || !strings.Contains(r.Stdout, "11h59m left") {
		t.Errorf("list: %d %s%s", r.Status, r.Stdout, r.Stderr)
	}
	if r := l.Run("", "logout", "work"); r.Err != nil || !strings.Contains(r.Stdout, "removed") {
		t.Errorf("logout: %d %s%s", r.Status, r.Stdout, r.Stderr)
	}
	if again := succeeded(t, l.Run("", "process", "work")); again == minted {
		t.Error("the session outlived its logout")
	}
	wantCalls(t, l.AWS, "GetSessionToken", 2)

	if r := l.Run("", "remove", "work", "--yes"); r.Err != nil {
		t.Errorf("remove: %d %s", r.Status, r.Stderr)
	}
	failed(t, l.Run("", "process", "work"), 4, `"work"`, "awsmint add work")
}

func TestLockedSecretService(t *testing.T) {
	t.Parallel()
	l, service, _ := withSecretService(t)
	service.Lock()
	failed(t, l.Run("", "process", "work"), 7, "locked", "AWSMINT_KEYCHAIN=file")
	wantCalls(t, l.AWS, "GetSessionToken", 0)
	r := l.Run("", "list")
	if r.Status != 7 || !strings.Contains(r.Stdout, "work") || !strings.Contains(r.Stderr, "locked") {
		t.Errorf("list: %d %q %q", r.Status, r.Stdout, r.Stderr)
	}
}

// Whoever looks, or must not be asked, brings up no dialog to unlock the
// keychain, although there is a display for it.
func TestLockedSecretServiceIsNotAskedToUnlock(t *testing.T) {
	t.Parallel()
	l, service, _ := withSecretService(t)
	service.Lock()
	l.Set("DISPLAY", ":99")
	edit(t, l.ConfigFile(), "[profile work]", "[profile without-a-key]\nawsmint_duration = 1h\n\n[profile work]")
	for _, args := range [][]string{{"list"}, {"status"}, {"status", "--json", "work"}, {"status", "without-a-key"}, {"process", "work", "--no-input"}} {
		var r lab.Result
		if n := service.Prompts(func() { r = l.Run("", args...) }); n != 0 {
			t.Errorf("%q asked for %d dialogs", args, n)
		}
		if r.Status != 7 || !strings.Contains(r.Stderr, "locked") {
			t.Errorf("%q: status %d, stderr %q", args, r.Status, r.Stderr)
		}
	}
	if n := service.Prompts(func() { failed(t, l.Run("", "process", "work"), 7, "locked") }); n == 0 {
		t.Error("process asked for no dialog, and may")
	}
}

// A hit needs the service only once a login: then the kernel has the key.
func TestHitWithALockedSecretService(t *testing.T) {
	t.Parallel()
	l, service, _ := withSecretService(t)
	minted := succeeded(t, l.Run("", "process", "work"))
	service.Lock()
	if hit := succeeded(t, l.Run("", "process", "work")); hit != minted {
		t.Error("the hit differs from the mint")
	}
	l.Set("AWSMINT_KERNEL_KEYRING", "off")
	failed(t, l.Run("", "process", "work"), 7, "locked")
}

func TestStoppedSecretService(t *testing.T) {
	t.Parallel()
	l, service, _ := withSecretService(t)
	service.Stop()
	defer service.Continue()
	failed(t, l.Run("", "process", "work"), 7, "10s", "AWSMINT_KEYCHAIN=file")
}

func TestNoSecretService(t *testing.T) {
	t.Parallel()
	l, _, _ := withSecretService(t)
	l.Set("DBUS_SESSION_BUS_ADDRESS", "")
	l.Set("XDG_RUNTIME_DIR", "")
	failed(t, l.Run("", "process", "work"), 7, "AWSMINT_KEYCHAIN=file")
}
