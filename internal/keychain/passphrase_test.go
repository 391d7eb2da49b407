package keychain

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

// person answers prompts in turn and remembers them.
type person struct {
	answers []string
	prompts []string
}

func (p *person) ask(_ context.Context, prompt string) (secret.String, error) {
	p.prompts = append(p.prompts, prompt)
	if len(p.prompts) > len(p.answers) {
		return secret.String{}, errors.New("the terminal is gone")
	}
	return secret.New(p.answers[len(p.prompts)-1]), nil
}

func answering(p *person) func(*Options) { return func(o *Options) { o.Passphrase = p.ask } }

func TestPersonIsAskedTwiceForANewVaultAndOnceForAnOldOne(t *testing.T) {
	vars := vaultVars(t)
	delete(vars, envPassphrase)

	hasty := &person{answers: []string{"first", "second"}}
	wantFault(t, openIn(t, vars, answering(hasty)).Set(t.Context(), "key/work", secret.New("v")), ErrPassphrase, fault.Keychain, "differ")
	if _, err := os.Stat(vars[envVault]); err == nil {
		t.Fatal("a vault was made all the same")
	}

	careful := &person{answers: []string{testPassphrase, testPassphrase}}
	k := openIn(t, vars, answering(careful))
	mustSet(t, k, "key/work", "one")
	mustSet(t, k, "key/other", "two")
	wantValue(t, k, "key/work", "one")
	if len(careful.prompts) != 2 || !strings.Contains(careful.prompts[0], strconv.Quote(vars[envVault])) {
		t.Errorf("asked %q", careful.prompts)
	}

	later := &person{answers: []string{testPassphrase}}
	k = openIn(t, vars, answering(later))
	_, err := k.Get(t.Context(), "key/none")
	wantFault(t, err, ErrNotFound, fault.Missing)
	if len(later.prompts) != 0 {
		t.Errorf("asked %q to say that there is nothing", later.prompts)
	}
	wantValue(t, k, "key/work", "one")
	wantValue(t, k, "key/other", "two")
	if len(later.prompts) != 1 {
		t.Errorf("asked %q", later.prompts)
	}
}

func TestPersonHasThreeTries(t *testing.T) {
	vars := vaultVars(t)
	mustSet(t, openIn(t, vars), "key/work", "one")
	delete(vars, envPassphrase)

	third := &person{answers: []string{"wrong", "", testPassphrase}}
	wantValue(t, openIn(t, vars, answering(third)), "key/work", "one")

	lost := &person{answers: []string{"w1", "w2", "w3", testPassphrase}}
	_, err := openIn(t, vars, answering(lost)).Get(t.Context(), "key/work")
	wantFault(t, err, ErrPassphrase, fault.Keychain, vars[envVault])
	if len(lost.prompts) != 3 {
		t.Errorf("asked %d times", len(lost.prompts))
	}

	gone := &person{}
	_, err = openIn(t, vars, answering(gone)).Get(t.Context(), "key/work")
	wantFault(t, err, ErrLocked, fault.Person, "the terminal is gone", envPassphrase, envPassphraseCommand)
	if len(gone.prompts) != 1 {
		t.Errorf("asked %d times", len(gone.prompts))
	}
}

