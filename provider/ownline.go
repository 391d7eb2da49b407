package provider

import (
	"os"
	"os/exec"
	"strings"
)

// OwnLine returns what a credential_process line that runs awsmint asks for,
// wherever awsmint was installed. What env, nice or nohup starts counts too,
// where that changes nothing; but behind ssh, sudo, a container or another
// config file it is another awsmint, with other profiles. ok is false for these
// and every other line, and for what awsmint would not take for its command
// line.
func OwnLine(line string) (request Request, ok bool) {
	// Other SDKs hand the line to a shell of theirs: where the rules of this
	// system take the backslashes out of a path of Windows, they may well be
	// meant.
	for _, reading := range []string{line, strings.ReplaceAll(line, `\`, "/")} {
		words, err := split(reading)
		if err != nil {
			continue
		}
		words = withoutPrefixes(words)
		if len(words) > 1 && words[1] == "process" && isOwnProgram(words[0]) {
			return processRequest(words[2:])
		}
	}
	return Request{}, false
}

// isOwnFor reports whether a credential_process line is awsmint's for this very
// profile.
func isOwnFor(line, profile string) bool {
	request, ok := OwnLine(line)
	return ok && request.Profile == profile
}

// programName is the name of a program without its folder, as Windows has it.
func programName(program string) string {
	base := program[strings.LastIndexAny(program, `/\`)+1:]
	return strings.TrimSuffix(strings.ToLower(base), ".exe")
}

// isOwnProgram reports whether a program is awsmint by its name, or by being
// the very file that runs: it may have a link of another name.
func isOwnProgram(program string) bool {
	if programName(program) == "awsmint" {
		return true
	}
	path, err := exec.LookPath(program)
	if err != nil {
		return false
	}
	its, err := os.Stat(path)
	if err != nil {
		return false
	}
	executable, err := os.Executable()
	if err != nil {
		return false
	}
	own, err := os.Stat(executable)
	return err == nil && os.SameFile(own, its)
}

// processRequest reads the words after "awsmint process". They are few, and
// this is done at each hit: a grammar would cost more than the hit.
func processRequest(words []string) (request Request, ok bool) {
	// flags take the word after them, or what follows their =.
	flags := map[string]func(value string) bool{
		"--role-arn":    func(v string) bool { request.RoleARN = v; return v != "" },
		"--external-id": func(v string) bool { request.ExternalID = v; return v != "" },
		"--duration": func(v string) (ok bool) {
			d, err := ParseSpan(v)
			request.Duration = d
			return err == nil
		},
	}
	for len(words) > 0 {
		word := words[0]
		words = words[1:]
		name, value, joined := strings.Cut(word, "=")
		take := flags[name]
		switch {
		case word == "--no-input":
		case word == "--raw-key":
			request.RawKey = true
		case take != nil:
			if !joined && len(words) > 0 {
				value, words = words[0], words[1:]
			}
			if !take(value) {
				return Request{}, false
			}
		case word == "" || word[0] == '-' || request.Profile != "":
			return Request{}, false
		default:
			request.Profile = word
		}
	}
	alone := request.RoleARN == "" && (request.ExternalID != "" || request.Duration != 0)
	both := request.RoleARN != "" && request.RawKey
	return request, request.Profile != "" && !alone && !both
}
