package dotenv_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/dotenv"
)

// environ is a user's environment whose git has no settings.
func environ(t *testing.T) []string {
	t.Helper()
	return append(os.Environ(), "HOME="+t.TempDir(), "XDG_CONFIG_HOME=", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull)
}

func git(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(environ(t), "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %q: %v\n%s", args, err, out)
	}
}

func needGit(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		if os.Getenv("AWSMINT_TEST_REQUIRE") == "all" {
			t.Fatalf("%v, and AWSMINT_TEST_REQUIRE is all", err)
		}
		t.Skip(err)
	}
}

func TestExposed(t *testing.T) {
	needGit(t)
	repo, outside := t.TempDir(), t.TempDir()
	git(t, repo, "init", "-q")
	for name, content := range map[string]string{
		".gitignore": ".env*\n!.env.example\n/sub/\n", ".env": "", ".env.example": "", ".env.tracked": "", "open.env": "", ":x": "", "-x": "",
	} {
		writeFile(t, filepath.Join(repo, name), content)
	}
	if err := errors.Join(os.Mkdir(filepath.Join(repo, "sub"), 0o700), os.Mkdir(filepath.Join(repo, "app"), 0o700)); err != nil {
		t.Fatal(err)
	}
	git(t, repo, "add", "-f", ".env.tracked", ".gitignore")
	for link, target := range map[string]string{
		filepath.Join(outside, "to-open"): filepath.Join(repo, "open.env"), filepath.Join(repo, "to-outside"): filepath.Join(outside, ".env"),
	} {
		writeFile(t, target, "")
		if err := os.Symlink(target, link); err != nil {
			t.Logf("without symbolic links: %v", err)
		}
	}
	for path, want := range map[string]dotenv.Exposure{
		filepath.Join(repo, ".env"):           dotenv.Unexposed,
		filepath.Join(repo, ".env.new"):       dotenv.Unexposed,
		filepath.Join(repo, ".env.example"):   dotenv.Unignored,
		filepath.Join(repo, "open.env"):       dotenv.Unignored,
		filepath.Join(repo, "app", "new"):     dotenv.Unignored,
		filepath.Join(repo, "app", ".env"):    dotenv.Unexposed,
		filepath.Join(repo, ":x"):             dotenv.Unignored,
		filepath.Join(repo, "-x"):             dotenv.Unignored,
		filepath.Join(repo, ":(top).env"):     dotenv.Unignored,
		filepath.Join(repo, ":!.env"):         dotenv.Unignored,
		filepath.Join(repo, "*"):              dotenv.Unignored,
		filepath.Join(repo, "sub", "x"):       dotenv.Unexposed,
		filepath.Join(repo, ".env.tracked"):   dotenv.Tracked,
		filepath.Join(repo, ".git", "config"): dotenv.Unexposed,
		filepath.Join(repo, "no", "x"):        dotenv.Unexposed,
		filepath.Join(outside, "x"):           dotenv.Unexposed,
		filepath.Join(outside, "to-open"):     dotenv.Unignored,
		filepath.Join(repo, "to-outside"):     dotenv.Unexposed,
	} {
		if _, err := os.Lstat(path); err != nil && strings.Contains(path, "to-") {
			continue
		}
		// Within a hook the environment names another repository.
		for _, env := range [][]string{environ(t), append(environ(t), "GIT_DIR="+filepath.Join(outside, "x"), "GIT_INDEX_FILE=nowhere")} {
			got, err := dotenv.Exposed(context.Background(), path, env)
			if got != want || err != nil {
				t.Errorf("%s: got %v, %v; want %v", path, got, err, want)
			}
		}
	}
}

func TestARelativePathIsOfThisDirectory(t *testing.T) {
	needGit(t)
	repo := t.TempDir()
	git(t, repo, "init", "-q")
	t.Chdir(repo)
	if got, err := dotenv.Exposed(context.Background(), ".env", environ(t)); got != dotenv.Unignored || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestWithoutGitNothingIsExposed(t *testing.T) {
	repo := t.TempDir()
	t.Setenv("PATH", t.TempDir())
	if got, err := dotenv.Exposed(context.Background(), filepath.Join(repo, ".env"), environ(t)); got != dotenv.Unexposed || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
}

// The repository's own settings must not run a program because of a question.
func TestARepositorysProgramsAreNotRun(t *testing.T) {
	needGit(t)
	repo := t.TempDir()
	git(t, repo, "init", "-q")
	ran := filepath.Join(repo, "ran")
	git(t, repo, "config", "core.fsmonitor", "touch "+ran+"; false")
	writeFile(t, filepath.Join(repo, ".env"), "")
	git(t, repo, "-c", "core.fsmonitor=false", "add", ".env")
	if got, err := dotenv.Exposed(context.Background(), filepath.Join(repo, ".env"), environ(t)); got != dotenv.Tracked || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("the repository's program was run")
	}
}

func TestGitThatGivesNoAnswer(t *testing.T) {
	needGit(t)
	repo := t.TempDir()
	git(t, repo, "init", "-q")
	path := filepath.Join(repo, ".env")

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := dotenv.Exposed(ctx, path, environ(t)); !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "git doesn't say") {
		t.Errorf("cancelled: got %v", err)
	}

	writeFile(t, filepath.Join(repo, ".git", "index"), "junk that is long enough to be looked at as an index")
	if _, err := dotenv.Exposed(context.Background(), path, environ(t)); err == nil || !strings.Contains(err.Error(), "git doesn't say") {
		t.Errorf("a broken index: got %v", err)
	}
}
