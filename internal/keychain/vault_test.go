package keychain

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"filippo.io/age"

	"github.com/awsmint/awsmint/internal/fault"
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
	k := openIn(t, vars)
	for i, value := range values {
		mustSet(t, k, fmt.Sprint("key/", i), value)
	}
	identity := k.(*copied).Keychain.(*vault).identity.String()
	err := filepath.WalkDir(filepath.Dir(vars[envVault]), func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		for _, value := range append(values, testPassphrase, identity) {
			for form, shown := range forms(value) {
				if bytes.Contains(bytes.ToLower(text), bytes.ToLower([]byte(shown))) {
					t.Errorf("%s shows a secret in %s", path, form)
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
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

func TestDamagedVaultIsToldAndLeftAlone(t *testing.T) {
	vars := vaultVars(t)
	mustSet(t, openIn(t, vars), "key/work", "one")
	mustSet(t, openIn(t, vars), "key/other", "two")
	good, err := os.ReadFile(vars[envVault])
	if err != nil {
		t.Fatal(err)
	}
	edited := func(change func(map[string]any)) []byte {
		var all map[string]any
		if err := json.Unmarshal(good, &all); err != nil {
			t.Fatal(err)
		}
		change(all)
		text, _ := json.Marshal(all)
		return text
	}
	identity := contentOf(t, vars).Identity
	for name, c := range map[string]struct {
		text    []byte
		word    string
		oneItem bool // the rest of the vault is as it was
	}{
		"empty":               {nil, "not the JSON", false},
		"zeros":               {make([]byte, 4096), "not the JSON", false},
		"truncated":           {good[:len(good)/2], "not the JSON", false},
		"followed by more":    {append(bytes.Clone(good), good...), "not the JSON", false},
		"too long":            {bytes.Repeat([]byte(" "), maxVault+1), "more than", false},
		"no version":          {edited(func(m map[string]any) { delete(m, "version") }), "not the JSON", false},
		"a later version":     {edited(func(m map[string]any) { m["version"] = 2 }), "version 2", false},
		"a field not known":   {edited(func(m map[string]any) { m["policy"] = "x" }), "unknown", false},
		"no identity":         {edited(func(m map[string]any) { delete(m, "identity") }), "missing", false},
		"no items":            {edited(func(m map[string]any) { delete(m, "items") }), "missing", false},
		"identity is no age":  {edited(func(m map[string]any) { m["identity"] = []byte("junk") }), "identity does not open", false},
		"identity cut short":  {edited(func(m map[string]any) { m["identity"] = identity[:len(identity)-4] }), "identity does not open", false},
		"item is no age":      {edited(func(m map[string]any) { m["items"].(map[string]any)["key/work"] = []byte("junk") }), `"key/work" does not open`, true},
		"items are swapped":   {edited(func(m map[string]any) { i := m["items"].(map[string]any); i["key/work"] = i["key/other"] }), "another account", true},
		"another's recipient": {edited(func(m map[string]any) { m["recipient"] = newRecipient(t) }), "belong together", false},
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(vars[envVault], c.text, 0o600); err != nil {
				t.Fatal(err)
			}
			k := openIn(t, vars)
			_, err := k.Get(t.Context(), "key/work")
			wantFault(t, err, errDamaged, fault.Keychain, vars[envVault], c.word, "left as it is")
			if text, err := os.ReadFile(vars[envVault]); err != nil || !bytes.Equal(text, c.text) {
				t.Errorf("the vault was changed: %v", err)
			}
			if c.oneItem {
				mustSet(t, k, "key/other", "three")
				wantValue(t, k, "key/other", "three")
				return
			}
			wantFault(t, k.Set(t.Context(), "key/new", secret.New("v")), errDamaged, fault.Keychain, c.word)
			if text, err := os.ReadFile(vars[envVault]); err != nil || !bytes.Equal(text, c.text) {
				t.Errorf("the vault was changed: %v", err)
			}
		})
	}
	if err := os.WriteFile(vars[envVault], good, 0o600); err != nil {
		t.Fatal(err)
	}
	wantValue(t, openIn(t, vars), "key/work", "one")
}

func newRecipient(t *testing.T) string {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return identity.Recipient().String()
}

// Anyone can encrypt to the vault's recipient; that makes no item.
func TestForgedItemIsRefused(t *testing.T) {
	vars := vaultVars(t)
	k := openIn(t, vars)
	mustSet(t, k, "key/work", "one")
	content := contentOf(t, vars)
	recipient, err := age.ParseX25519Recipient(content.Recipient)
	if err != nil {
		t.Fatal(err)
	}
	for _, forged := range []item{
		{Account: "key/work", Value: []byte("theirs")},
		{Account: "key/work", Value: []byte("theirs"), Tag: make([]byte, 32)},
	} {
		text, _ := json.Marshal(forged)
		if content.Items["key/work"], err = seal(recipient, text); err != nil {
			t.Fatal(err)
		}
		if err := writeVault(vars[envVault], content); err != nil {
			t.Fatal(err)
		}
		_, err = k.Get(t.Context(), "key/work")
		wantFault(t, err, errDamaged, fault.Keychain, "not written by awsmint")
	}
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

// A file that asks for 2^22 times scrypt's block would take 4 GiB.
func TestWorkFactorIsBounded(t *testing.T) {
	vars := vaultVars(t)
	mustSet(t, openIn(t, vars), "key/work", "one")
	content := contentOf(t, vars)
	factor := fmt.Appendf(nil, " %d\n", testWorkFactor)
	if !bytes.Contains(content.Identity, factor) {
		t.Fatalf("no work factor %q in the identity", factor)
	}
	for _, asked := range []string{"19", "22", "30", "99999999999999999999"} {
		changed := *content
		changed.Identity = bytes.Replace(content.Identity, factor, []byte(" "+asked+"\n"), 1)
		if err := writeVault(vars[envVault], &changed); err != nil {
			t.Fatal(err)
		}
		_, err := openIn(t, vars).Get(t.Context(), "key/work")
		wantFault(t, err, errDamaged, fault.Keychain, "work factor")
	}
}

// The default is checked without paying for it: scrypt takes seconds under the
// race detector.
func TestNewVaultHasTheWorkFactorOfOWASP(t *testing.T) {
	if got := (Options{}).withDefaults().workFactor; got != 17 || got > maxWorkFactor {
		t.Errorf("the work factor is %d, want 17 and at most %d", got, maxWorkFactor)
	}
	_, content, err := newContent(secret.New(testPassphrase), 5)
	if err != nil || !bytes.Contains(content.Identity, []byte(" 5\n")) {
		t.Errorf("the work factor asked for is not used: %v", err)
	}
}

func TestVaultThatCantBeWritten(t *testing.T) {
	vars := vaultVars(t)
	mustSet(t, openIn(t, vars), "key/work", "one")
	block := filepath.Join(filepath.Dir(vars[envVault]), "file")
	if err := os.WriteFile(block, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	other := map[string]string{envKeychain: "file", envVault: block + "/vault.json", envPassphrase: testPassphrase}
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
