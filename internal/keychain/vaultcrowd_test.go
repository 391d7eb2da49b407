package keychain

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/awsmint/awsmint/internal/atomicfile"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

// Two hundred write at once, in this process and in others, and the first of
// them makes the vault: nothing is lost.
func TestTwoHundredWritersLoseNothing(t *testing.T) {
	t.Parallel()
	const here, elsewhere = 180, 20
	vars := vaultVars(t)
	var keychains [20]Keychain
	for i := range keychains {
		keychains[i] = openIn(t, vars)
	}
	var writers sync.WaitGroup
	var failed [here + elsewhere]error
	for i := range here + elsewhere {
		account, value := fmt.Sprint("key/", i), fmt.Sprint("value ", i)
		writers.Go(func() {
			if i < here {
				failed[i] = keychains[i%len(keychains)].Set(t.Context(), account, secret.New(value))
				return
			}
			if out, err := process("set", vars, account, value).CombinedOutput(); err != nil {
				failed[i] = fmt.Errorf("%w: %s", err, out)
			}
		})
	}
	writers.Wait()
	content := contentOf(t, vars)
	identity, err := openIdentity(vars[envVault], content, secret.New(testPassphrase))
	if err != nil {
		t.Fatal(err)
	}
	for i, err := range failed {
		if err != nil {
			t.Fatalf("writer %d: %v: %s", i, err, fault.HintOf(err))
		}
		account := fmt.Sprint("key/", i)
		value, err := openItem(identity, account, content.Items[account])
		if err != nil || value.Reveal() != fmt.Sprint("value ", i) {
			t.Errorf("%s: %q, %v", account, value.Reveal(), err)
		}
	}
}

// A writer is killed again and again, at a moment of its own each time: the
// vault opens, and has all that was said to be kept.
func TestKilledWriterLosesNothing(t *testing.T) {
	t.Parallel()
	const kills = 6
	vars := vaultVars(t)
	kept := map[string]bool{}
	for round := range kills {
		writer := process("write", vars, fmt.Sprintf("key/%d-", round))
		var stderr bytes.Buffer
		writer.Stderr = &stderr
		out, err := writer.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := writer.Start(); err != nil {
			t.Fatal(err)
		}
		// The kill comes on a confirmation, so that the writer is somewhere in
		// the next write; what it managed to confirm until then counts too.
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); n++ {
			kept[lines.Text()] = true
			if n == round {
				_ = writer.Process.Kill()
			}
		}
		_ = writer.Wait()
		if stderr.Len() > 0 {
			t.Fatalf("round %d: %s", round, stderr.String())
		}
		content := contentOf(t, vars)
		for account := range kept {
			if content.Items[account] == nil {
				t.Fatalf("round %d: %q was confirmed and is lost", round, account)
			}
		}
	}
	k := openIn(t, vars)
	for account := range kept {
		wantValue(t, k, account, "value of "+account)
	}

	// The next write clears up after the killed ones.
	left := filepath.Join(filepath.Dir(vars[envVault]), ".vault.json.awsmint-tmp-1")
	others := filepath.Join(filepath.Dir(vars[envVault]), ".config.awsmint-tmp-1")
	for _, name := range []string{left, others} {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	mustSet(t, k, "key/last", "v")
	entries, err := os.ReadDir(filepath.Dir(vars[envVault]))
	if err != nil {
		t.Fatal(err)
	}
	var temporary []string
	for _, entry := range entries {
		if atomicfile.IsTemp(entry.Name()) {
			temporary = append(temporary, entry.Name())
		}
	}
	if len(temporary) != 1 || temporary[0] != filepath.Base(others) {
		t.Errorf("temporary files left: %q", temporary)
	}
}

// The passphrase is found, and scrypt run, by one process at a time: its
// memory is needed once, however many start together.
func TestManyUnlockOneAtATime(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the command line is for sh")
	}
	t.Parallel()
	vars := vaultVars(t)
	mustSet(t, openIn(t, vars), "key/work", "one")
	delete(vars, envPassphrase)
	dir := t.TempDir()
	vars[envPassphraseCommand] = fmt.Sprintf("mkdir %[1]s/in || echo overlap >> %[1]s/overlaps; echo '%s'; rmdir %[1]s/in", dir, testPassphrase)
	inProcesses(t, 12, vars)
	if text, err := os.ReadFile(dir + "/overlaps"); err == nil {
		t.Errorf("%d unlocked at the same time", strings.Count(string(text), "overlap"))
	}
}

// inProcesses reads key/work in n processes at once.
func inProcesses(t *testing.T, n int, vars map[string]string) {
	t.Helper()
	var readers sync.WaitGroup
	readers.Add(n)
	for range n {
		go func() {
			defer readers.Done()
			reader := process("get", vars, "key/work")
			if out, err := reader.Output(); err != nil || string(out) != "one" {
				t.Errorf("%q, %v: %s", out, err, stderrOf(err))
			}
		}()
	}
	readers.Wait()
}

func stderrOf(err error) []byte {
	if exit, ok := err.(*exec.ExitError); ok {
		return exit.Stderr
	}
	return nil
}
