package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	xterm "golang.org/x/term"

	"github.com/awsmint/awsmint/internal/atomicfile"
	"github.com/awsmint/awsmint/internal/dotenv"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/format"
	"github.com/awsmint/awsmint/internal/keycheck"
	"github.com/awsmint/awsmint/internal/paste"
	"github.com/awsmint/awsmint/internal/secret"
)

// foundKey is a key as it was found, before anybody has looked at it.
type foundKey struct {
	keycheck.Values
	serial, region string
	line           int // of a text, where it begins

	inFiles bool // it stands in one of the two config files

	// place is where a part of it stands, by its variable: "FILE:LINE", or empty.
	// nil where it stands in no file.
	place func(variable string) string
}

func (f foundKey) isNone() bool { return f.AccessKeyID.IsZero() && f.SecretAccessKey.IsZero() }

func (f foundKey) isTemporary() bool {
	return f.endsByItself() || !f.SessionToken.IsZero()
}

// endsByItself reports whether it is a temporary one by its id alone.
func (f foundKey) endsByItself() bool { return isTemporaryID(f.id()) }

// isPermanentByID reports whether it is one that never ends.
func (f foundKey) isPermanentByID() bool { return strings.HasPrefix(f.id(), "AKIA") }

func isTemporaryID(id string) bool { return strings.HasPrefix(id, "ASIA") }

// at is where a part of it stands, or else what there is of it, in brackets to
// put behind what is said of it.
func (f foundKey) at(variable string) string {
	if f.place == nil {
		return ""
	}
	for _, variable := range []string{variable, keycheck.AccessKeyID, keycheck.SecretAccessKey, keycheck.SessionToken} {
		if place := f.place(variable); place != "" {
			return " (" + place + ")"
		}
	}
	return ""
}

func (f foundKey) id() string { return f.AccessKeyID.Reveal() }

// find reads the key for a profile from where the flags say.
func (r *imports) find(ctx context.Context, profile string, inFiles []foundKey) (foundKey, error) {
	switch {
	case r.CSV != "":
		f, err := r.fromText(profile, func() ([]byte, error) { return readKeyFile(r.CSV) })
		if err != nil && fault.StatusOf(err) == fault.Usage {
			err = fault.Wrap(err, fault.Usage, fmt.Sprintf("%q: %v", r.CSV, err), fault.HintOf(err))
		}
		f.place = func(string) string { return fmt.Sprintf("%s:%d", tilde(r.CSV), f.line) }
		return f, err
	case r.EnvFile != "":
		return fromEnvFile(r.EnvFile)
	case r.From != "":
		return r.fromText(profile, func() ([]byte, error) { return r.app.askAwsVault(ctx, profile) })
	case r.Paste:
		return r.fromText(profile, func() ([]byte, error) { return r.pasted(ctx) })
	}
	return taken(inFiles), nil
}

// fromText reads a key from a text in any of the forms that people have.
func (r *imports) fromText(profile string, read func() ([]byte, error)) (foundKey, error) {
	text, err := read()
	if err != nil {
		return foundKey{}, err
	}
	all, err := paste.Read(text)
	if err != nil {
		return foundKey{}, err
	}
	chosen := all
	if len(all) > 1 {
		chosen = nil
		for _, one := range all {
			if one.Profile == profile || one.Profile == "" && one.UserName == profile {
				chosen = append(chosen, one)
			}
		}
	}
	if len(chosen) != 1 {
		var lines []string
		for _, one := range all {
			lines = append(lines, strconv.Itoa(one.Line))
		}
		return foundKey{}, fault.New(fault.Usage, fmt.Sprintf("the text holds %d keys (lines %s), and none that says it is for profile %q", len(all), strings.Join(lines, ", "), profile),
			"give the lines of one key alone")
	}
	one := chosen[0]
	f := foundKey{serial: one.MFASerial, region: one.Region, line: one.Line}
	f.AccessKeyID, f.SecretAccessKey, f.SessionToken = secret.New(one.AccessKeyID), one.SecretAccessKey, one.SessionToken
	if !one.Expiration.IsZero() {
		f.Expiration = secret.New(one.Expiration.UTC().Format(time.RFC3339))
	}
	return f, nil
}

// maxKeyText is the size in bytes of the largest text taken, as in package paste.
const maxKeyText = 1 << 20

// pasted is what is piped in, or else typed on the terminal.
func (r *imports) pasted(ctx context.Context) ([]byte, error) {
	if file, ok := r.app.Stdin.(*os.File); !ok || !xterm.IsTerminal(int(file.Fd())) {
		return io.ReadAll(io.LimitReader(r.app.Stdin, maxKeyText+1))
	}
	const instead = "pipe it in: … | awsmint import PROFILE --paste --yes"
	if r.app.noInput(false) {
		return nil, fault.New(fault.Person, "AWSMINT_NO_INPUT forbids asking for the paste", instead)
	}
	t, err := openTerminal("to paste the key on", instead)
	if err != nil {
		return nil, err
	}
	defer t.Close()
	text, err := t.ReadPaste(ctx, "Paste the key, with all its lines (nothing shows), then press Enter on an empty line:\n")
	return []byte(text.Reveal()), cancelled(err)
}

func readKeyFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, atomicfile.ReadFault(path, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxKeyText+1))
	if err != nil {
		return nil, atomicfile.ReadFault(path, err)
	}
	return data, nil
}

// fromEnvFile reads the variables as the libraries that load such files do.
func fromEnvFile(path string) (foundKey, error) {
	data, err := dotenv.Read(path)
	if err != nil {
		return foundKey{}, err
	}
	get := func(name string) secret.String { value, _ := dotenv.Lookup(data, name); return value }
	f := foundKey{Values: keycheck.FromVariables(get, time.Time{}), place: func(variable string) string {
		line := dotenv.Line(data, variable)
		if line == 0 {
			return ""
		}
		return fmt.Sprintf("%s:%d", tilde(path), line)
	}}
	if f.isNone() {
		return f, fault.New(fault.Missing, fmt.Sprintf("%q has no AWS_ACCESS_KEY_ID", path), "see that it is the file that you mean")
	}
	if isLocal(data) {
		return f, fault.New(fault.Usage, fmt.Sprintf("%q has what stands for a key where there is no AWS%s", path, f.at(keycheck.AccessKeyID)), "there is nothing to import from it")
	}
	f.region = firstSet(get(format.Region).Reveal(), get(format.DefaultRegion).Reveal())
	return f, nil
}

// vet tells what is wrong with a key as far as its form goes, and refuses one
// that can't work.
func (r *imports) vet(profile string, f foundKey) error {
	f.Now = r.app.Now()
	for _, problem := range keycheck.Check(f.Values) {
		fact, advice := problem.Fact, problem.Advice
		if f.inFiles {
			fact, advice = inFileNames.Replace(fact), inFileNames.Replace(advice)
		}
		if problem.Severity == keycheck.Error {
			return fault.New(fault.Usage, fmt.Sprintf("the key for profile %q%s: %s", profile, f.at(problem.Where), fact), advice)
		}
		r.app.Warn(fmt.Sprintf("the key for profile %q%s: %s; %s", profile, f.at(problem.Where), fact, advice))
	}
	return nil
}
