package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/provider"
)

// line looks at a profile's credential_process: whether the program is there,
// is this one, is found by programs with another PATH, and whether every SDK
// takes the line apart in the same way.
func (e *examination) line(section *awsconfig.Section) {
	const key = "credential_process"
	line := section.Get(key)
	if line == "" {
		return
	}
	program := provider.ProgramOf(line)
	f := Finding{Area: Profile, Profile: section.Name(), Where: place(section, key), Advice: e.rewrite(section)}
	report := func(id string, severity Severity, fact string) {
		f.ID, f.Severity, f.Fact = id, severity, fact
		e.add(f)
	}
	request, ours := provider.OwnLine(line)
	if !ours {
		f.Advice = "correct the path of the program"
	}
	path, err := exec.LookPath(program)
	switch {
	case program == "":
		report("process-line-ambiguous", Error, "the credential_process can't be taken apart: a quotation mark is not closed, or there is no program in it")
		return
	case err != nil && !errors.Is(err, exec.ErrDot):
		report("process-missing", Error, missing(program, err))
	case !filepath.IsAbs(program):
		report("process-path", Warning, fmt.Sprintf("credential_process names %q without its folder: programs that are started from a desktop have another PATH and don't find it", program))
	case ours && !isThis(path):
		report("process-other", Warning, fmt.Sprintf("credential_process runs another awsmint, %q, than this one", program))
	}
	if !ours {
		return
	}
	if ambiguous(line, program) {
		report("process-line-ambiguous", Error, "the SDKs do not agree on how to take the credential_process apart: it has a character that a shell, shlex or the config file's own syntax gives another meaning")
	}
	if request.Profile != section.Name() {
		report("process-other-profile", Warning, fmt.Sprintf("the credential_process of profile %q asks for the credentials of profile %q", section.Name(), request.Profile))
	}
}

// rewrite is the advice to write the line anew.
func (e *examination) rewrite(section *awsconfig.Section) string {
	line, err := e.Line(section.Name())
	if err != nil {
		return oneLine(err.Error())
	}
	return fmt.Sprintf("in %s, write: credential_process = %s", place(section, "credential_process"), line)
}

func missing(program string, err error) string {
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Sprintf("credential_process names %q, which can't be run", program)
	}
	return fmt.Sprintf("credential_process names %q, and there is no such program", program)
}

// isThis reports whether a path leads to the program that runs.
func isThis(path string) bool {
	executable, err := os.Executable()
	if err != nil {
		return true
	}
	own, err := os.Stat(executable)
	if err != nil {
		return true
	}
	its, err := os.Stat(path)
	return err == nil && os.SameFile(own, its)
}

// ambiguous reports whether SDKs read a line in different ways. Quotes are
// understood by all round the program alone, and there where it has a space.
func ambiguous(line, program string) bool {
	rest := line
	if strings.Contains(program, " ") && quotable {
		rest = strings.Replace(line, `"`+program+`"`, "", 1)
	}
	return strings.ContainsAny(rest, meaningful)
}
