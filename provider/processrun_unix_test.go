//go:build unix

package provider_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/provider"
)

func TestProcessFailuresAreToldApart(t *testing.T) {
	secret := prints("AKIAFOREIGN", foreignSecret, "")
	plain := filepath.Join(t.TempDir(), "plain")
	if err := os.WriteFile(plain, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	garbage := filepath.Join(t.TempDir(), "garbage")
	if err := lab.WriteProgram(garbage, "hello"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		lines []string
		line  string // in place of a script
		words []string
	}{
		{"exit status", []string{secret, "echo the vault is locked >&2", "exit 3"}, "", []string{"exit status 3", "the vault is locked"}},
		{"exit status, nothing said", []string{"exit 4"}, "", []string{"exit status 4"}},
		{"a long complaint", []string{"for i in $(seq 5000); do echo line $i of many >&2; done; echo 'the last word' >&2; exit 1"}, "",
			[]string{"exit status 1 and says: …", "the last word"}},
		{"orders for a terminal", []string{`printf '\033[2J\033]0;title\007wiped\n\nout' >&2; exit 1`}, "", []string{"says: [2J ]0;title wiped out"}},
		{"a signal", []string{secret, "kill -9 $$"}, "", []string{"signal: killed"}},
		{"nothing printed", []string{"echo nobody is signed in >&2"}, "", []string{"printed nothing", "nobody is signed in"}},
		{"too much", []string{"head -c 70000 /dev/zero"}, "", []string{"more than 65536 bytes"}},
		{"no JSON", []string{"echo " + foreignSecret}, "", []string{"not one JSON object"}},
		{"wrong JSON", []string{secret, secret}, "", []string{"not one JSON object"}},
		{"not found", nil, "no-such-program-here --x", []string{`no program "no-such-program-here"`, "absolute path", "PATH"}},
		{"no such file", nil, "/no/such/program", []string{`no program "/no/such/program"`}},
		{"a tilde is no home", nil, "~/bin/tool", []string{`no program "~/bin/tool"`}},
		{"not executable", nil, plain, []string{"can't be executed", "chmod +x"}},
		{"a folder", nil, "/tmp", []string{"can't be executed"}},
		{"no program for this machine", nil, garbage, []string{"can't be started: exec format error", "#!"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			config := newTool(t, c.lines...).profile()
			if c.line != "" {
				config = "[profile ext]\ncredential_process = " + c.line + "\n"
			}
			_, err := w.as(config, "ext")
			wantFault(t, err, fault.Failure, append(c.words, `the credential_process of profile "ext" gave no credentials`)...)
			for e := err; e != nil; e = errors.Unwrap(e) {
				if strings.Contains(e.Error()+fault.HintOf(e), foreignSecret) {
					t.Errorf("a secret is in %q", e)
				}
			}
			if fault.HintOf(err) == "" {
				t.Error("no hint")
			}
		})
	}
}

// A program that leaves another one running, as some start an agent, has said
// what it has to say.
func TestProcessThatLeavesAnAgentBehind(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	p := newTool(t, `(exec 9<>"`+pipe+`"; read line <&9) &`, w.printsTemporary(time.Hour))
	w.mustAs(p.profile(), "ext")
	if err := os.WriteFile(pipe, []byte("end\n"), 0); err != nil {
		t.Error(err)
	}
}

func TestProcessIsEndedWithAllThatItStarted(t *testing.T) {
	t.Parallel()
	t.Run("when its time is up", func(t *testing.T) {
		t.Parallel()
		// It must have started by then.
		_, err := endless(t, t.Context(), func() {}, func(o *provider.Options) { o.Timeout = 2 * time.Second })
		wantFault(t, err, fault.Failure, "did not finish within", "terminal")
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", errors.Unwrap(err))
		}
	})
	t.Run("when the run's own time is up before", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		_, err := endless(t, ctx, func() {}, func(o *provider.Options) { o.Timeout = time.Minute })
		wantFault(t, err, fault.Failure, "did not finish within")
		if strings.Contains(err.Error(), "1m") {
			t.Errorf("the limit that is set is told, not the time that it ran: %v", err)
		}
	})
	t.Run("when the run is cancelled", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		_, err := endless(t, ctx, cancel)
		wantFault(t, err, fault.Person, "cancelled")
	})
}

// endless runs a program whose grandchild would run for ever, and waits for its
// end. started is called once it runs.
func endless(t *testing.T, ctx context.Context, started func(), change ...func(*provider.Options)) (aws.Credentials, error) {
	t.Helper()
	grandchild, err := lab.NewGrandchild(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	p := newTool(t, grandchild.Line())
	type answer struct {
		aws.Credentials
		error
	}
	answers := make(chan answer, 1)
	provider := w.of(p.profile(), provider.Request{Profile: "ext"}, change...)
	go func() {
		c, err := provider.Retrieve(ctx)
		answers <- answer{c, err}
	}()
	if err := grandchild.Await(); err != nil {
		t.Fatal(err)
	}
	started()
	got := <-answers
	if !grandchild.Ended(10 * time.Second) {
		t.Error("a program that the command started lives on")
	}
	return got.Credentials, got.error
}
