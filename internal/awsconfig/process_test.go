package awsconfig

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/atomicfile/editortest"
)

var concurrent = editortest.Edits{
	Add: func(path, name string) error {
		return Update(context.Background(), path, func(d *Document) error {
			return d.Set(ConfigProfile(name), "k", name)
		})
	},
	Count: func(path string, n int) error {
		return Update(context.Background(), path, setKey(strconv.Itoa(n)))
	},
}

func TestMain(m *testing.M) { os.Exit(concurrent.Main(m)) }

func TestConcurrentEditorsLoseNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), ".aws", "config")
	want := concurrent.Crowd(t, path)

	config, err := Load(Paths{Config: path})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range want {
		if s, err := config.Profile(name); err != nil || s.Get("k") != name {
			t.Errorf("lost: %v", err)
		}
	}
	if got := len(config.Profiles()); got != len(want) {
		t.Errorf("%d profiles, want %d", got, len(want))
	}
}

func TestKilledWriterLeavesTheOldFileOrTheNew(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "config")
	rest := manyProfiles(300)
	const section = "[profile work]\nk = "
	writeFile(t, path, section+"0\n\n"+rest)

	for round := range editortest.Rounds {
		concurrent.Killed(t, path, round)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		count, ok := strings.CutSuffix(strings.TrimPrefix(string(text), section), "\n\n"+rest)
		if _, err := strconv.Atoi(count); !ok || err != nil {
			t.Fatalf("round %d: the file is a mixture: %d bytes, begins %.60q", round, len(text), text)
		}
	}

	// The next editor finds the lock free, and clears up.
	if err := Update(context.Background(), path, setKey("done")); err != nil {
		t.Fatal(err)
	}
	wantContent(t, path, section+"done\n\n"+rest)
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 {
		t.Errorf("the directory holds %v, %v; want the lock and the file", entries, err)
	}
}
