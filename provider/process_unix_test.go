//go:build unix

package provider_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

// tool is another program's credential_process: a script that runs lines, and
// notes each start.
type tool struct{ script, starts string }

func newTool(t *testing.T, lines ...string) *tool {
	t.Helper()
	dir := t.TempDir()
	p := &tool{filepath.Join(dir, "tool.sh"), filepath.Join(dir, "starts")}
	p.write(t, lines...)
	return p
}

func (p *tool) write(t *testing.T, lines ...string) {
	t.Helper()
	text := "echo >>" + p.starts + "\n" + strings.Join(lines, "\n") + "\n"
	if err := os.WriteFile(p.script, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// profile is the config of a profile "ext" that runs it.
func (p *tool) profile(more ...string) string {
	return "[profile ext]\nregion = eu-west-1\ncredential_process = /bin/sh " + p.script + "\n" + strings.Join(more, "\n") + "\n"
}

func (p *tool) wantStarts(t *testing.T, n int) {
	t.Helper()
	data, _ := os.ReadFile(p.starts)
	if got := strings.Count(string(data), "\n"); got != n {
		t.Errorf("the program was started %d times, want %d", got, n)
	}
}

// prints is a line of a script that prints credentials.
func prints(id, secret, more string) string {
	return fmt.Sprintf(`printf '%%s\n' '{"Version": 1, "AccessKeyId": "%s", "SecretAccessKey": "%s"%s}'`, id, secret, more)
}

const foreignSecret = "hunter2-secret"

// printsTemporary prints credentials that live for a while.
func (w *world) printsTemporary(life time.Duration) string {
	return prints("ASIAFOREIGN", foreignSecret, fmt.Sprintf(`, "SessionToken": "tiger-token", "Expiration": "%s", "AccountId": "999988887777"`,
		w.clock.Now().Add(life).Format(time.RFC3339)))
}

func TestProcessCredentialsAreCachedWhileTheySayTheyLast(t *testing.T) {
	w := newWorld(t)
	p := newTool(t, w.printsTemporary(time.Hour))
	want := aws.Credentials{
		AccessKeyID: "ASIAFOREIGN", SecretAccessKey: foreignSecret, SessionToken: "tiger-token", AccountID: "999988887777",
		Source: "awsmint", CanExpire: true, Expires: w.clock.Now().Add(time.Hour),
	}
	for range 2 {
		if got := w.mustAs(p.profile(), "ext"); got != want {
			t.Errorf("got %+v", got.Expires)
		}
	}
	p.wantStarts(t, 1)

	w.clock.advance(39 * time.Minute)
	w.mustAs(p.profile(), "ext")
	p.wantStarts(t, 1)
	w.clock.advance(2 * time.Minute)
	w.mustAs(p.profile(), "ext")
	p.wantStarts(t, 2)

	// The window is the profile's own.
	w.mustAs(p.profile("awsmint_expiry_window = 10m"), "ext")
	p.wantStarts(t, 2)

	// Another command is another entry.
	other := newTool(t, w.printsTemporary(time.Hour))
	w.mustAs(other.profile(), "ext")
	other.wantStarts(t, 1)
}

func TestProcessWithoutExpirationIsRunEachTime(t *testing.T) {
	w := newWorld(t)
	p := newTool(t, prints("ASIAFOREIGN", foreignSecret, `, "SessionToken": "tiger-token"`))
	for range 2 {
		if got := w.mustAs(p.profile(), "ext"); got.CanExpire || got.SessionToken != "tiger-token" {
			t.Errorf("got %v, expires %v", got.AccessKeyID, got.CanExpire)
		}
	}
	p.wantStarts(t, 2)
}

func TestProcessThatPrintsAPermanentKey(t *testing.T) {
	w := newWorld(t)
	w.sts.AddRole(ststest.Role{ARN: admin})
	p := newTool(t, prints(w.user.AccessKeyID, w.user.SecretAccessKey, ""))

	_, err := w.as(p.profile(), "ext")
	wantFault(t, err, fault.Usage, "permanent key", "--raw-key", "awsmint_mfa_serial")

	c, err := w.of(p.profile(), provider.Request{Profile: "ext", RawKey: true}).Retrieve(within(t))
	if err != nil || c.AccessKeyID != w.user.AccessKeyID || c.SessionToken != "" {
		t.Errorf("--raw-key: %q, %v", c.AccessKeyID, err)
	}

	made := w.mustAs(p.profile()+"[profile prod]\nregion = eu-west-1\nrole_arn = "+admin+"\nsource_profile = ext\n", "prod")
	if w.madeWith(made).SessionName != "alice" {
		t.Errorf("the role's session is %+v", w.madeWith(made))
	}

	// The seed is that of the profile.
	session := p.profile("awsmint_mfa = process", "awsmint_mfa_process = echo "+w.user.Code(w.clock.Now()), "mfa_serial = "+w.user.MFASerial)
	if c := w.mustAs(session, "ext"); c.SessionToken == "" {
		t.Error("no session was made of the key")
	}
	w.wantCalls(1)
}

func TestProcessGetsTheChainButNoStdinAndNoSecrets(t *testing.T) {
	w := newWorld(t)
	p := newTool(t,
		`test "$AWSMINT_CHAIN" = "a,ext" || { echo no chain >&2; exit 9; }`,
		`test -z "$AWSMINT_PASSPHRASE" || { echo a passphrase >&2; exit 9; }`,
		`test -z "$(cat)" || { echo something on stdin >&2; exit 9; }`,
		w.printsTemporary(time.Hour))
	_, err := w.as(p.profile(), "ext", func(o *provider.Options) {
		o.Environ = []string{"PATH=" + os.Getenv("PATH"), "AWSMINT_CHAIN=a,ext", "AWSMINT_PASSPHRASE=hunter2"}
	})
	if err != nil {
		t.Errorf("%v\n%s", err, fault.HintOf(err))
	}
}

func TestProcessFailuresAreToldApart(t *testing.T) {
	secret := prints("AKIAFOREIGN", foreignSecret, "")
	plain := filepath.Join(t.TempDir(), "plain")
	if err := os.WriteFile(plain, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	garbage := filepath.Join(t.TempDir(), "garbage")
	if err := os.WriteFile(garbage, []byte("hello"), 0o700); err != nil {
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
	w := newWorld(t)
	pipe := fifo(t)
	p := newTool(t, `(exec 9<>"`+pipe+`"; read line <&9) &`, w.printsTemporary(time.Hour))
	w.mustAs(p.profile(), "ext")
	if err := os.WriteFile(pipe, []byte("end\n"), 0); err != nil {
		t.Error(err)
	}
}

func TestProcessIsEndedWithAllThatItStarted(t *testing.T) {
	t.Run("when its time is up", func(t *testing.T) {
		_, err := endless(t, t.Context(), func() {}, brief)
		wantFault(t, err, fault.Failure, "not done in", "terminal")
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", errors.Unwrap(err))
		}
	})
	t.Run("when the run is cancelled", func(t *testing.T) {
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
	w := newWorld(t)
	pipe := fifo(t)
	p := newTool(t, `sh -c 'exec 9>"$0"; echo $$ >&9; sleep 1000; true' '`+pipe+`' | cat`)
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
	file, err := os.Open(pipe)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewReader(file)
	var pid int
	if _, err := fmt.Fscanln(lines, &pid); err != nil {
		t.Fatal(err)
	}
	started()
	got := <-answers
	ended := make(chan struct{})
	go func() {
		_, _ = lines.ReadString('\n')
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		_ = syscall.Kill(pid, syscall.SIGKILL)
		t.Error("a program that the command started lives on")
	}
	return got.Credentials, got.error
}

func fifo(t *testing.T) string {
	t.Helper()
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	return pipe
}

func TestProcessLinesThatCannotBeRead(t *testing.T) {
	for line, word := range map[string]string{
		`/bin/tool "a b`: "a quotation mark is not closed",
		`/bin/tool a'`:   "a quotation mark is not closed",
		`/bin/tool \`:    "a backslash stands at its end",
		`'' a`:           "it names no program",
	} {
		_, err := provider.Resolve(parsed(t, "[profile ext]\ncredential_process = "+line+"\n"), environment{}.get, provider.Request{Profile: "ext"})
		wantFault(t, err, fault.Usage, "config:2: credential_process in profile \"ext\"", word)
	}
}
