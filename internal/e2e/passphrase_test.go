//go:build unix

package e2e

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/lab"
)

// The time that a person takes for the passphrase is not AWS's: it may be
// longer than a mint that asks for no code has.
func TestPassphraseTakesTheTimeItTakes(t *testing.T) {
	t.Parallel()
	const limit = 4 * time.Second // enough for scrypt and AWS on a slow machine
	l, _ := withKey(t, true)
	config, err := os.ReadFile(l.ConfigFile())
	if err != nil {
		t.Fatal(err)
	}
	seedAlone := strings.Replace(string(config), "[profile work]\n", "[profile work]\nawsmint_mfa = totp\n", 1)
	if seedAlone == string(config) {
		t.Fatalf("no profile in:\n%s", config)
	}
	write(t, l.ConfigFile(), seedAlone, 0o600)
	l.Set("AWSMINT_PASSPHRASE", "")
	l.Set("AWSMINT_KERNEL_KEYRING", "off")
	l.Set("AWSMINT_TIMEOUT", limit.String())

	c := capture(t, l, l.Binary, "process", "work")
	c.Expect("Passphrase of the vault")
	ended := make(chan lab.Result, 1)
	go func() { ended <- c.result(t) }()
	select {
	case r := <-ended:
		t.Fatalf("the run did not wait for the passphrase: status %d, stderr %q", r.Status, r.Stderr)
	case <-time.After(limit + time.Second): // it must outlast the limit
	}
	c.Type(lab.Passphrase + "\n")
	succeeded(t, <-ended)
}
