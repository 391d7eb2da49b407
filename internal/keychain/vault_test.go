package keychain

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/filelock"
	"github.com/awsmint/awsmint/internal/secret"
)

func TestVaultKeepsAndDeletes(t *testing.T) {
	vars := vaultVars(t)
	k := openIn(t, vars)
	_, err := k.Get(t.Context(), "key/work")
	wantFault(t, err, ErrNotFound, fault.Missing, "awsmint add work", vars[envVault])
	wantFault(t, k.Delete(t.Context(), "key/work"), ErrNotFound, fault.Missing)
	if _, err := os.Stat(filepath.Dir(vars[envVault])); err == nil {
		t.Error("a directory was made for nothing")
	}

	binary := "\x00\xff" + strings.Repeat("x", 4096)
	mustSet(t, k, "key/work", "one")
	mustSet(t, k, "key/work", "two")
	mustSet(t, k, "cache-key", binary)
	again := openIn(t, vars)
	wantValue(t, again, "key/work", "two")
	wantValue(t, again, "cache-key", binary)
	if err := again.Delete(t.Context(), "key/work"); err != nil {
		t.Fatal(err)
	}
	_, err = k.Get(t.Context(), "key/work")
	wantFault(t, err, ErrNotFound, fault.Missing)
	wantValue(t, k, "cache-key", binary)
}

func TestVaultIsTheUsersAlone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no modes")
	}
	vars := vaultVars(t)
	mustSet(t, openIn(t, vars), "key/work", "one")
	wantMode := func(path string, want os.FileMode) {
		t.Helper()
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v %v, want %v", path, info.Mode(), err, want)
		}
	}
	wantMode(vars[envVault], 0o600)
	wantMode(filepath.Dir(vars[envVault]), 0o700)

	if err := os.Chmod(vars[envVault], 0o644); err != nil {
		t.Fatal(err)
	}
	mustSet(t, openIn(t, vars), "key/work", "two")
	wantMode(vars[envVault], 0o600)
}

func TestVaultShowsNoSecret(t *testing.T) {
	vars := vaultVars(t)
	values := []string{"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "JBSWY3DPEHPK3PXP", "0123456789abcdef0123456789abcdef"}
	var log bytes.Buffer
	k := openIn(t, vars, func(o *Options) {
		o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	for i, value := range values {
		mustSet(t, k, fmt.Sprint("key/", i), value)
	}
	identity := k.(*copied).Keychain.(*vault).identity.String()
	sweep := func(where string, text []byte) {
		for _, value := range append(values, testPassphrase, identity) {
			for form, shown := range forms(value) {
				if bytes.Contains(bytes.ToLower(text), bytes.ToLower([]byte(shown))) {
					t.Errorf("%s shows a secret in %s", where, form)
				}
			}
		}
	}
	err := filepath.WalkDir(filepath.Dir(vars[envVault]), func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		sweep(path, text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if log.Len() == 0 {
		t.Error("nothing was logged, so this shows nothing of the log")
	}
	sweep("the log", log.Bytes())
	content := contentOf(t, vars)
	sweep("identity", content.Identity)
	for account, sealed := range content.Items {
		sweep(account, sealed)
	}
}

// forms are the ways in which a secret could be written down. Base64 of a text
// in the middle of another has three shapes, by where it begins.
func forms(value string) map[string]string {
	forms := map[string]string{"clear": value, "hex": hex.EncodeToString([]byte(value))}
	for shift := range 3 {
		text := base64.StdEncoding.EncodeToString(append(make([]byte, shift), value...))
		forms[fmt.Sprint("base64 from ", shift)] = text[4 : len(text)-4]
	}
	return forms
}

// contentOf reads the vault's file as it is.
func contentOf(t testing.TB, vars map[string]string) *vaultContent {
	t.Helper()
	content, err := readVault(vars[envVault])
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestVaultBoundsWhatItReadsAndKeeps(t *testing.T) {
	vars := vaultVars(t)
	k := openIn(t, vars)
	largest := strings.Repeat("x", maxItem)
	mustSet(t, k, "key/work", largest)
	wantValue(t, k, "key/work", largest)
	wantFault(t, k.Set(t.Context(), "key/work", secret.New(largest+"x")), ErrTooLarge, fault.Keychain, "65536")
	wantValue(t, k, "key/work", largest)
}

func TestVaultThatCantBeWritten(t *testing.T) {
	vars := vaultVars(t)
	mustSet(t, openIn(t, vars), "key/work", "one")
	block := filepath.Join(filepath.Dir(vars[envVault]), "file")
	if err := os.WriteFile(block, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	other := map[string]string{envKeychain: "file", envVault: filepath.Join(block, "vault.json"), envPassphrase: testPassphrase}
	err := openIn(t, other).Set(t.Context(), "key/work", secret.New("v"))
	wantFault(t, err, ErrUnreachable, fault.Keychain, other[envVault], "AWSMINT_VAULT", "AWSMINT_KEYCHAIN=os")

	// Where no lock can be made, the vault may still be read.
	lock := vars[envVault] + unlockLock
	if err := errors.Join(os.Remove(lock), os.Mkdir(lock, 0o700)); err != nil {
		t.Fatal(err)
	}
	wantValue(t, openIn(t, vars), "key/work", "one")
}

func TestDeniedVault(t *testing.T) {
	err := fileFailure("/v", "written", &os.PathError{Op: "open", Path: "/v", Err: os.ErrPermission})
	wantFault(t, err, ErrDenied, fault.Keychain, `"/v"`, "owner", "AWSMINT_KEYCHAIN=os")
}

func TestVaultCallThatIsCancelled(t *testing.T) {
	vars := vaultVars(t)
	k := openIn(t, vars)
	mustSet(t, k, "key/work", "one")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := k.Get(ctx, "key/work")
	for _, err := range []error{err, k.Set(ctx, "key/work", secret.New("v")), k.Delete(ctx, "key/work")} {
		wantFault(t, err, nil, fault.Person, "cancelled")
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v is not context.Canceled", err)
		}
	}
	wantValue(t, k, "key/work", "one")
}

func TestVaultInUseIsWaitedForAndNamed(t *testing.T) {
	vars := vaultVars(t)
	mustSet(t, openIn(t, vars), "key/work", "one")
	for suffix, word := range map[string]string{writeLock: "in use", unlockLock: "being unlocked"} {
		release, err := filelock.Lock(t.Context(), vars[envVault]+suffix)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		err = openIn(t, vars).Set(ctx, "key/work", secret.New("two"))
		wantFault(t, err, ErrUnreachable, fault.Keychain, word, fmt.Sprint("process ", os.Getpid()))
		cancel()

		ctx, cancel = context.WithCancel(t.Context())
		time.AfterFunc(50*time.Millisecond, cancel)
		wantFault(t, openIn(t, vars).Set(ctx, "key/work", secret.New("two")), nil, fault.Person, "cancelled")
		release()
	}
	wantValue(t, openIn(t, vars), "key/work", "one")
}
