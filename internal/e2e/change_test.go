//go:build unix

package e2e

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/ststest"
)

// withoutDevice is the JSON of a user's key that names no MFA device: IAM is
// asked for it.
func withoutDevice(u *ststest.User) string {
	return strings.Replace(lab.KeyJSON(u, false), u.MFASerial, "", 1)
}

func forbidListing(l *lab.Lab) {
	l.AWS.Inject(ststest.Fault{Action: "ListMFADevices", Status: 403, Code: "AccessDenied", Message: "not authorized"})
}

// Another user's key, stored while the old one's session is being minted: what
// comes out of that mint is not kept.
func TestAnotherKeyDuringAMint(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	forbidListing(l)
	alice, bob := l.AWS.AddUser("alice"), l.AWS.AddUser("bob")
	if r := l.Run(withoutDevice(alice), "add", "work", "--stdin"); r.Err != nil {
		t.Fatal(r.Stderr)
	}
	l.AWS.Inject(ststest.Fault{Action: "GetSessionToken", Times: 1, Delay: 2 * time.Second})
	minting := make(chan lab.Result, 1)
	go func() { minting <- l.Run("", "process", "work") }()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := l.AWS.WaitFor(ctx, "GetSessionToken", 1); err != nil {
		t.Fatal(err)
	}
	if r := l.Run(withoutDevice(bob), "add", "work", "--stdin", "--force"); r.Err != nil {
		t.Fatal(r.Stderr)
	}
	old := succeeded(t, <-minting)
	if now := succeeded(t, l.Run("", "process", "work")); now == old {
		t.Error("the old user's session is served for the new user's key")
	}
	wantCalls(t, l.AWS, "GetSessionToken", 2)
}

// Another user's key takes the old user's seed and device along.
func TestAnotherKeyForgetsTheSeed(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	bob := l.AWS.AddUser("bob")
	r := l.Run(withoutDevice(bob), "add", "work", "--stdin", "--force")
	if r.Err != nil || !strings.Contains(r.Stdout, bob.MFASerial) {
		t.Fatalf("status %d, stdout %q, stderr %q", r.Status, r.Stdout, r.Stderr)
	}
	failed(t, l.Run("", "process", "work"), 3, bob.MFASerial, "no seed is stored")
	wantCalls(t, l.AWS, "GetSessionToken", 0)
}

// That nobody can be asked is said at once, and not after the half minute that
// the device's next code takes: the device shows the same code afterwards. Near
// the end of a step that proves nothing, so it is tried in the next one too.
func TestNobodyToAskAfterAUsedStep(t *testing.T) {
	t.Parallel()
	l, alice := withKey(t, true)
	if err := l.Add("plain", alice, false); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if r := l.Run("", "login", "work", "--force"); r.Err != nil {
			t.Fatal(r.Stderr)
		}
		before := code(alice)
		failed(t, l.Run("", "process", "plain"), 3, "awsmint login plain")
		if code(alice) == before {
			return
		}
	}
	t.Error("the run waited for the next step to say that nobody can be asked")
}

// Whatever blocks, a signal ends it.
func TestSignalsEndABlockedRun(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	fifo := filepath.Join(l.Dir, "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	held, err := os.OpenFile(fifo, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	reader, err := os.Open(fifo)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()

	cmd := l.Command(context.Background(), l.Binary, "add", "other", "--stdin")
	cmd.Stdin = reader
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waitUntilRead(t, cmd.Process.Pid)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		_ = cmd.Process.Kill()
		t.Error("SIGTERM did not end it")
	}
}

// waitUntilRead waits until a process has caught its signals and sleeps in a
// read of standard input.
func waitUntilRead(t *testing.T, pid int) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		stacks, _ := filepath.Glob(filepath.Join("/proc", strconv.Itoa(pid), "task", "*", "syscall"))
		for _, stack := range stacks {
			// read(2) is 0 on amd64 and 63 on arm64; the first argument is 0.
			text, _ := os.ReadFile(stack)
			if strings.HasPrefix(string(text), "0 0x0 ") || strings.HasPrefix(string(text), "63 0x0 ") {
				return
			}
		}
	}
	t.Fatal("it does not read")
}

// nohup's protection holds.
func TestIgnoredSignalStaysIgnored(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	l.AWS.Inject(ststest.Fault{Action: "GetSessionToken", Times: 1, Delay: time.Second})
	r := make(chan lab.Result, 1)
	go func() {
		r <- l.RunProgram("", "/bin/sh", "-c", `trap "" HUP; `+l.Binary+` process work & pid=$!; echo $pid > `+l.Dir+`/pid; wait $pid`)
	}()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := l.AWS.WaitFor(ctx, "GetSessionToken", 1); err != nil {
		t.Fatal(err)
	}
	pid, err := os.ReadFile(l.Dir + "/pid")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := lab.Output("/bin/sh", "-c", "kill -HUP "+strings.TrimSpace(string(pid))); err != nil {
		t.Fatal(out)
	}
	succeeded(t, <-r)
}

// A command that prints the passphrase and needs the profile for it is stopped
// before it waits for its own parent.
func TestPassphraseCommandThatNeedsTheProfile(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	l.Set("AWSMINT_PASSPHRASE", "")
	l.Set("AWSMINT_KERNEL_KEYRING", "off")
	inner := filepath.Join(l.Dir, "inner")
	l.Set("AWSMINT_PASSPHRASE_COMMAND", l.Binary+" process work 2>"+inner)
	if r := l.Run("", "process", "work"); r.Err == nil || r.Stdout != "" {
		t.Errorf("status %d, stdout %q", r.Status, r.Stdout)
	}
	said, err := os.ReadFile(inner)
	if err != nil || !strings.Contains(string(said), "work → work") {
		t.Errorf("the inner run said %q, %v", said, err)
	}
}

// Services have no HOME; the system knows where their user's is.
func TestNoHome(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.Set("HOME", "")
	l.Set("AWS_CONFIG_FILE", "/dev/null")
	l.Set("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
	l.Set("AWSMINT_CACHE_DIR", filepath.Join(l.Dir, "cache"))
	l.Set("AWSMINT_VAULT", filepath.Join(l.Dir, "vault.json"))
	l.Set("XDG_CONFIG_HOME", "relative")
	if r := l.Run("", "list"); r.Err != nil || !strings.Contains(r.Stdout, "no profiles yet") {
		t.Errorf("status %d, stdout %q, stderr %q", r.Status, r.Stdout, r.Stderr)
	}
}
