//go:build unix

package e2e

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/lab"
)

// ways are the flags for the two ways in which a command runs: in awsmint's
// place, and beside it.
var ways = map[string][]string{"in its place": nil, "beside it": {"--server"}}

// bothWays runs a test for each.
func bothWays(t *testing.T, test func(t *testing.T, flags []string)) {
	t.Helper()
	for name, flags := range ways {
		t.Run(name, func(t *testing.T) { test(t, flags) })
	}
}

// execs are the arguments that run a command with the credentials of a profile.
func execs(flags []string, profile string, command ...string) []string {
	return slices.Concat([]string{"exec"}, flags, []string{profile, "--"}, command)
}

// environment is that of a command.
func environment(t *testing.T, l *lab.Lab, args ...string) map[string]string {
	t.Helper()
	r := l.Run("", append(args, "env", "-0")...)
	if r.Err != nil {
		t.Fatalf("%q: status %d, stderr %q", args, r.Status, r.Stderr)
	}
	set := map[string]string{}
	for entry := range strings.SplitSeq(strings.TrimSuffix(r.Stdout, "\x00"), "\x00") {
		name, value, _ := strings.Cut(entry, "=")
		if _, twice := set[name]; twice {
			t.Errorf("%s is there twice", name)
		}
		set[name] = value
	}
	return set
}

// The statuses of a command, and of one that a signal ends, are what a shell
// sees; awsmint adds no word.
func TestExecEndsAsTheCommandDoes(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	bothWays(t, func(t *testing.T, flags []string) {
		for script, want := range map[string]int{
			"exit 0": 0, "exit 1": 1, "exit 3": 3, "exit 126": 126, "exit 127": 127, "exit 130": 130, "exit 143": 143, "exit 255": 255,
			"kill -INT $$": 130, "kill -TERM $$": 143, "kill -KILL $$": 137,
		} {
			// The shell's own word for a signal goes nowhere.
			args := append([]string{"-c", `exec 3>&2 2>/dev/null; (exec "$@" 2>&3); exit $?`, "sh", l.Binary}, execs(flags, "work", "/bin/sh", "-c", script)...)
			if r := l.RunProgram("", "/bin/sh", args...); r.Status != want || r.Stdout != "" || r.Stderr != "" {
				t.Errorf("%s: status %d, want %d; stdout %q, stderr %q", script, r.Status, want, r.Stdout, r.Stderr)
			}
		}
	})
}

// Signals for awsmint are the command's, which may do with them what it likes.
func TestExecPassesSignalsOn(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	bothWays(t, func(t *testing.T, flags []string) {
		for i, signal := range []syscall.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM, syscall.SIGUSR1} {
			script := fmt.Sprintf(`trap 'echo heard; exit %d' %d; echo ready; while read -r line; do :; done`, 40+i, signal)
			c := begin(t, l, execs(flags, "work", "/bin/sh", "-c", script)...)
			c.wantLine(t, "ready")
			if err := c.cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			c.wantLine(t, "heard")
			c.end(t, 40+i)
		}
	})
}

// Nothing of what is piped through a command is lost, added or changed.
func TestExecLeavesTheStreamsAlone(t *testing.T) {
	t.Parallel()
	const size = 200 << 20
	l, _ := withKey(t, true)
	bothWays(t, func(t *testing.T, flags []string) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		cmd := l.Command(ctx, l.Binary, execs(flags, "work", "cat")...)
		in, out, count := sha256.New(), sha256.New(), &counter{}
		var stderr strings.Builder
		cmd.Stdin = io.TeeReader(io.LimitReader(rand.NewChaCha8([32]byte{}), size), in)
		cmd.Stdout, cmd.Stderr = io.MultiWriter(out, count), &stderr
		if err := cmd.Run(); err != nil || stderr.String() != "" {
			t.Fatalf("%v, stderr %q", err, stderr.String())
		}
		if count.n != size || !slices.Equal(in.Sum(nil), out.Sum(nil)) {
			t.Errorf("of %d bytes %d came back, and the sums are %x and %x", size, count.n, in.Sum(nil), out.Sum(nil))
		}
	})
}

