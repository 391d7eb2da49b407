package cli

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"github.com/awsmint/awsmint/internal/fault"
)

// profileNames are the names that every SDK finds and that stand in a command
// line as they are, in sh, in cmd.exe and in botocore's shlex.
var profileNames = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[\w@+.:/][\w@+.:/-]*$`) })

func checkProfileName(name string) error {
	if profileNames().MatchString(name) {
		return nil
	}
	return fault.New(fault.Usage, fmt.Sprintf("%q is no profile name that every SDK can read", name),
		"use letters, digits and _ - . @ + : / only")
}

// processLine is the value of credential_process for a profile. It means the
// same to every SDK: an absolute path, in double quotes only where it has a
// space, and a last word without any, because Go's reader of the config file
// strips quotes that enclose a whole value.
func processLine(program, profile string) (string, error) {
	if err := checkProfileName(profile); err != nil {
		return "", err
	}
	if !filepath.IsAbs(program) || !safePath().MatchString(program) {
		return "", fault.New(fault.Failure, fmt.Sprintf("the SDKs do not agree on how to read the path %q in a command", program), pathAdvice)
	}
	if strings.Contains(program, " ") {
		program = `"` + program + `"`
	}
	return program + " process " + profile, nil
}

// ownPath is the path by which other programs should start awsmint: the one
// found on PATH where that is this program, since it outlives upgrades (what a
// package manager's link points to does not); else the one it was started by.
func ownPath(args0 string) (string, error) {
	executable, err := os.Executable()
	if err != nil {
		return "", fault.Wrap(err, fault.Failure, "awsmint's own path is not known: "+err.Error(), "")
	}
	if temporaryBuild(executable) {
		return "", fault.New(fault.Failure, fmt.Sprintf("awsmint runs from the temporary build %q, which will be gone", executable),
			"install it first, for example with: go build -o ~/bin/awsmint . (and ~/bin on PATH)")
	}
	if found, err := exec.LookPath("awsmint"); err == nil && sameFile(found, executable) {
		return filepath.Abs(found)
	}
	if strings.ContainsRune(args0, filepath.Separator) && sameFile(args0, executable) {
		return filepath.Abs(args0)
	}
	return executable, nil
}

// temporaryBuild reports whether path is where "go run" starts its program: a
// temporary folder, …/go-build1234/b001/exe/awsmint, and from the second time on
// (Go 1.24 and later) the build cache, …/ab/<SHA-256 in hex>-d/awsmint.
func temporaryBuild(path string) bool {
	dir := filepath.ToSlash(filepath.Dir(path))
	if strings.HasSuffix(dir, "/exe") && strings.Contains(dir, "/go-build") {
		return true
	}
	digest, cached := strings.CutSuffix(dir[strings.LastIndex(dir, "/")+1:], "-d")
	return cached && len(digest) == 2*sha256.Size && strings.Trim(digest, "0123456789abcdef") == ""
}

func sameFile(a, b string) bool {
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(infoA, infoB)
}
