package dotenv_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/dotenv"
)

// The test binary is also the other processes of these tests: with
// editorVariable set it sets variables in that file, with writerVariable it
// rewrites that file until it is killed or its parent is gone.
const (
	editorVariable  = "DOTENV_TEST_EDIT"
	writerVariable  = "DOTENV_TEST_WRITE"
	lockDirVariable = "DOTENV_TEST_LOCKS"
)

func TestMain(m *testing.M) {
	lockDir := os.Getenv(lockDirVariable)
	if path := os.Getenv(editorVariable); path != "" {
		for i := range editsPerProcess {
			setOne(path, lockDir, fmt.Sprintf("P_%s_%d", os.Args[1], i))
		}
		return
	}
	if path := os.Getenv(writerVariable); path != "" {
		rewrite(path, lockDir)
		return
	}
	os.Exit(m.Run())
}

const (
	editors         = 4
	editsPerProcess = 8
	goroutines      = 20
)

func setOne(path, lockDir, name string) {
	err := dotenv.Update(context.Background(), path, lockDir, func(data []byte) ([]byte, error) {
		return dotenv.Set(data, vars(name+"=1"))
	})
	if err != nil {
		panic(err)
	}
}

func TestConcurrentEditorsLoseNothing(t *testing.T) {
	path, lockDir := filepath.Join(t.TempDir(), ".env"), t.TempDir()
	var want []string
	var wait sync.WaitGroup
	for i := range editors {
		cmd := exec.Command(os.Args[0], strconv.Itoa(i))
		cmd.Env = append(os.Environ(), editorVariable+"="+path, lockDirVariable+"="+lockDir)
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		wait.Go(func() {
			if err := cmd.Wait(); err != nil {
				t.Errorf("an editing process: %v", err)
			}
		})
		for j := range editsPerProcess {
			want = append(want, fmt.Sprintf("P_%d_%d", i, j))
		}
	}
	for i := range goroutines {
		name := fmt.Sprintf("G_%d", i)
		want = append(want, name)
		wait.Go(func() { setOne(path, lockDir, name) })
	}
	wait.Wait()

	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range want {
		if _, ok := dotenv.Lookup(data, name); !ok {
			t.Errorf("%s is lost", name)
		}
	}
}

func TestAHeldLockIsWaitedForAndThenTold(t *testing.T) {
	path, lockDir := filepath.Join(t.TempDir(), ".env"), t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	err := dotenv.Update(ctx, path, lockDir, func(data []byte) ([]byte, error) {
		cancel() // within the lock, so that the second finds it held
		inner := dotenv.Update(ctx, path, lockDir, set("inner"))
		if inner == nil || !strings.Contains(inner.Error(), "is held by process") {
			t.Errorf("a second editor within the lock: %v", inner)
		}
		return set("outer")(data)
	})
	if err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	wantFile(t, path, "A=outer\n", 0o600)
}

// rewrite counts in the file, and says so once it has begun.
func rewrite(path, lockDir string) {
	gone := make(chan struct{})
	go func() {
		_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
		close(gone)
	}()
	for i := 0; ; i++ {
		select {
		case <-gone:
			return
		default:
		}
		if err := dotenv.Update(context.Background(), path, lockDir, set(strconv.Itoa(i))); err != nil {
			panic(err)
		}
		if i == 0 {
			fmt.Println("writing")
		}
	}
}

func TestAKilledWriterLeavesTheOldFileOrTheNew(t *testing.T) {
	dir, lockDir := t.TempDir(), t.TempDir()
	path := filepath.Join(dir, ".env")
	rest := strings.Repeat("X=\"what is not ours\"\n", 3000)
	writeFile(t, path, "A=0\n"+rest)

	for round := range 25 {
		writer := exec.Command(os.Args[0])
		writer.Env = append(os.Environ(), writerVariable+"="+path, lockDirVariable+"="+lockDir)
		writer.Stderr = os.Stderr
		stdin, err := writer.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		stdout, err := writer.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := writer.Start(); err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(stdout).ReadString('\n')
		// Each round ends at another instant of a write.
		kill := time.AfterFunc(time.Duration(round)*173*time.Microsecond, func() { _ = writer.Process.Kill() })
		_ = writer.Wait()
		kill.Stop()
		_ = stdin.Close()
		if line != "writing\n" {
			t.Fatalf("the writer said %q, %v", line, err)
		}

		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		count, ok := strings.CutSuffix(strings.TrimPrefix(string(text), "A="), "\n"+rest)
		if _, err := strconv.Atoi(count); !ok || err != nil {
			t.Fatalf("round %d: the file is a mixture: %d bytes, begins %.60q", round, len(text), text)
		}
	}

	// The next editor finds the lock free, and clears up.
	if err := dotenv.Update(context.Background(), path, lockDir, set("done")); err != nil {
		t.Fatal(err)
	}
	wantFile(t, path, "A=done\n"+rest, 0o600)
	wantEntries(t, dir, 1)
}
