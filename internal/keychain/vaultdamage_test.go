package keychain

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"filippo.io/age"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

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

// Whoever replaces the vault while it is being unlocked gets no secret sealed
// for them.
func TestVaultThatIsReplacedMeanwhile(t *testing.T) {
	vars, theirs := vaultVars(t), vaultVars(t)
	mustSet(t, openIn(t, vars), "key/work", "one")
	mustSet(t, openIn(t, theirs), "key/work", "theirs")
	other, err := os.ReadFile(theirs[envVault])
	if err != nil {
		t.Fatal(err)
	}
	delete(vars, envPassphrase)
	k := openIn(t, vars, func(o *Options) {
		o.Passphrase = func(context.Context, string) (secret.String, error) {
			return secret.New(testPassphrase), os.WriteFile(vars[envVault], other, 0o600)
		}
	})
	wantFault(t, k.Set(t.Context(), "key/new", secret.New("v")), ErrUnreachable, fault.Keychain, "replaced")
	if text, err := os.ReadFile(vars[envVault]); err != nil || !bytes.Equal(text, other) {
		t.Errorf("the other vault was changed: %v", err)
	}
}
