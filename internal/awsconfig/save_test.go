package awsconfig

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/filelock"
)

var work = ConfigProfile("work")

func TestLoadReadsBothFiles(t *testing.T) {
	paths := Paths{filepath.Join(t.TempDir(), "config"), filepath.Join(t.TempDir(), "credentials")}
	if c, err := Load(paths); err != nil || len(c.Profiles()) != 0 {
		t.Fatalf("missing files: %v", err)
	}
	if c, err := Load(Paths{}); err != nil || len(c.Profiles()) != 0 {
		t.Fatalf("no files named: %v", err)
	}
	writeFile(t, paths.Config, "[profile a]\nx = 1\n")
	writeFile(t, paths.Credentials, "[a]\n\ny = 2\njunk\n")
	c, err := Load(paths)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Profile("a")
	wantFault(t, err, fault.Failure, paths.Credentials+":4: ")
	writeFile(t, paths.Credentials, "[a]\n\ny = 2\n")
	if c, err = Load(paths); err != nil {
		t.Fatal(err)
	}
	s, err := c.Profile("a")
	if err != nil || origin(s, "y") != paths.Credentials+":3" || origin(s, "x") != paths.Config+":2" {
		t.Errorf("y stands in %s, x in %s, %v", origin(s, "y"), origin(s, "x"), err)
	}
	writeFile(t, paths.Config, "\nx\n")
	_, err = Load(paths)
	wantFault(t, err, fault.Failure, paths.Config+":2: ")
}

func TestUnusableFilesAreNamed(t *testing.T) {
	dir := t.TempDir()
	large := filepath.Join(dir, "large")
	writeFile(t, large, "[a]\n")
	if err := os.Truncate(large, maxSize+1); err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(dir, "broken")
	writeFile(t, broken, "[a\n")
	for path, want := range map[string]string{dir: "is a directory, not a config file", large: "larger than 16 MiB", broken: ":1: profile definition must end"} {
		_, err := Load(Paths{Credentials: path})
		wantFault(t, err, fault.Failure, want)
		wantFault(t, err, fault.Failure, path)
		_, err = Load(Paths{Config: path})
		wantFault(t, err, fault.Failure, want)
		d, err := Open(path)
		wantFault(t, err, fault.Failure, want)
		if d != nil {
			t.Error("a document came with the error")
		}
		wantFault(t, Update(context.Background(), path, setKey("v")), fault.Failure, path)
	}
	if err := os.Truncate(large, maxSize); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(Paths{Config: large}); err != nil {
		t.Errorf("a file of just the limit: %v", err)
	}
	wantFault(t, Update(context.Background(), large, setKey("v")), fault.Failure, "larger than 16 MiB")
}

func TestSaveMakesFileAndDirectory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "home", ".aws", "config")
	d, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, value := range []string{"one", "two"} {
		if err := d.Set(work, "k", value); err != nil {
			t.Fatal(err)
		}
		if err := d.Save(context.Background()); err != nil {
			t.Fatal(err)
		}
		wantContent(t, path, "[profile work]\nk = "+value+"\n")
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 2 || entries[0].Name() != lockName {
		t.Errorf("the directory holds %v, %v; want the lock and the file", entries, err)
	}
}

func TestNothingChangedNothingWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), ".aws")
	path := filepath.Join(dir, "config")
	nothing := func(d *Document) error {
		d.Remove(work, "k")
		return nil
	}
	if err := Update(context.Background(), path, nothing); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Error("the directory was made for nothing")
	}

	if err := Update(context.Background(), path, setKey("v")); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, lockName)); err != nil {
		t.Fatal(err)
	}
	if err := Update(context.Background(), path, setKey("v")); err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(path)
	if err != nil || !os.SameFile(before, after) {
		t.Error("the file was replaced by one with the same content")
	}
	if _, err := os.Stat(filepath.Join(dir, lockName)); !errors.Is(err, os.ErrNotExist) {
		t.Error("the lock was taken for nothing")
	}
}

func TestSaveRefusesAChangedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config")
	for _, before := range []string{"", "[profile work]\nk = 1\n"} {
		writeFile(t, path, before)
		d, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Set(work, "k", "v"); err != nil {
			t.Fatal(err)
		}
		const theirs = "[profile work]\nk = 2\n"
		writeFile(t, path, theirs)
		err = d.Save(context.Background())
		if !errors.Is(err, ErrChanged) {
			t.Fatalf("got %v", err)
		}
		wantFault(t, err, fault.Failure, "was changed by another program")
		wantContent(t, path, theirs)
	}
}

func TestUpdateEditsAgainWhatChanged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config")
	writeFile(t, path, "[a]\n")
	calls := 0
	err := Update(context.Background(), path, func(d *Document) error {
		if calls++; calls <= 2 {
			writeFile(t, path, strings.Repeat("# theirs\n", calls)+"[a]\n")
		}
		return d.Set(work, "k", "v")
	})
	if err != nil || calls != 3 {
		t.Errorf("%d calls, %v", calls, err)
	}
	wantContent(t, path, "# theirs\n# theirs\n[a]\n\n[profile work]\nk = v\n")

	calls = 0
	err = Update(context.Background(), path, func(d *Document) error {
		calls++
		writeFile(t, path, strings.Repeat("# theirs\n", calls)+"[a]\n")
		return d.Set(work, "k", "w")
	})
	if !errors.Is(err, ErrChanged) || calls > 10 {
		t.Errorf("against a restless writer: %d calls, %v", calls, err)
	}
	wantContent(t, path, strings.Repeat("# theirs\n", calls)+"[a]\n")
}

func TestUpdateHandsOnTheEditsError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config")
	no := errors.New("no")
	err := Update(context.Background(), path, func(d *Document) error {
		if err := d.Set(work, "k", "v"); err != nil {
			t.Error(err)
		}
		return no
	})
	if !errors.Is(err, no) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Error("the file was written")
	}
}

func TestHeldLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config")
	writeFile(t, path, "[a]\n")
	unlock, err := filelock.Lock(context.Background(), filepath.Join(filepath.Dir(path), lockName))
	if err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	err = Update(short, path, setKey("v"))
	wantFault(t, err, fault.Failure, path)
	wantFault(t, err, fault.Failure, "is held by process")

	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	wantFault(t, Update(cancelled, path, setKey("v")), fault.Person, path)
	wantContent(t, path, "[a]\n")

	// One who waits goes on as soon as the lock is free.
	done := make(chan error)
	go func() { done <- Update(context.Background(), path, setKey("v")) }()
	unlock()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	wantContent(t, path, "[a]\n\n[profile work]\nk = v\n")
}

func TestSaveSweepsWhatKilledRunsLeft(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "config")
	for _, name := range []string{".config.awsmint-tmp-1", ".config.awsmint-tmp-2", ".credentials.awsmint-tmp-3", ".config.awsmint-mine", ".config.swp"} {
		writeFile(t, filepath.Join(dir, name), "x")
	}
	if err := Update(context.Background(), path, setKey("v")); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	if got, want := strings.Join(names, " "), lockName+" .config.awsmint-mine .config.swp .credentials.awsmint-tmp-3 config"; got != want {
		t.Errorf("the directory holds %s; want %s", got, want)
	}
}

func TestDocumentWithoutAFileIsNotSaved(t *testing.T) {
	d := NewDocument(nil)
	if err := d.Save(context.Background()); err != nil {
		t.Errorf("unchanged: %v", err)
	}
	if err := d.Set(work, "k", "v"); err != nil {
		t.Fatal(err)
	}
	if err := d.Save(context.Background()); err == nil {
		t.Error("it was saved to nowhere")
	}
}

func setKey(value string) func(*Document) error {
	return func(d *Document) error { return d.Set(work, "k", value) }
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func wantContent(t *testing.T, path, want string) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s holds %q, %v; want %q", path, got, err, want)
	}
}