type counter struct{ n int }

func (c *counter) Write(p []byte) (int, error) {
	c.n += len(p)
	return len(p), nil
}

// stale is an identity that the caller has from elsewhere.
var stale = map[string]string{
	"AWS_ACCESS_KEY_ID": "AKIASTALE", "AWS_SECRET_ACCESS_KEY": "stale", "AWS_SESSION_TOKEN": "stale", "AWS_SECURITY_TOKEN": "stale",
	"AWS_CREDENTIAL_EXPIRATION": "2001-01-01T00:00:00Z", "AWS_PROFILE": "nosuch", "AWS_DEFAULT_PROFILE": "nosuch",
	"AWS_ROLE_ARN": admin, "AWS_WEB_IDENTITY_TOKEN_FILE": "/no/such", "AWS_BEARER_TOKEN_BEDROCK": "stale",
	"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "stale",
	"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/stale", "AWS_VAULT": "stale",
}

// The command acts as the profile and as nobody else, and has no secret of
// awsmint's own. The rest of the environment is the caller's.
func TestExecEnvironment(t *testing.T) {
	t.Parallel()
	l, alice := withKey(t, true)
	session := succeeded(t, l.Run("", "process", "work"))
	for name, value := range stale {
		l.Set(name, value)
	}
	l.Set("AWSMINT_PASSPHRASE_COMMAND", "echo stale")
	l.Set("MINE", "with a space\nand a line")
	region := map[string]string{"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"}
	for _, c := range []struct {
		name  string
		flags []string
		want  map[string]string // besides the region; "*": any value
	}{
		{"variables", nil, map[string]string{
			"AWS_ACCESS_KEY_ID": session.AccessKeyID, "AWS_SECRET_ACCESS_KEY": session.SecretAccessKey, "AWS_SESSION_TOKEN": session.SessionToken,
			"AWS_CREDENTIAL_EXPIRATION": session.expires(t).Format("2006-01-02T15:04:05+00:00"),
		}},
		{"a server", []string{"--server"}, map[string]string{"AWS_CONTAINER_CREDENTIALS_FULL_URI": "*", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "*"}},
		{"a file", []string{"--env-file", filepath.Join(t.TempDir(), ".env")}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := environment(t, l, execs(c.flags, "work")...)
			want := map[string]string{"AWSMINT_PROFILE": "work", "AWSMINT_PASSPHRASE": "", "AWSMINT_PASSPHRASE_COMMAND": "", "AWSMINT_CHAIN": ""}
			for name := range stale {
				want[name] = ""
			}
			maps.Copy(want, region)
			maps.Copy(want, c.want)
			for name, value := range want {
				if text, there := got[name]; text != value && value != "*" || there != (value != "") {
					t.Errorf("%s is %q, want %q", name, text, value)
				}
			}
			for _, entry := range l.Environ() {
				name, value, _ := strings.Cut(entry, "=")
				if _, ours := want[name]; !ours && got[name] != value {
					t.Errorf("the caller's %s is %q, was %q", name, got[name], value)
				}
			}
			for name, value := range got {
				if holds([]byte(value), alice.SecretAccessKey) != "" || holds([]byte(value), lab.Passphrase) != "" {
					t.Errorf("%s holds a secret of awsmint's", name)
				}
			}
		})
	}
	wantCalls(t, l.AWS, "GetSessionToken", 1)
}

