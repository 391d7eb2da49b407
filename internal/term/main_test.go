//go:build unix

package term

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/awsmint/awsmint/internal/term/termtest"
)

// askerVariable makes the test binary a program that asks: it takes its
// arguments one by one and says on stdout what became of each.
const askerVariable = "TERM_TEST_ASKER"

func TestMain(m *testing.M) {
	termtest.Shell()
	if os.Getenv(askerVariable) != "" {
		for _, step := range os.Args[1:] {
			fmt.Println(step+":", outcome(perform(step)))
		}
		return
	}
	os.Exit(m.Run())
}

// perform does one step. SIGUSR1 cancels the step's context.
func perform(step string) (string, error) {
	ctx, cancel := signal.NotifyContext(context.Background(), unix.SIGUSR1)
	defer cancel()
	switch step {
	case "available":
		return "", Available()
	case "tell":
		return "", Tell("told\x1b[2J")
	}
	tty, err := Open()
	if err != nil {
		return "", err
	}
	defer tty.Close()
	switch step {
	case "secret":
		text, err := tty.ReadSecret(ctx, "Secret: ")
		return text.Reveal(), err
	case "line":
		return tty.ReadLine(ctx, "Line: ")
	case "confirm":
		yes, err := tty.Confirm(ctx, "Remove it?")
		return fmt.Sprint(yes), err
	case "print":
		return "", tty.Print("touch\x1b[2J your key")
	case "picture", "plain picture":
		return "", tty.Picture([]string{"█▀ ▄", "\x1b[2J"}, step == "picture")
	case "paste":
		text, err := tty.ReadPaste(ctx, "Paste: ")
		return text.Reveal(), err
	case "hurried":
		ctx, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
		return tty.ReadLine(ctx, "Never seen: ")
	case "queue":
		return "", queueTwice(ctx, tty)
	}
	return "", errors.New("no such step")
}

// queueTwice queues for the terminal as two processes would.
func queueTwice(ctx context.Context, first *Terminal) error {
	second, err := Open()
	if err != nil {
		return err
	}
	defer second.Close()
	leave, err := first.queue(ctx)
	if err != nil {
		return err
	}
	short, cancel := context.WithTimeout(ctx, 3*queueTestInterval)
	defer cancel()
	if _, err := second.queue(short); !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("two at once: %v", err)
	}
	leave()
	_, err = second.queue(ctx)
	return err
}

const queueTestInterval = 20 * time.Millisecond

func outcome(text string, err error) string {
	var names []string
	for _, kind := range []struct {
		err  error
		name string
	}{{ErrNone, "none"}, {ErrBackground, "background"}, {ErrCancelled, "cancelled"}, {errTooLong, "too long"},
		{context.Canceled, "context canceled"}, {context.DeadlineExceeded, "deadline"}} {
		if errors.Is(err, kind.err) {
			names = append(names, kind.name)
		}
	}
	switch {
	case err == nil:
		return fmt.Sprintf("%q", text)
	case text != "" && text != "false":
		return fmt.Sprintf("%q with %v", text, err)
	case names == nil:
		return err.Error()
	}
	return strings.Join(names, ", ")
}

// asker is the program that takes the steps. Everything but the terminal is
// captured, as an AWS SDK does it.
type asker struct {
	*exec.Cmd
	stdin          *os.File
	stdout, stderr strings.Builder
}

const stdinData = "data of the caller's pipe\n"

func newAsker(t *testing.T, steps ...string) *asker {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := write.WriteString(stdinData); err != nil {
		t.Fatal(err)
	}
	_ = write.Close()
	t.Cleanup(func() { _ = read.Close() })

	a := &asker{Cmd: exec.Command(os.Args[0], steps...), stdin: read}
	a.Env = append(os.Environ(), askerVariable+"=1", termtest.QuickExit)
	a.Stdin, a.Stdout, a.Stderr = read, &a.stdout, &a.stderr
	return a
}
