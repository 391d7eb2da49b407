//go:build unix

package e2e

import (
	"bytes"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/lab"
)

// Everything that awsmint writes, logs or says, and everything that it starts
// a program with, is swept for secrets: in clear, in base64 and in hex.
func TestNothingSecretIsLeft(t *testing.T) {
	t.Parallel()
	l, alice := withKey(t, true)
	bob := l.AWS.AddUser("bob")
	if err := l.Add("typed", bob, false); err != nil {
		t.Fatal(err)
	}
	spy := filepath.Join(l.Dir, "spy")
	secrets := map[string]string{
		"alice's secret": alice.SecretAccessKey, "alice's seed": alice.Seed,
		"bob's secret": bob.SecretAccessKey, "bob's seed": bob.Seed,
		"the passphrase": lab.Passphrase,
	}
	var said strings.Builder
	keep := func(r lab.Result) lab.Result { said.WriteString(r.Stderr); return r }

	first := succeeded(t, keep(l.Run("", "process", "work")))
	secrets["the first secret"], secrets["the first token"] = first.SecretAccessKey, first.SessionToken

	// A code from a command, which looks at all that it could see: its own
	// environment and everybody's command lines.
	bobsCode := code(bob)
	secrets["bob's code"] = bobsCode
	// The file with the code lies outside of what is swept.
	codeFile := filepath.Join(t.TempDir(), "code")
	if err := os.WriteFile(codeFile, []byte(bobsCode), 0o600); err != nil {
		t.Fatal(err)
	}
	edit(t, l.ConfigFile(), "[profile typed]", "[profile typed]\nawsmint_mfa_process = cat /proc/$$/environ /proc/$PPID/cmdline /proc/[0-9]*/cmdline > "+spy+" 2>/dev/null; cat "+codeFile)
	second := succeeded(t, keep(l.Run("", "process", "typed")))
	secrets["the second secret"], secrets["the second token"] = second.SecretAccessKey, second.SessionToken

	// Failures, and every other command.
	keep(l.Run("", "process", "nosuch"))
	keep(l.Run(strings.Replace(lab.KeyJSON(alice, true), "AKIA", "ASIA", 1), "add", "third", "--stdin"))
	keep(l.Run(lab.KeyJSON(alice, true)+"trailing", "add", "third", "--stdin"))
	keep(l.Run(strings.Replace(lab.KeyJSON(alice, true), `"SecretAccessKey":"`, `"SecretAccessKey":"x`, 1), "add", "third", "--stdin"))
	for _, args := range [][]string{{"list"}, {"list", "--json"}, {"login", "work"}, {"logout", "work"}, {"version"}, {"process"}, {"nonsense"}} {
		r := keep(l.Run("", args...))
		said.WriteString(r.Stdout)
	}
	if spied, err := os.ReadFile(spy); err != nil || !bytes.Contains(spied, []byte("AWSMINT_CHAIN=typed")) || !bytes.Contains(spied, []byte("awsmint\x00process\x00typed")) {
		t.Fatalf("the command saw neither its environment nor awsmint's command line: %v %q", err, spied)
	}
	// It is said once more to a file that the sweep reads.
	if err := os.WriteFile(filepath.Join(l.Dir, "said"), []byte(said.String()), 0o600); err != nil {
		t.Fatal(err)
	}

	// The config, the vault, two entries, the log, the spy and what was said.
	sweep(t, l, secrets, 7)
}

// sweep looks for the secrets in every file of the lab, of which there are at
// least some: a log among them.
func sweep(t *testing.T, l *lab.Lab, secrets map[string]string, atLeast int) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(l.Dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		files++
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for name, value := range secrets {
			if form := holds(data, value); form != "" {
				t.Errorf("%s holds %s, %s", strings.TrimPrefix(path, l.Dir), name, form)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < atLeast {
		t.Errorf("only %d files were swept", files)
	}
	info, err := os.Stat(filepath.Join(l.Dir, "awsmint.log"))
	if err != nil || info.Size() == 0 {
		t.Errorf("there is no log to sweep: %v", err)
	}
}

// holds returns the form in which data holds the secret; empty: in none.
func holds(data []byte, value string) string {
	if len(value) == 6 { // a code: the digits may be part of a longer number
		if regexp.MustCompile(`(^|[^0-9])` + value + `([^0-9]|$)`).Match(data) {
			return "in clear"
		}
		return ""
	}
	for form, text := range forms(value) {
		if bytes.Contains(data, []byte(text)) {
			return form
		}
	}
	return ""
}

func forms(value string) map[string]string {
	raw := []byte(value)
	found := map[string]string{
		"in clear": value, "in hex": hex.EncodeToString(raw), "in capital hex": strings.ToUpper(hex.EncodeToString(raw)),
		"reversed": reverse(value),
	}
	if seed, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(value); err == nil {
		found["decoded"] = string(seed)
	}
	// In base64 the same bytes look different at each of three offsets; what
	// is in the middle does not depend on what stands around it.
	for offset := range 3 {
		padded := append(make([]byte, offset), raw...)
		encoded := base64.StdEncoding.EncodeToString(padded)
		middle := strings.TrimRight(encoded, "=")
		from, to := (offset*8+5)/6, len(middle)-2
		if to-from > 8 {
			found["in base64 at offset "+string(rune('0'+offset))] = middle[from:to]
		}
	}
	return found
}

func reverse(s string) string {
	b := []byte(s)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}

// The sweep itself finds what it looks for.
func TestTheSweepFinds(t *testing.T) {
	t.Parallel()
	const value = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
	for _, data := range []string{
		"x" + value + "y", hex.EncodeToString([]byte(value)),
		base64.StdEncoding.EncodeToString([]byte(value)),
		base64.StdEncoding.EncodeToString([]byte("a" + value + "b")),
		base64.StdEncoding.EncodeToString([]byte("ab" + value)),
	} {
		if holds([]byte(data), value) == "" {
			t.Errorf("not found in %q", data)
		}
	}
	if form := holds([]byte("something else "+time.Now().String()), value); form != "" {
		t.Errorf("found %s where it is not", form)
	}
}
