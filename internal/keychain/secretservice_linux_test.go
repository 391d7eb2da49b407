package keychain

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain/keyringtest"
	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/secret"
)

// One real gnome-keyring serves all of these, one after the other.
func TestSecretService(t *testing.T) {
	service := keyringtest.StartSecretService(t)
	for _, entry := range service.Environ {
		name, value, _ := strings.Cut(entry, "=")
		t.Setenv(name, value)
	}
	open := func(t *testing.T, timeout time.Duration) Keychain {
		k, err := Open(Options{CacheDir: t.TempDir(), Timeout: timeout, Getenv: func(name string) string {
			if name == envKernelKeyring {
				return "off"
			}
			return service.Getenv(name)
		}})
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	k := open(t, 10*time.Second)

	t.Run("keeps, replaces and deletes", func(t *testing.T) {
		_, err := k.Get(t.Context(), "key/work")
		wantFault(t, err, ErrNotFound, fault.Missing, "awsmint add work", "the Secret Service")
		for _, value := range []string{"one", "two", strings.Repeat("4 KiB: ü\n", 410)} {
			mustSet(t, k, "key/work", value)
			wantValue(t, k, "key/work", value)
		}
		mustSet(t, k, "key/other", "other")
		if err := k.Delete(t.Context(), "key/work"); err != nil {
			t.Fatal(err)
		}
		wantFault(t, k.Delete(t.Context(), "key/work"), ErrNotFound, fault.Missing)
		wantValue(t, k, "key/other", "other")
	})

	t.Run("deletes copies of another program too", func(t *testing.T) {
		_, err := exec.LookPath("secret-tool")
		require(t, err == nil, "secret-tool is not installed")
		mustSet(t, k, "key/twice", "ours")
		tool := exec.Command("secret-tool", "store", "--label=copy", "service", Service, "username", "key/twice", "more", "x")
		tool.Stdin = strings.NewReader("theirs")
		mustRun(t, tool)
		if err := k.Delete(t.Context(), "key/twice"); err != nil {
			t.Fatal(err)
		}
		_, err = k.Get(t.Context(), "key/twice")
		wantFault(t, err, ErrNotFound, fault.Missing)
	})

	t.Run("a stopped daemon is given up on", func(t *testing.T) {
		const timeout = 300 * time.Millisecond
		service.Stop()
		defer service.Continue()
		start := time.Now()
		_, err := open(t, timeout).Get(t.Context(), "key/other")
		wantFault(t, err, ErrUnreachable, fault.Keychain, "within 300ms", "AWSMINT_KEYCHAIN=file")
		if waited := time.Since(start); waited < timeout || waited > timeout+5*time.Second {
			t.Errorf("gave up after %v", waited)
		}
	})
	t.Run("and asked again once it runs", func(t *testing.T) {
		wantValue(t, k, "key/other", "other")
	})

	t.Run("a locked keyring is told at once", func(t *testing.T) {
		service.Lock()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		_, err := k.Get(ctx, "key/other")
		wantFault(t, err, ErrLocked, fault.Keychain, "locked", "unlock it", "AWSMINT_KEYCHAIN=file")
		wantFault(t, k.Set(ctx, "key/other", secret.New("x")), ErrLocked, fault.Keychain, "locked")
		wantFault(t, k.Delete(ctx, "key/other"), ErrLocked, fault.Keychain, "locked")
	})
}

// godbus would run dbus-launch: a program of that name notes that it was.
func TestWithoutABusNoneIsLaunched(t *testing.T) {
	require(t, sessionBus(getenv(nil), runtimeRoot) == "", "this user has a session bus in "+runtimeRoot)
	for name, address := range map[string]string{"unset": "", "autolaunch": "autolaunch:"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			note := filepath.Join(dir, "launched")
			script := "#!/bin/sh\necho launched >> " + note + "\necho DBUS_SESSION_BUS_ADDRESS=unix:path=" + dir + "/none\n"
			if err := lab.WriteProgram(filepath.Join(dir, "dbus-launch"), script); err != nil {
				t.Fatal(err)
			}
			vars := map[string]string{"PATH": dir + ":" + os.Getenv("PATH"), "HOME": dir, envBus: address, "KEYCHAIN_TEST_CACHE": dir}
			for _, role := range [][]string{{"get", "key/work"}, {"set", "key/work", "v"}, {"get", CacheKeyAccount}} {
				cmd := process(role[0], vars, role[1:]...)
				var stderr bytes.Buffer
				cmd.Stderr = &stderr
				err := cmd.Run()
				if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != int(fault.Keychain) {
					t.Errorf("%v: %v", role, err)
				}
				for _, want := range []string{"no D-Bus session bus", "AWSMINT_KEYCHAIN=file"} {
					if !strings.Contains(stderr.String(), want) {
						t.Errorf("%v: %q is not in %q", role, want, stderr.String())
					}
				}
			}
			if _, err := os.Stat(note); err == nil {
				t.Error("dbus-launch was run")
			}
			if left := startedIn(t, "HOME="+dir); len(left) > 0 {
				t.Errorf("left behind: %q", left)
			}
		})
	}
}

// startedIn returns the programs that run with an environment of the test's.
func startedIn(t *testing.T, variable string) (programs []string) {
	environs, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range environs {
		if environ, _ := os.ReadFile(path); slices.Contains(strings.Split(string(environ), "\x00"), variable) {
			program, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "comm"))
			programs = append(programs, strings.TrimSpace(string(program)))
		}
	}
	return programs
}

// require skips a test that can't run here, and fails it where all must run.
func require(t testing.TB, ok bool, what string) {
	t.Helper()
	if ok {
		return
	}
	if os.Getenv("AWSMINT_TEST_REQUIRE") == "all" {
		t.Fatalf("%s, and AWSMINT_TEST_REQUIRE is all", what)
	}
	t.Skip(what)
}

func mustRun(t testing.TB, cmd *exec.Cmd) string {
	t.Helper()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args[1:], err, errs.String())
	}
	return out.String()
}
