//go:build unix

package mfa

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/term"
)

// offline is a Process without a terminal, wherever the test runs.
func offline(command string) *Process {
	return &Process{Command: command, OpenTerminal: func() (*term.Terminal, error) { return nil, term.ErrNone }}
}

func TestProcessOutput(t *testing.T) {
	const gave = `the awsmint_mfa_process of profile "work" gave no MFA code: `
	for _, c := range []struct{ name, command, want, fails string }{
		{"six digits", `echo 123456`, "123456", ""},
		{"no line break", `printf 000000`, "000000", ""},
		{"white space round it", `printf ' \t123456 \r\n\n'`, "123456", ""},
		{"stderr is not output", `echo 999999 >&2; echo 123456`, "123456", ""},
		{"stdin is empty", `cat; echo 123456`, "123456", ""},
		{"nothing", `true`, "", "it printed nothing, not six digits"},
		{"a line break", `echo`, "", "it printed 1 byte (1 line break), not six digits"},
		{"eight digits", `echo 12345678`, "", "it printed 9 bytes (8 digits, 1 line break), not six digits"},
		{"two groups", `printf '123 456'`, "", "it printed 7 bytes (6 digits, 1 space), not six digits"},
		{"two codes", `printf '123456\n654321\n'`, "", "it printed 14 bytes (12 digits, 2 line breaks), not six digits"},
		{"a sentence", `printf 'code: 123456é'`, "", "it printed 14 bytes (6 digits, 4 letters, 1 space, 3 others), not six digits"},
		{"too much", `head -c 10000000 /dev/zero`, "", "it printed more than 4096 bytes, not six digits"},
		{"a code and then too much", `echo 123456; head -c 4090 /dev/zero | tr '\0' ' '`, "", "it printed more than 4096 bytes, not six digits"},
		{"failure after a code", `echo 123456; exit 3`, "", "exit status 3"},
		{"no such program", `no-such-program-here`, "", "exit status 127"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			code, err := offline(c.command).Code(t.Context(), testRequest)
			if c.fails == "" {
				if err != nil || code.Digits.Reveal() != c.want || code.Way != "process" {
					t.Errorf("%q by %q, %v; want %q", code.Digits.Reveal(), code.Way, err, c.want)
				}
				return
			}
			if err == nil || err.Error() != gave+c.fails || fault.StatusOf(err) != fault.Failure || errors.Is(err, ErrUnavailable) || errors.Is(err, ErrCancelled) {
				t.Errorf("got %v\nwant %s", err, gave+c.fails)
			}
		})
	}
	if _, err := offline("").Code(t.Context(), testRequest); !errors.Is(err, ErrUnavailable) {
		t.Errorf("no command: %v", err)
	}
}

func TestProcessGetsTheEnvironmentWithoutSecrets(t *testing.T) {
	way := offline(`test "$KEY" = yubikey && test -z "$AWSMINT_PASSPHRASE" && echo 123456`)
	way.Environ = []string{"KEY=yubikey", "AWSMINT_PASSPHRASE=hunter2", "PATH=" + os.Getenv("PATH")}
	if _, err := way.Code(t.Context(), testRequest); err != nil {
		t.Error(err)
	}
}

// Everything that the command started goes with it.
func TestProcessIsKilledWhenTheContextEnds(t *testing.T) {
	grandchild, err := lab.NewGrandchild(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	failed := make(chan error, 1)
	go func() {
		_, err := offline(grandchild.Line()).Code(ctx, testRequest)
		failed <- err
	}()
	if err := grandchild.Await(); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-failed; !errors.Is(err, ErrCancelled) || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if !grandchild.Ended(10 * time.Second) {
		t.Error("a program that the command started lives on")
	}

	if _, err := offline(`echo 123456`).Code(ctx, testRequest); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that has ended: %v", err)
	}
}

func TestProcessErrorHoldsNeitherCommandNorOutput(t *testing.T) {
	_, err := offline(`echo hunter2; : --password=tiger`).Code(t.Context(), testRequest)
	for ; err != nil; err = errors.Unwrap(err) {
		text := err.Error() + fault.HintOf(err)
		if strings.Contains(text, "hunter2") || strings.Contains(text, "tiger") {
			t.Errorf("a secret is in %q", text)
		}
	}
}
