//go:build unix

package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/lab"
)

// killAfter runs awsmint and kills it after a while, unless it was quicker.
// It reports whether it was killed.
func killAfter(t *testing.T, l *lab.Lab, stdin string, delay time.Duration, args ...string) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), delay)
	defer cancel()
	cmd := l.Command(ctx, l.Binary, args...) // killed by SIGKILL when ctx ends
	return lab.Finish(cmd, stdin).Status == -1
}

// delays spreads n moments over a span, in random order: the steps of a run are
// of very different lengths, and the moments between must not be missed.
func delays(n int, span time.Duration) []time.Duration {
	out := make([]time.Duration, n)
	for i := range out {
		out[i] = span * time.Duration(i+1) / time.Duration(n)
	}
	rand.Shuffle(n, func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

const kills = 40

// A mint killed at any moment leaves no corrupt file, and the next run works.
func TestKilledMint(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, false)
	// Without MFA, so that no run has to wait for the next code.
	edit(t, l.ConfigFile(), "awsmint_mfa_serial", "# awsmint_mfa_serial")
	span := 2 * l.Run("", "process", "work").Took
	killed := 0
	for _, delay := range delays(kills, span) {
		if r := l.Run("", "logout", "work"); r.Err != nil {
			t.Fatal(r.Stderr)
		}
		if killAfter(t, l, "", delay, "process", "work") {
			killed++
		}
		succeeded(t, l.Run("", "process", "work"))
	}
	t.Logf("%d of %d runs were killed within %v", killed, kills, span)
	if killed == 0 {
		t.Error("no run was killed: the test shows nothing")
	}
}

// A mint with a code, killed at any moment: the device's memory is whole, its
// lock is free, and the next run mints, with the next code if this one was sent.
func TestKilledMintWithACode(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	span := 2 * l.Run("", "process", "work").Took
	const users = 12
	var killed atomic.Int32
	var group sync.WaitGroup
	for i, delay := range delays(users, span) {
		profile := fmt.Sprintf("p%d", i)
		if err := l.Add(profile, l.AWS.AddUser(profile), true); err != nil {
			t.Fatal(err)
		}
		group.Go(func() {
			if killAfter(t, l, "", delay, "process", profile) {
				killed.Add(1)
			}
			r := l.Run("", "process", profile)
			if r.Err != nil || !strings.HasPrefix(r.Stdout, `{"Version":1,`) {
				t.Errorf("%s, killed after %v: status %d, stderr %q", profile, delay, r.Status, r.Stderr)
			}
		})
	}
	group.Wait()
	t.Logf("%d of %d runs were killed within %v", killed.Load(), users, span)
	if killed.Load() == 0 {
		t.Error("no run was killed: the test shows nothing")
	}
}

// An add killed at any moment: the config file is whole, a key that was stored
// is not lost, and the same command run again ends what was begun.
func TestKilledAdd(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	alice := l.AWS.AddUser("alice")
	const other = "# mine\n[profile other]\nregion = eu-west-1 ; home\n"
	if err := os.MkdirAll(l.Home+"/.aws", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(l.ConfigFile(), []byte(other), 0o600); err != nil {
		t.Fatal(err)
	}
	// The first makes the vault, which takes the longest by far.
	if err := l.Add("first", alice, true); err != nil {
		t.Fatal(err)
	}
	second := l.Run(lab.KeyJSON(alice, true), "add", "second", "--stdin")
	if second.Err != nil {
		t.Fatal(second.Stderr)
	}
	span := second.Took * 5 / 4
	killed := 0
	for _, delay := range delays(kills, span) {
		if killAfter(t, l, lab.KeyJSON(alice, true), delay, "add", "work", "--stdin") {
			killed++
		}
		config, err := os.ReadFile(l.ConfigFile())
		if err != nil || !strings.HasPrefix(string(config), other) {
			t.Fatalf("the config file lost something: %v\n%s", err, config)
		}
		listed := l.Run("", "list")
		if listed.Err != nil || !strings.Contains(listed.Stdout, "first") {
			t.Fatalf("list: %d %s%s", listed.Status, listed.Stdout, listed.Stderr)
		}
		// The same add goes on where the killed one stopped, unless that was
		// complete already.
		again := l.Run(lab.KeyJSON(alice, true), "add", "work", "--stdin")
		if again.Err != nil && !strings.Contains(again.Stderr, "is stored for profile") {
			t.Fatalf("add again: %d %s", again.Status, again.Stderr)
		}
		if r := l.Run("", "list"); strings.Count(r.Stdout, "…"+alice.AccessKeyID[16:]) != 3 {
			t.Fatalf("list: %s%s", r.Stdout, r.Stderr)
		}
		if r := l.Run("", "remove", "work", "--yes"); r.Err != nil {
			t.Fatal(r.Stderr)
		}
	}
	t.Logf("%d of %d runs were killed within %v", killed, kills, span)
	if killed == 0 {
		t.Error("no run was killed: the test shows nothing")
	}
	succeeded(t, l.Run("", "process", "first"))
}

func edit(t *testing.T, path, old, new string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(data), old) {
		t.Fatalf("%s lacks %q: %v", path, old, err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(data), old, new, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}
