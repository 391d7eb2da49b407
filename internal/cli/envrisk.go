package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/awsmint/awsmint/internal/atomicfile"
	"github.com/awsmint/awsmint/internal/dotenv"
	"github.com/awsmint/awsmint/internal/fault"
)

// profileName chooses a profile for SDKs, and so credentials other than those
// of the file.
const profileName = "AWS_PROFILE"

// check tells, before anybody is asked for a code, what keeps the file from
// being read, who else may read it, and whether git would take it into a
// repository: where strict, it refuses that.
func (f *envFile) check(ctx context.Context, strict bool) error {
	if err := f.checkName(); err != nil {
		return err
	}
	data, err := dotenv.Read(f.path)
	if err != nil {
		return err
	}
	if err := dotenv.CheckLines(f.path, data); err != nil {
		return err
	}
	if _, ok := dotenv.Lookup(data, profileName); ok {
		f.app.Warn(fmt.Sprintf("%q sets %s, which some SDKs take before the keys beside it; take that line out", f.path, profileName))
	}
	if info, err := os.Stat(f.path); err == nil {
		if mode, others := openToOthers(info); others {
			f.app.Warn(fmt.Sprintf("%q has mode %04o: others on this machine may read these credentials; keep them out: chmod 600 %s", f.path, mode, quoted(f.path)))
		}
	}
	return f.checkGit(ctx, strict)
}

// checkName refuses names by which somebody meant another file, and those of
// places where no file can be.
func (f *envFile) checkName() error {
	switch {
	case f.path == "-":
		return fault.New(fault.Usage, `"-" is no file`, "leave the flag out to have the credentials printed (awsmint export), or name the file: ./-")
	case strings.HasPrefix(f.path, "~/"):
		return fault.New(fault.Usage, fmt.Sprintf("%q: no shell has put your home directory in place of the ~", f.path), "leave a blank, and no =, between the flag and the path, and no quotes round it")
	}
	return dotenv.CheckPlace(f.path)
}

func (f *envFile) checkGit(ctx context.Context, strict bool) error {
	exposure, err := dotenv.Exposed(ctx, f.path, f.app.Environ)
	switch {
	case err != nil && strict:
		return err
	case err != nil:
		f.app.Warn(err.Error())
		return nil
	case exposure == dotenv.Unexposed:
		return nil
	}
	// Behind a link it is another repository that counts.
	target := f.path
	if info, err := os.Lstat(f.path); err == nil && info.Mode()&os.ModeSymlink != 0 {
		target = atomicfile.Target(f.path)
	}
	risk, remedy := gitRisk(target, exposure)
	if strict {
		return fault.New(fault.Failure, risk, remedy)
	}
	f.app.Warn(risk + "; " + remedy)
	return nil
}

// gitRisk says what git would do with a file, and how to keep it from that.
func gitRisk(path string, exposure dotenv.Exposure) (risk, remedy string) {
	dir, base := filepath.Dir(path), filepath.Base(path)
	git, ignored := "git", ".gitignore"
	if dir != "." {
		git, ignored = "git -C "+quoted(dir), quoted(filepath.Join(dir, ".gitignore"))
	}
	ignore := fmt.Sprintf("echo %s >> %s", quoted(base), ignored)
	if exposure == dotenv.Tracked {
		return fmt.Sprintf("git has %q already: the next commit would publish these credentials", path),
			fmt.Sprintf("take it out of the repository and ignore it: %s rm --cached %s && %s", git, quoted(base), ignore)
	}
	return fmt.Sprintf("git does not ignore %q: the next \"git add .\" would take these credentials", path), "ignore it: " + ignore
}
