package keychain

import (
	"path/filepath"
	"testing"

	"github.com/awsmint/awsmint/internal/fault"
)

func TestOpenRefusesWhatItDoesNotKnow(t *testing.T) {
	for name, c := range map[string]struct {
		vars  map[string]string
		words []string
	}{
		"a keychain":         {map[string]string{envKeychain: "gnome"}, []string{`"gnome"`, "AWSMINT_KEYCHAIN=os", "AWSMINT_KEYCHAIN=file"}},
		"a word for on":      {map[string]string{envKernelKeyring: "on"}, []string{`"on"`, "12h"}},
		"a time of nothing":  {map[string]string{envKernelKeyring: "0s"}, []string{`"0s"`}},
		"a negative time":    {map[string]string{envKernelKeyring: "-1h"}, []string{`"-1h"`}},
		"a time of no limit": {map[string]string{envKernelKeyring: "721h"}, []string{"720h"}},
		"a time in the file keychain": {
			map[string]string{envKeychain: "file", envVault: filepath.Join(t.TempDir(), "v"), envKernelKeyring: "1 h"}, []string{`"1 h"`}},
		"a path that depends on the directory": {
			map[string]string{envKeychain: "file", envVault: "~/vault.json"}, []string{`"` + filepath.FromSlash("~/vault.json") + `"`, "absolute"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Open(Options{Getenv: getenv(c.vars)})
			wantFault(t, err, nil, fault.Usage, c.words...)
		})
	}
}

func TestVaultPath(t *testing.T) {
	dir := t.TempDir()
	vars := map[string]string{}
	o := Options{Getenv: getenv(vars), ConfigDir: dir}
	if got, want := o.vaultPath(), filepath.Join(dir, "vault.json"); got != want {
		t.Errorf("the vault is at %q, want %q", got, want)
	}
	vars[envVault] = filepath.Join(dir, "a", "..", "b")
	if got, want := o.vaultPath(), filepath.Join(dir, "b"); got != want {
		t.Errorf("the vault is at %q, want %q", got, want)
	}
}

func TestAccounts(t *testing.T) {
	if got := KeyAccount("work"); got != "key/work" {
		t.Errorf("KeyAccount: %q", got)
	}
	if got := SeedAccount("work"); got != "totp/work" {
		t.Errorf("SeedAccount: %q", got)
	}
}
