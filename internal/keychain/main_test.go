package keychain

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

// roleEnv makes the test binary a process that does one thing with the
// keychain of its environment, so that tests can have many and kill some.
const roleEnv = "KEYCHAIN_TEST_ROLE"

var roles = map[string]func(k Keychain, args []string) error{
	// get ACCOUNT prints the value.
	"get": func(k Keychain, args []string) error {
		value, err := k.Get(context.Background(), args[0])
		fmt.Print(value.Reveal())
		return err
	},
	// set ACCOUNT VALUE
	"set": func(k Keychain, args []string) error {
		return k.Set(context.Background(), args[0], secret.New(args[1]))
	},
	// write PREFIX sets PREFIX0, PREFIX1, ... to be killed, and prints each name
	// once it is kept.
	"write": func(k Keychain, args []string) error {
		for i := 0; ; i++ {
			account := fmt.Sprint(args[0], i)
			if err := k.Set(context.Background(), account, secret.New("value of "+account)); err != nil {
				return err
			}
			fmt.Println(account)
		}
	},
}

func TestMain(m *testing.M) {
	if role := os.Getenv(roleEnv); role != "" {
		os.Exit(play(role))
	}
	os.Exit(m.Run())
}

func play(role string) (exit int) {
	k, err := Open(Options{
		CacheDir:   os.Getenv("KEYCHAIN_TEST_CACHE"),
		Timeout:    10 * time.Second,
		workFactor: testWorkFactor,
	})
	if err == nil {
		err = roles[role](k, os.Args[1:])
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "%v\n%s\n", err, fault.HintOf(err))
	}
	return int(fault.StatusOf(err))
}

// process returns a process in a role, with the environment of vars alone.
func process(role string, vars map[string]string, args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = []string{roleEnv + "=" + role}
	for name, value := range vars {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	slices.Sort(cmd.Env)
	return cmd
}

// testWorkFactor makes scrypt take less than a millisecond.
const testWorkFactor = 4

const testPassphrase = "open sesame 7Qz"

// vaultVars is the environment for a vault of its own, which the kernel keyring
// has nothing to do with.
func vaultVars(t testing.TB) map[string]string {
	return map[string]string{
		"PATH":           os.Getenv("PATH"),
		envKeychain:      "file",
		envVault:         filepath.Join(t.TempDir(), "config", "vault.json"),
		envPassphrase:    testPassphrase,
		envKernelKeyring: "off",
	}
}

func getenv(vars map[string]string) func(string) string {
	return func(name string) string { return vars[name] }
}

// openIn opens the keychain of an environment.
func openIn(t testing.TB, vars map[string]string, change ...func(*Options)) Keychain {
	t.Helper()
	o := Options{Getenv: getenv(vars), Environ: []string{"PATH=" + os.Getenv("PATH")}, CacheDir: vars["KEYCHAIN_TEST_CACHE"], workFactor: testWorkFactor}
	for _, f := range change {
		f(&o)
	}
	k, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func mustSet(t testing.TB, k Keychain, account, value string) {
	t.Helper()
	if err := k.Set(t.Context(), account, secret.New(value)); err != nil {
		t.Fatalf("Set(%q): %v\n%s", account, err, fault.HintOf(err))
	}
}

func wantValue(t testing.TB, k Keychain, account, want string) {
	t.Helper()
	got, err := k.Get(t.Context(), account)
	if err != nil {
		t.Fatalf("Get(%q): %v\n%s", account, err, fault.HintOf(err))
	}
	if got.Reveal() != want {
		t.Errorf("Get(%q) = %q, want %q", account, got.Reveal(), want)
	}
}
