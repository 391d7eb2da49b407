package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/awsmint/awsmint/internal/atomicfile"
	"github.com/awsmint/awsmint/internal/dotenv"
	"github.com/awsmint/awsmint/internal/keycheck"
	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/internal/shellword"
)

// envFile looks at a .env file as at the environment that it becomes.
func (e *examination) envFile() {
	if e.File == "" {
		return
	}
	if _, err := os.Stat(e.File); errors.Is(err, fs.ErrNotExist) {
		e.add(Finding{
			ID: "file-missing", Severity: Error, Area: File, Where: e.File, Fact: fmt.Sprintf("there is no file %q", e.File),
			Advice: "make it: " + e.export(),
		})
		return
	}
	data, err := dotenv.Read(e.File)
	if err != nil {
		e.failed(File, "file-unreadable", "", err)
		return
	}
	v := variables{
		area: File, holder: fmt.Sprintf("%q", e.File),
		fresh: "get new ones where these came from, or run: " + e.export(), safe: "awsmint import PROFILE --env-file " + shellword.Quote(e.File) + " --clear", after: "awsmint export PROFILE --file " + shellword.Quote(e.File),
		where: func(name string) string { return e.File + ": " + name },
		get:   func(name string) secret.String { value, _ := dotenv.Lookup(data, name); return value },
	}
	for _, variable := range dotenv.All(data) {
		if !variable.Value.IsZero() {
			v.names = append(v.names, variable.Name)
		}
	}
	e.exposed(v)
	e.check(v)
	if e.region(v) == "" {
		e.add(Finding{
			ID: "region-missing", Severity: Warning, Area: File, Where: v.where("AWS_REGION"),
			Fact:   fmt.Sprintf("%q sets no AWS_REGION: most SDKs refuse to work without one", e.File),
			Advice: "add the line AWS_REGION=eu-west-1, with your region, or run: " + e.export(),
		})
	}
}

// export is the command that writes the file, for the profile that was asked
// for, or else the only one that runs awsmint.
func (e *examination) export() string {
	profile := e.Profile
	if ours := e.profiles(); profile == "" && len(ours) == 1 {
		profile = ours[0]
	}
	return fmt.Sprintf("awsmint export %s --file %s", firstSet(profile, "PROFILE"), shellword.Quote(e.File))
}

// exposed tells whether the next commit would take the file's secrets along.
func (e *examination) exposed(v variables) {
	exposure, err := dotenv.Exposed(e.ctx, e.File, e.Environ)
	if err != nil {
		e.failed(File, "git-unknown", "", err)
		return
	}
	severity := Error
	if !v.has(keycheck.SecretAccessKey) && !v.has(keycheck.SessionToken) {
		severity = Warning
	}
	// Of a link it is the target that git would take. A .gitignore speaks of
	// its own directory.
	dir, base := filepath.Split(atomicfile.Target(e.File))
	base = shellword.Quote(base)
	ignore := fmt.Sprintf("echo %s >> %s", base, shellword.Quote(filepath.Join(dir, ".gitignore")))
	switch exposure {
	case dotenv.Tracked:
		e.add(Finding{
			ID: "file-tracked", Severity: severity, Area: File, Where: e.File, Fact: fmt.Sprintf("git tracks %q: its secrets are in the repository, or will be", e.File),
			Advice: fmt.Sprintf("run: git -C %s rm --cached %s, and %s; a key that was committed is known to others: replace it", shellword.Quote(filepath.Clean(dir)), base, ignore),
		})
	case dotenv.Unignored:
		e.add(Finding{
			ID: "file-not-ignored", Severity: Warning, Area: File, Where: e.File, Fact: fmt.Sprintf("git does not ignore %q: the next `git add .` takes it along", e.File),
			Advice: "run: " + ignore,
		})
	}
}
