package dotenv_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/dotenv"
	"github.com/awsmint/awsmint/internal/fault"
)

// set returns an edit that sets A.
func set(value string) func([]byte) ([]byte, error) {
	return func(data []byte) ([]byte, error) { return dotenv.Set(data, vars("A="+value)) }
}

func update(t *testing.T, path string, edit func([]byte) ([]byte, error)) error {
	t.Helper()
	return dotenv.Update(context.Background(), path, t.TempDir(), edit)
}

func TestANewFileIsTheUsersAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), ".env.local")
	for _, lockDir := range []string{"", filepath.Join(t.TempDir(), "new"), os.Args[0]} {
		if err := dotenv.Update(context.Background(), path, lockDir, set("1")); err != nil {
			t.Fatal(err)
		}
		wantFile(t, path, "A=1\n", 0o600)
		wantEntries(t, filepath.Dir(path), 1)
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

func TestModeAndLinkStay(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has neither modes nor, for most users, symbolic links")
	}
	dir := t.TempDir()
	file, link := filepath.Join(dir, "shared.env"), filepath.Join(dir, ".env")
	writeFile(t, file, "A=old")
	if err := errors.Join(os.Chmod(file, 0o640), os.Symlink("shared.env", link)); err != nil {
		t.Fatal(err)
	}
	if err := update(t, link, set("1")); err != nil {
		t.Fatal(err)
	}
	wantFile(t, file, "A=1", 0o640)
	if target, err := os.Readlink(link); err != nil || target != "shared.env" {
		t.Errorf("the link leads to %q, %v", target, err)
	}
}

func TestNothingIsWrittenWhereNothingChanges(t *testing.T) {
	path := filepath.Join(t.TempDir(), ".env")
	writeFile(t, path, "A=1\n")
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := update(t, path, set("1")); err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(path)
	if err != nil || !os.SameFile(before, after) {
		t.Errorf("the file was replaced, %v", err)
	}
}

func TestAnEditMayWorkInPlace(t *testing.T) {
	path := filepath.Join(t.TempDir(), ".env")
	writeFile(t, path, "A=old\n")
	err := update(t, path, func(data []byte) ([]byte, error) {
		data[0] = 'B'
		return data, nil
	})
	if err != nil {
		t.Error(err)
	}
	wantFile(t, path, "B=old\n", 0o600)
}

// Credentials are worth more than the order of writers.
func TestAnUnusableLockIsDoneWithout(t *testing.T) {
	path, lockDir := filepath.Join(t.TempDir(), ".env"), t.TempDir()
	for _, value := range []string{"1", "2"} {
		if err := dotenv.Update(context.Background(), path, lockDir, set(value)); err != nil {
			t.Fatal(err)
		}
		wantFile(t, path, "A="+value+"\n", 0o600)
		locks, err := filepath.Glob(filepath.Join(lockDir, "dotenv-*.lock"))
		if err != nil || len(locks) != 1 {
			t.Fatalf("locks %q, %v", locks, err)
		}
		// A directory can't be locked.
		if err := errors.Join(os.Remove(locks[0]), os.Mkdir(locks[0], 0o700)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAFailedEditLeavesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), ".env")
	writeFile(t, path, "A=old\n")
	failure := errors.New("no")
	err := update(t, path, func(data []byte) ([]byte, error) {
		return []byte("A=new\n"), failure
	})
	if !errors.Is(err, failure) {
		t.Errorf("got %v", err)
	}
	wantFile(t, path, "A=old\n", 0o600)
}

// A program that takes no lock writes between the edit and the replacement.
func TestAnotherProgramsChangeIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), ".env")
	rounds := 0
	err := update(t, path, func(data []byte) ([]byte, error) {
		if rounds++; rounds == 1 {
			writeFile(t, path, "X=theirs\n")
		}
		return set("1")(data)
	})
	if err != nil || rounds != 2 {
		t.Errorf("%d rounds, %v", rounds, err)
	}
	wantFile(t, path, "X=theirs\nA=1\n", 0o600)

	rounds = 0
	err = update(t, path, func(data []byte) ([]byte, error) {
		rounds++
		writeFile(t, path, strings.Repeat("X=again\n", rounds))
		return set("2")(data)
	})
	if err == nil || !strings.Contains(err.Error(), "all the time") || rounds > 10 {
		t.Errorf("%d rounds, %v", rounds, err)
	}
	wantFile(t, path, strings.Repeat("X=again\n", rounds), 0o600)
}

func TestWhatIsNoEnvFileIsRefused(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct{ name, content, fact, hint string }{
		{"utf16", "\xff\xfeA\x00=\x001\x00", "is in UTF-16", "save it as UTF-8"},
		{"utf16be", "\xfe\xff\x00A", "is in UTF-16", "save it as UTF-8"},
		{"binary", "\x7fELF\x00", "is not a text file", "path"},
		{"large", strings.Repeat("A=1\n", 1<<18) + "#", "is larger than 1 MiB", "path"},
	} {
		path := filepath.Join(dir, c.name)
		writeFile(t, path, c.content)
		err := update(t, path, set("1"))
		if err == nil || !strings.Contains(err.Error(), c.fact) || !strings.Contains(fault.HintOf(err), c.hint) {
			t.Errorf("%s: got %v, %q", c.name, err, fault.HintOf(err))
		}
		wantFile(t, path, c.content, 0o600)
	}

	atLimit := filepath.Join(dir, "full")
	writeFile(t, atLimit, "A=1\n"+strings.Repeat("#", 1<<20-4))
	if err := update(t, atLimit, set("1")); err != nil {
		t.Errorf("a file of 1 MiB: %v", err)
	}
	if err := update(t, atLimit, set("12")); err == nil || !strings.Contains(err.Error(), "would become larger") {
		t.Errorf("a file of more than 1 MiB: got %v", err)
	}

	for path, want := range map[string]string{
		dir:                                  "is a directory",
		filepath.Join(dir, "no", ".env"):     "can't write",
		filepath.Join(dir, "binary", ".env"): "can't read",
	} {
		if runtime.GOOS == "windows" && want == "can't read" {
			continue // there it is as if the file were missing
		}
		err := update(t, path, set("1"))
		if err == nil || !strings.Contains(err.Error(), want) || fault.HintOf(err) == "" {
			t.Errorf("%s: got %v, %q", path, err, fault.HintOf(err))
		}
	}
	// Only read: should this fail, an update would replace the device itself.
	if _, err := dotenv.Read(os.DevNull); err == nil || !strings.Contains(err.Error(), "is a device") {
		t.Errorf("a device: got %v", err)
	}
	if err := update(t, filepath.Join(dir, "no", ".env"), set("1")); !strings.HasPrefix(fault.HintOf(err), "make the directory") {
		t.Errorf("a missing directory: got %q", fault.HintOf(err))
	}
}

func writeFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func wantFile(t *testing.T, path, content string, mode os.FileMode) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != content {
		t.Errorf("%s holds %.80q, %v; want %.80q", path, got, err, content)
	}
	if info, err := os.Stat(path); err == nil && info.Mode().Perm() != mode && runtime.GOOS != "windows" {
		t.Errorf("%s has mode %v, want %v", path, info.Mode(), mode)
	}
}

func wantEntries(t *testing.T, dir string, n int) {
	t.Helper()
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != n {
		t.Errorf("the directory holds %v, %v; want %d", entries, err, n)
	}
}