func TestWrongOrMissingPassphrase(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the command lines are for sh")
	}
	vars := vaultVars(t)
	mustSet(t, openIn(t, vars), "key/work", "one")
	delete(vars, envPassphrase)
	for name, c := range map[string]struct {
		variable, value string
		kind            error
		status          fault.Status
		words           []string
	}{
		"wrong in the environment": {envPassphrase, "wrong", ErrPassphrase, fault.Keychain, []string{"does not open", vars[envVault]}},
		"wrong from the command":   {envPassphraseCommand, "echo wrong", ErrPassphrase, fault.Keychain, []string{"does not open"}},
		"an empty line":            {envPassphraseCommand, "echo; echo '" + testPassphrase + "'", ErrPassphrase, fault.Keychain, []string{"empty"}},
		"no line":                  {envPassphraseCommand, "true", ErrPassphrase, fault.Keychain, []string{"empty"}},
		"a command that fails":     {envPassphraseCommand, "echo '" + testPassphrase + "'; exit 3", ErrLocked, fault.Keychain, []string{"exit status 3"}},
		"a command not there":      {envPassphraseCommand, "/no/such/program", ErrLocked, fault.Keychain, []string{"exit status 127"}},
		"a line without end":       {envPassphraseCommand, "head -c 100000 /dev/zero | tr '\\0' x", ErrLocked, fault.Keychain, []string{"4096"}},
		"nobody to ask":            {"", "", ErrLocked, fault.Person, []string{envPassphrase, envPassphraseCommand, "terminal"}},
	} {
		t.Run(name, func(t *testing.T) {
			vars := map[string]string{envKeychain: "file", envVault: vars[envVault], envKernelKeyring: "off", c.variable: c.value}
			_, err := openIn(t, vars).Get(t.Context(), "key/work")
			wantFault(t, err, c.kind, c.status, c.words...)
			if strings.Contains(err.Error()+fault.HintOf(err), "wrong") {
				t.Errorf("what was given as the passphrase is in %q", err)
			}
			wantFault(t, openIn(t, vars).Set(t.Context(), "key/new", secret.New("v")), c.kind, c.status, c.words...)
		})
	}
}

func TestPassphraseCommand(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the command lines are for sh")
	}
	vars := vaultVars(t)
	mustSet(t, openIn(t, vars), "key/work", "one")
	delete(vars, envPassphrase)

	// Its first line counts, without its line end, and its stderr does not.
	vars[envPassphraseCommand] = `printf '` + testPassphrase + `\r\nmore\n'; echo noise >&2`
	wantValue(t, openIn(t, vars), "key/work", "one")

	// The passphrase itself comes first.
	vars[envPassphrase] = testPassphrase
	vars[envPassphraseCommand] = "exit 1"
	wantValue(t, openIn(t, vars), "key/work", "one")

	// It gets the environment, but no passphrase in it, and an empty stdin.
	delete(vars, envPassphrase)
	seen := filepath.Join(t.TempDir(), "seen")
	vars[envPassphraseCommand] = "{ env; cat; } > " + seen + "; echo '" + testPassphrase + "'"
	environ := []string{"PATH=" + os.Getenv("PATH"), "MARK=here", envPassphrase + "=hidden", envPassphraseCommand + "=hidden"}
	wantValue(t, openIn(t, vars, func(o *Options) { o.Environ = environ }), "key/work", "one")
	text, err := os.ReadFile(seen)
	if err != nil || !slices.Contains(strings.Split(string(text), "\n"), "MARK=here") || strings.Contains(string(text), "hidden") {
		t.Errorf("the command saw %q, %v", text, err)
	}

	// It ends with the run.
	vars[envPassphraseCommand] = "exec tail -f /dev/null"
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err = openIn(t, vars).Get(ctx, "key/work")
	wantFault(t, err, ErrLocked, fault.Keychain, envPassphraseCommand, "deadline")
}

// gpg-agent and the like are started by a command and outlive it, sometimes
// with its standard output.
func TestPassphraseCommandThatLeavesAProcess(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the command lines are for sh")
	}
	vars := vaultVars(t)
	mustSet(t, openIn(t, vars), "key/work", "one")
	delete(vars, envPassphrase)
	fifo := filepath.Join(t.TempDir(), "fifo")
	vars[envPassphraseCommand] = "echo '" + testPassphrase + "'; mkfifo " + fifo + "; cat " + fifo + " &"
	wantValue(t, openIn(t, vars), "key/work", "one")
	// The process ends when its pipe does.
	if pipe, err := os.OpenFile(fifo, os.O_WRONLY, 0); err != nil || pipe.Close() != nil {
		t.Error(err)
	}
}
