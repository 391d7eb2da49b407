//go:build unix

package e2e

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/ststest"
)

// processes is how many programs ask at once.
const processes = 100

// all runs "awsmint process work" in n processes at once.
func all(l *lab.Lab, n int) []lab.Result {
	results := make([]lab.Result, n)
	var group sync.WaitGroup
	for i := range results {
		group.Go(func() { results[i] = l.Run("", "process", "work") })
	}
	group.Wait()
	return results
}

func wantEqual(t *testing.T, results []lab.Result) {
	t.Helper()
	for _, r := range results {
		succeeded(t, r)
		if r.Stdout != results[0].Stdout {
			t.Fatal("two processes got different credentials")
		}
	}
}

// A hundred cold processes with codes that work once: one call to AWS.
func TestOneMintServesAHundredProcesses(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	wantEqual(t, all(l, processes))
	wantCalls(t, l.AWS, "GetSessionToken", 1)
	wantEqual(t, all(l, processes))
	wantCalls(t, l.AWS, "GetSessionToken", 1)
}

// The process that mints is killed while AWS thinks: the lock goes with it, one
// of the others mints with the next code, and all have an answer.
func TestKilledHolderStopsNobody(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	l.AWS.Inject(ststest.Fault{Action: "GetSessionToken", Times: 1, Hang: true})

	holder := l.Command(context.Background(), l.Binary, "process", "work")
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := l.AWS.WaitFor(ctx, "GetSessionToken", 1); err != nil {
		t.Fatal(err)
	}
	waiting := make(chan []lab.Result, 1)
	go func() { waiting <- all(l, processes-1) }()
	waitForWaiters(t, ctx, l, 10)
	if err := holder.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = holder.Wait()

	wantEqual(t, <-waiting)
	wantCalls(t, l.AWS, "GetSessionToken", 2)
}

// waitForWaiters waits until n processes of the lab wait beside the first.
func waitForWaiters(t *testing.T, ctx context.Context, l *lab.Lab, n int) {
	t.Helper()
	for ctx.Err() == nil {
		running := 0
		environs, _ := filepath.Glob("/proc/[0-9]*/environ")
		for _, environ := range environs {
			if data, _ := os.ReadFile(environ); strings.Contains(string(data), "HOME="+l.Home+"\x00") {
				running++
			}
		}
		if running > n {
			return
		}
	}
	t.Fatal("no processes came to wait for the lock")
}