// The inner of two is the one that counts, whatever way each goes.
func TestExecInsideExec(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	if err := l.Add("other", l.AWS.AddUser("bob"), true); err != nil {
		t.Fatal(err)
	}
	edit(t, l.ConfigFile(), "[profile other]\nregion = eu-west-1", "[profile other]\nregion = us-west-2")
	other := succeeded(t, l.Run("", "process", "other"))
	file := filepath.Join(t.TempDir(), ".env")
	for _, outer := range [][]string{nil, {"--server"}, {"--env-file", file}, {"--region", "ap-south-1"}} {
		for _, inner := range [][]string{nil, {"--server"}, {"--env-file", file}} {
			got := environment(t, l, execs(outer, "work", append([]string{l.Binary}, execs(inner, "other")...)...)...)
			if got["AWSMINT_PROFILE"] != "other" || got["AWS_REGION"] != "us-west-2" || got["AWS_DEFAULT_REGION"] != "us-west-2" {
				t.Errorf("%q inside %q: profile %q in %q and %q", inner, outer, got["AWSMINT_PROFILE"], got["AWS_REGION"], got["AWS_DEFAULT_REGION"])
			}
			want := map[string]string{"AWS_ACCESS_KEY_ID": other.AccessKeyID}
			if inner != nil {
				want = map[string]string{"AWS_ACCESS_KEY_ID": ""}
			}
			if !slices.Equal(inner, []string{"--server"}) {
				want["AWS_CONTAINER_CREDENTIALS_FULL_URI"], want["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "", ""
			}
			for name, value := range want {
				if got[name] != value {
					t.Errorf("%q inside %q: %s is %q, want %q", inner, outer, name, got[name], value)
				}
			}
		}
	}
	// A profile inside itself is no loop.
	if r := l.Run("", execs(nil, "work", append([]string{l.Binary}, execs(nil, "work", "true")...)...)...); r.Err != nil {
		t.Error(r.Stderr)
	}
}

// Without a command it is the user's shell.
func TestExecRunsTheShell(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	shell := filepath.Join(t.TempDir(), "a shell")
	if err := lab.WriteProgram(shell, "#!/bin/sh\necho \"$0 with $# arguments for $AWSMINT_PROFILE\"\nexit 6\n"); err != nil {
		t.Fatal(err)
	}
	bothWays(t, func(t *testing.T, flags []string) {
		for _, dashes := range [][]string{nil, {"--"}} {
			args := slices.Concat([]string{"exec"}, flags, []string{"work"}, dashes)
			l.Set("SHELL", shell)
			if r := l.Run("", args...); r.Status != 6 || r.Stdout != shell+" with 0 arguments for work\n" {
				t.Errorf("status %d, stdout %q, stderr %q", r.Status, r.Stdout, r.Stderr)
			}
			l.Set("SHELL", "")
			if r := l.Run("echo plain $AWSMINT_PROFILE; exit 7\n", args...); r.Status != 7 || r.Stdout != "plain work\n" {
				t.Errorf("status %d, stdout %q, stderr %q", r.Status, r.Stdout, r.Stderr)
			}
		}
	})
}

// A command that one trusts less may do less, with a role and with a user's
// key, and may go on for as long.
func TestExecNarrowsWhatTheCommandMayDo(t *testing.T) {
	t.Parallel()
	l, _ := withRole(t)
	for _, profile := range []string{"prod", "work"} {
		for _, c := range []struct {
			flags []string
			want  []string
		}{
			{[]string{"--read-only"}, []string{readOnlyPolicy}},
			{[]string{"--policy-arn", bucketsPolicy}, []string{bucketsPolicy}},
			{[]string{"--policy-arn", bucketsPolicy, "--policy-arn", readOnlyPolicy}, []string{bucketsPolicy, readOnlyPolicy}},
		} {
			id := environment(t, l, execs(c.flags, profile)...)["AWS_ACCESS_KEY_ID"]
			if session, ok := l.AWS.Session(id); !ok || !slices.Equal(session.PolicyARNs, c.want) {
				t.Errorf("%s %q: %v, the policies %q", profile, c.flags, ok, session.PolicyARNs)
			}
			server := serve(t, l, profile, c.flags...)
			if session, ok := l.AWS.Session(server.credentials(t).AccessKeyID); !ok || !slices.Equal(session.PolicyARNs, c.want) {
				t.Errorf("%s %q --server: %v, the policies %q", profile, c.flags, ok, session.PolicyARNs)
			}
			server.end(t, 0)
		}
	}
}
