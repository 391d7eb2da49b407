package filelock_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/filelock"
)

// holderEnv makes the test binary a process that takes the lock it names, says
// so, and waits to be killed.
const holderEnv = "FILELOCK_TEST_HOLD"

func TestMain(m *testing.M) {
	if path := os.Getenv(holderEnv); path != "" {
		if _, err := filelock.Lock(context.Background(), path); err != nil {
			panic(err)
		}
		fmt.Println("locked")
		// The lock goes with the process: its parent kills it, or goes away.
		_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
		return
	}
	os.Exit(m.Run())
}

func TestKilledHolderLetsGo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	holder := exec.Command(os.Args[0])
	holder.Env = append(os.Environ(), holderEnv+"="+path)
	stdin, err := holder.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	stdout, err := holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "locked\n" {
		t.Fatalf("the holder said %q, %v", line, err)
	}

	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
	defer cancel()
	_, err = filelock.Lock(ctx, path)
	var held *filelock.HeldError
	if !errors.As(err, &held) || held.PID != holder.Process.Pid || !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("got %v; want a HeldError that names process %d", err, holder.Process.Pid)
	}

	if err := holder.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = holder.Wait()
	unlock, err := filelock.Lock(context.Background(), path)
	if err != nil {
		t.Fatalf("the lock outlived its holder: %v", err)
	}
	unlock()
}

func TestOneHolderAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	const holders = 20
	inside := make(chan struct{}, 1)
	errs := make(chan error, holders)
	for range holders {
		go func() {
			unlock, err := filelock.Lock(context.Background(), path)
			if err == nil {
				select {
				case inside <- struct{}{}:
					<-inside
				default:
					err = errors.New("two holders at once")
				}
				unlock()
			}
			errs <- err
		}()
	}
	for range holders {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

func TestLinkInTheLocksPlace(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has, for most users, no symbolic links")
	}
	dir := t.TempDir()
	target, link := filepath.Join(dir, "precious"), filepath.Join(dir, "lock")
	if err := os.WriteFile(target, []byte("somebody's text"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, link); err != nil {
		t.Skip(err)
	}
	if unlock, err := filelock.Lock(context.Background(), link); err == nil {
		unlock()
		t.Error("a link was taken for a lock")
	}
	if text, err := os.ReadFile(target); err != nil || string(text) != "somebody's text" {
		t.Errorf("its target holds %q, %v", text, err)
	}
}

func TestUnusablePath(t *testing.T) {
	_, err := filelock.Lock(context.Background(), filepath.Join(t.TempDir(), "no", "such", "dir"))
	var held *filelock.HeldError
	if err == nil || errors.As(err, &held) {
		t.Errorf("got %v; want an error that is not a HeldError", err)
	}
}
