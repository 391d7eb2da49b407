//go:build unix

package e2e

import (
	"strings"
	"testing"
)

// add asks for what it needs; the secret is not shown.
func TestAddOnTheTerminal(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	alice := l.AWS.AddUser("alice")
	c := capture(t, l, l.Binary, "add", "work", "--region", "eu-west-1")
	c.Expect("Access key id: ")
	c.Type("  " + alice.AccessKeyID + " \n")
	c.Expect("Secret access key (hidden): ")
	c.Type(alice.SecretAccessKey + "\n")
	r := c.result(t)
	if r.Err != nil || r.Stderr != "" {
		t.Fatalf("status %d, stderr %q, screen:\n%s", r.Status, r.Stderr, c.Screen())
	}
	for _, word := range []string{"…" + alice.AccessKeyID[16:] + " of " + alice.ARN, alice.MFASerial} {
		if !strings.Contains(r.Stdout, word) {
			t.Errorf("stdout lacks %q:\n%s", word, r.Stdout)
		}
	}
	if strings.Contains(c.Screen()+r.Stdout, alice.SecretAccessKey) {
		t.Error("the secret was shown")
	}
}

func TestRemoveAsks(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	c := capture(t, l, l.Binary, "remove", "work")
	c.Expect("Remove the key …")
	c.Type("\n")
	failed(t, c.result(t), 3, "nothing was removed")
	succeeded(t, l.Run("", "process", "work"))

	c = capture(t, l, l.Binary, "remove", "work")
	c.Expect("Remove the key …")
	c.Type("y\n")
	if r := c.result(t); r.Err != nil || !strings.Contains(r.Stdout, "removed") {
		t.Errorf("status %d, stdout %q, stderr %q", r.Status, r.Stdout, r.Stderr)
	}
	failed(t, l.Run("", "process", "work"), 4, "awsmint add work")
}

// The file keychain's passphrase is asked for on the terminal: twice for a new
// vault, once a login after that, and never shown.
func TestPassphraseOnTheTerminal(t *testing.T) {
	t.Parallel()
	const passphrase = "a passphrase that was typed"
	l := newLab(t)
	l.Set("AWSMINT_PASSPHRASE", "")
	alice := l.AWS.AddUser("alice")
	l.Set("AWS_ACCESS_KEY_ID", alice.AccessKeyID)
	l.Set("AWS_SECRET_ACCESS_KEY", alice.SecretAccessKey)
	c := capture(t, l, l.Binary, "add", "work", "--from-env")
	c.Expect("New passphrase")
	c.Type(passphrase + "\n")
	c.Expect("again")
	c.Type(passphrase + "\n")
	if r := c.result(t); r.Err != nil || strings.Contains(c.Screen()+r.Stdout, passphrase) {
		t.Fatalf("status %d, stderr %q, screen:\n%s", r.Status, r.Stderr, c.Screen())
	}

	// Without the kernel's copy it is asked for, wrong answers included.
	l.Set("AWSMINT_KERNEL_KEYRING", "off")
	c = capture(t, l, l.Binary, "process", "work")
	c.Expect("Passphrase of the vault")
	c.Type("wrong\n")
	c.Expect("Again")
	c.Type(passphrase + "\n")
	c.Expect("MFA code for")
	c.Type(code(alice) + "\n")
	succeeded(t, c.result(t))
}
