package keychain

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"

	"github.com/awsmint/awsmint/internal/child"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

// passphrases is where the vault's passphrase comes from: AWSMINT_PASSPHRASE,
// else AWSMINT_PASSPHRASE_COMMAND, else a person. The first that is set counts;
// when it fails, the next one is not tried.
type passphrases struct {
	getenv  func(string) string
	environ []string
	ask     func(ctx context.Context, prompt string) (secret.String, error) // may be nil
}

const passphraseHint = "set " + envPassphraseCommand + " to a command that prints it, or " + envPassphrase +
	", or run awsmint where it can ask on a terminal"

// get returns the passphrase and whether a person typed it just now.
func (p passphrases) get(ctx context.Context, prompt string) (value secret.String, typed bool, err error) {
	if value := p.getenv(envPassphrase); value != "" {
		return secret.New(value), false, nil
	}
	if line := p.getenv(envPassphraseCommand); line != "" {
		value, err := p.run(ctx, line)
		return value, false, err
	}
	if p.ask == nil {
		return secret.String{}, false, fault.Wrap(ErrLocked, fault.Person,
			"the vault needs its passphrase, and there is nobody to ask", passphraseHint)
	}
	value, err = p.ask(ctx, prompt)
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return secret.String{}, true, cancelled(ctx, "asking for the vault's passphrase")
	case err != nil:
		return secret.String{}, true, fault.Wrap(errors.Join(ErrLocked, err), fault.Person,
			"the vault's passphrase could not be asked for: "+foreign(err), passphraseHint)
	case value.IsZero():
		return secret.String{}, true, emptyPassphrase("the passphrase")
	}
	return value, true, nil
}

// getNew returns the passphrase for a new vault. A person types it twice.
func (p passphrases) getNew(ctx context.Context, path string) (secret.String, error) {
	value, typed, err := p.get(ctx, fmt.Sprintf("New passphrase for the vault %q: ", path))
	if err != nil || !typed {
		return value, err
	}
	again, _, err := p.get(ctx, "The same passphrase again: ")
	if err != nil {
		return secret.String{}, err
	}
	if again != value {
		return secret.String{}, failure(ErrPassphrase, nil,
			"the two passphrases differ, and no vault was made", "run the command again")
	}
	return value, nil
}

// run returns the first line that the command prints. Its standard error goes
// nowhere, since nothing says what it holds.
func (p passphrases) run(ctx context.Context, line string) (secret.String, error) {
	var out firstLine
	command := child.Shell(ctx, line, p.environ)
	command.Stdout = &out
	err := command.Run()
	const hint = "run the command by hand and see what it prints and how it ends"
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return secret.String{}, cancelled(ctx, envPassphraseCommand)
	case ctx.Err() != nil:
		return secret.String{}, failure(ErrLocked, ctx.Err(), envPassphraseCommand+" did not end before the deadline of the run", hint)
	case err != nil && !errors.Is(err, exec.ErrWaitDelay): // a background process may keep the pipe open
		return secret.String{}, failure(ErrLocked, err, envPassphraseCommand+" failed: "+foreign(err), hint)
	case out.tooLong():
		return secret.String{}, failure(ErrLocked, nil,
			fmt.Sprintf("%s printed a first line of more than %d bytes", envPassphraseCommand, maxPassphrase), hint)
	}
	value := out.value()
	if value.IsZero() {
		return secret.String{}, emptyPassphrase("what " + envPassphraseCommand + " printed")
	}
	return value, nil
}

func emptyPassphrase(what string) error {
	return failure(ErrPassphrase, nil, what+" is empty, which protects nothing",
		"a vault needs a passphrase: "+passphraseHint)
}

// maxPassphrase is the longest passphrase read from a command, in bytes; ours.
const maxPassphrase = 4 << 10

// firstLine keeps the first line of what is written to it and drops the rest.
type firstLine struct {
	line []byte
	done bool
}

func (f *firstLine) Write(b []byte) (int, error) {
	n := len(b)
	if f.done {
		return n, nil
	}
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		b, f.done = b[:i], true
	}
	if room := maxPassphrase + 1 - len(f.line); len(b) > room {
		b, f.done = b[:room], true
	}
	f.line = append(f.line, b...)
	return n, nil
}

func (f *firstLine) tooLong() bool { return len(f.line) > maxPassphrase }

func (f *firstLine) value() secret.String {
	return secret.New(strings.TrimSuffix(string(f.line), "\r"))
}
