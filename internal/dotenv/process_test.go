package dotenv_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/atomicfile/editortest"
	"github.com/awsmint/awsmint/internal/dotenv"
)

var concurrent = editortest.Edits{
	Add: func(path, name string) error {
		return dotenv.Update(context.Background(), path, locksFor(path), func(data []byte) ([]byte, error) {
			return dotenv.Set(data, vars(name+"=1"))
		})
	},
	Count: func(path string, n int) error {
		return dotenv.Update(context.Background(), path, locksFor(path), set(strconv.Itoa(n)))
	},
}

// locksFor is the directory that all editors of a file have their locks in.
func locksFor(path string) string { return filepath.Dir(path) + ".locks" }

func TestMain(m *testing.M) { os.Exit(concurrent.Main(m)) }

func TestConcurrentEditorsLoseNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), ".env")
	want := concurrent.Crowd(t, path)
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

func TestAKilledWriterLeavesTheOldFileOrTheNew(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "project")
	path := filepath.Join(dir, ".env")
	rest := strings.Repeat("X=\"what is not ours\"\n", 3000)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	writeFile(t, path, "A=0\n"+rest)

	for round := range editortest.Rounds {
		concurrent.Killed(t, path, round)
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
	if err := dotenv.Update(context.Background(), path, locksFor(path), set("done")); err != nil {
		t.Fatal(err)
	}
	wantFile(t, path, "A=done\n"+rest, 0o600)
	wantEntries(t, dir, 1)
}
