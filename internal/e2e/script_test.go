//go:build unix

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/ststest"
)

// TestScripts runs what a person types. Each script has a home, a loopback AWS
// with the user alice, and alice's key as key.json (with her seed) and
// keyonly.json (without). The role $ADMIN trusts her account; $PARTNER wants the
// external id partner-7 too. "exits N COMMAND" wants that status.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:   "testdata/script",
		Setup: setUp,
		Condition: func(condition string) (bool, error) {
			if condition != "kernelkeyring" {
				return false, fmt.Errorf("unknown condition %q", condition)
			}
			return hasKernelKeyring(), nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits": exits,
		},
	})
}

const partner = "arn:aws:iam::111122223333:role/Partner"

func setUp(env *testscript.Env) error {
	l, err := lab.New(filepath.Join(env.WorkDir, "lab"), binary)
	if err != nil {
		return err
	}
	env.Defer(func() { _ = l.Close() })
	alice := l.AWS.AddUser("alice")
	env.Vars = l.Environ()
	env.Setenv("WORK", env.WorkDir)
	env.Setenv("LAB", l.Dir)
	env.Setenv("CONFIG", l.ConfigFile())
	env.Setenv("CREDENTIALS", filepath.Join(filepath.Dir(l.ConfigFile()), "credentials"))
	env.Setenv("ID", alice.AccessKeyID)
	env.Setenv("SECRET", alice.SecretAccessKey)
	env.Setenv("LAST", alice.AccessKeyID[len(alice.AccessKeyID)-4:])
	env.Setenv("SERIAL", alice.MFASerial)
	env.Setenv("BINARY", binary)
	env.Setenv("ADMIN", admin)
	env.Setenv("PARTNER", partner)
	l.AWS.AddRole(ststest.Role{ARN: admin, MaxSession: 12 * time.Hour})
	l.AWS.AddRole(ststest.Role{ARN: partner, ExternalID: "partner-7"})
	env.Setenv("PASSPHRASE", lab.Passphrase)
	for name, seed := range map[string]bool{"key.json": true, "keyonly.json": false} {
		if err := os.WriteFile(filepath.Join(env.WorkDir, name), []byte(lab.KeyJSON(alice, seed)), 0o600); err != nil {
			return err
		}
	}
	// Seeds as people copy them: in groups, and as a URL.
	grouped := strings.ToLower(alice.Seed[:4] + " " + alice.Seed[4:8] + "-" + alice.Seed[8:])
	for name, text := range map[string]string{"seed.txt": grouped + "\n", "url.txt": "otpauth://totp/AWS:alice?secret=" + alice.Seed + "&issuer=AWS\n"} {
		if err := os.WriteFile(filepath.Join(env.WorkDir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return os.MkdirAll(filepath.Dir(l.ConfigFile()), 0o700)
}

// exits runs a program and wants a status: exits 2 awsmint frobnicate.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS program args...")
	}
	want, err := strconv.Atoi(args[0])
	if err != nil {
		ts.Fatalf("no status: %q", args[0])
	}
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := err.(interface{ ExitCode() int })
		if !ok {
			ts.Fatalf("%s: %v", strings.Join(args[1:], " "), err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("status %d, want %d", got, want)
	}
}
