package dotenv

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/awsmint/awsmint/internal/atomicfile"
	"github.com/awsmint/awsmint/internal/child"
	"github.com/awsmint/awsmint/internal/fault"
)

// Exposure is what git would do with a file.
type Exposure int

const (
	// Unexposed is a file that git leaves alone: an ignored one, one outside
	// any work tree, or any where there is no git.
	Unexposed Exposure = iota
	// Unignored is a file that the next `git add .` would take.
	Unignored
	// Tracked is a file that git has already: the next commit would hold it.
	Tracked
)

const (
	// gitWait is the longest that git may take for one question, which takes
	// milliseconds, also in a large repository on a slow disk.
	gitWait = 5 * time.Second
	// maxGitOutput is how many bytes of a complaint of git's are kept.
	maxGitOutput = 4 << 10
)

// Exposed reports whether git would commit the file at path, which need not be
// there yet. Of a symbolic link its target counts, since that holds the content.
// environ has the form of os.Environ. An error means that git is there, but its
// answer can't be had.
func Exposed(ctx context.Context, path string, environ []string) (Exposure, error) {
	dir, base := filepath.Split(atomicfile.Target(path))
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return Unexposed, nil
	}
	ctx, cancel := context.WithTimeout(ctx, gitWait)
	defer cancel()
	git := repository{ctx: ctx, dir: dir, environ: environ}

	answer, status, err := git.ask("rev-parse", "--is-inside-work-tree")
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return Unexposed, nil
	case err != nil:
		return Unexposed, err
	case status != 0 && strings.Contains(answer, "not a git repository"):
		return Unexposed, nil
	case status != 0:
		return Unexposed, git.failed(answer)
	case strings.TrimSpace(answer) != "true":
		return Unexposed, nil // inside .git, or in a bare repository
	}

	answer, status, err = git.ask("--literal-pathspecs", "ls-files", "--error-unmatch", "--", base)
	switch {
	case err != nil:
		return Unexposed, err
	case status == 0:
		return Tracked, nil
	case status != 1:
		return Unexposed, git.failed(answer)
	}
	// The ./ keeps a name that begins with ':' from meaning more.
	answer, status, err = git.ask("check-ignore", "-q", "--", "./"+base)
	switch {
	case err != nil:
		return Unexposed, err
	case status == 0:
		return Unexposed, nil
	case status == 1:
		return Unignored, nil
	}
	return Unexposed, git.failed(answer)
}

// repository asks git about the repository that dir is in.
type repository struct {
	ctx     context.Context
	dir     string
	environ []string
}

// ask runs git and returns what it printed and its exit status. An error means
// that it did not run to its end.
func (r repository) ask(args ...string) (output string, status int, err error) {
	// A repository's own settings can name a program to be run for its index;
	// asking a question must not run it.
	args = append([]string{"-C", r.dir, "-c", "core.fsmonitor=false"}, args...)
	cmd := child.Command(r.ctx, "git", args, append(withoutRepository(r.environ), "LC_ALL=C", "GIT_OPTIONAL_LOCKS=0"))
	out := &child.Output{Limit: maxGitOutput}
	cmd.Stdout, cmd.Stderr = out, out
	err = cmd.Run()
	var exit *exec.ExitError
	switch {
	case r.ctx.Err() != nil:
		return "", 0, fault.Wrap(r.ctx.Err(), fault.StatusOf(r.ctx.Err()), "git doesn't say whether it tracks the file", "see whether `git status` answers")
	case errors.As(err, &exit) && exit.Exited():
		return string(out.Bytes()), exit.ExitCode(), nil
	case err != nil:
		return "", 0, fault.Wrap(err, fault.Failure, fmt.Sprintf("can't run git: %v", err), "")
	}
	return string(out.Bytes()), 0, nil
}

func (r repository) failed(answer string) error {
	line, _, _ := strings.Cut(strings.TrimSpace(answer), "\n")
	return fault.New(fault.Failure, fmt.Sprintf("git doesn't say whether it tracks files in %q: %s", r.dir, line), "see what `git status` says there")
}

// repositoryVariables point git at another repository than that of the
// directory: within a hook they are set.
var repositoryVariables = []string{
	"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE", "GIT_PREFIX",
}

func withoutRepository(environ []string) []string {
	return slices.DeleteFunc(slices.Clone(environ), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return slices.Contains(repositoryVariables, name)
	})
}
