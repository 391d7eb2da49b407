package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keycheck"
	"github.com/awsmint/awsmint/provider"
)

// editedFile is a config file, and what an import does to it.
type editedFile struct {
	path string
	edit func(*importStep, *awsconfig.Document) error

	undone string // what is so where this edit fails, and those before it are done
}

// files are in the order in which they are edited: the credential_process is
// there before the last copy of the plain text goes, so that the profile works
// at every moment.
func (r *imports) files() []editedFile {
	return []editedFile{
		{r.app.Paths.Config, (*importStep).editConfig, "the config files are as they were"},
		{r.app.Paths.Credentials, (*importStep).editCredentials, "its profile is written, but the credentials file is as it was"},
	}
}

// diff shows what the steps change in the files, with secrets masked.
func (r *imports) diff(steps []*importStep) (string, error) {
	var text strings.Builder
	for _, file := range r.files() {
		d, err := awsconfig.Open(file.path)
		if err != nil {
			return "", err
		}
		before := string(d.Bytes())
		for _, step := range steps {
			if err := file.edit(step, d); err != nil {
				return "", err
			}
		}
		if changes := awsconfig.Diff(before, string(d.Bytes())); changes != "" {
			fmt.Fprintf(&text, "%s:\n%s", tilde(file.path), changes)
		}
	}
	return text.String(), nil
}

// confirm shows what is to be done and asks whether to do it. What changes no
// file needs no word.
func (r *imports) confirm(ctx context.Context, order []string) error {
	var steps []*importStep
	var plan strings.Builder
	for _, profile := range order {
		steps = append(steps, r.steps[profile])
		plan.WriteString(r.steps[profile].plan() + "\n")
	}
	changes, err := r.diff(steps)
	if err != nil {
		return err
	}
	plan.WriteString(changes)
	if r.Clear {
		fmt.Fprintf(&plan, "%s: the lines of the key are emptied\n", r.EnvFile)
	}
	if r.DryRun {
		_, err := fmt.Fprint(r.app.report(), plan.String()+"Nothing was done.\n")
		return err
	}
	if changes == "" && !r.Clear {
		return nil
	}
	if r.Yes {
		_, err := fmt.Fprint(r.app.report(), plan.String())
		return err
	}
	if r.unasked {
		return unagreed
	}
	t, err := openTerminal("to ask whether to import", unagreed.Hint)
	if err != nil {
		return err
	}
	defer t.Close()
	shown := strings.ReplaceAll(strings.TrimSuffix(plan.String(), "\n"), "\t", "    ")
	if err := t.Print(shown); err != nil {
		return cancelled(err)
	}
	yes, err := t.Confirm(ctx, "Do this?")
	if err == nil && !yes {
		err = fault.New(fault.Person, "cancelled: nothing was changed", "")
	}
	return cancelled(err)
}

// plan says in a line what becomes of the key.
func (s *importStep) plan() string {
	name := keyName(provider.LastFour(s.key.AccessKeyID), s.identity.ARN) + s.found.at(keycheck.AccessKeyID)
	if s.link != nil {
		return fmt.Sprintf("%s: the temporary key %s is kept sealed until %s (%s)", s.Profile, name, clock(s.credentials.Expires, s.app.Now()), left(s.credentials.Expires, s.app.Now())) + s.staleKeys()
	}
	text := fmt.Sprintf("%s: the key %s goes into the keychain", s.Profile, name)
	if s.another() {
		text += ", in the place of " + provider.LastFour(s.stored.AccessKeyID)
	}
	if s.outgoing.there {
		text += "; " + s.outgoing.String() + " is deleted"
	}
	if s.serial != "" {
		text += "; its MFA device is " + s.serial
	}
	return text + s.staleKeys()
}

// staleKeys says what becomes of the other keys that the profile has.
func (s *importStep) staleKeys() (text string) {
	for _, f := range s.stale {
		text += fmt.Sprintf("; the temporary key %s%s is taken out", provider.LastFour(f.id()), f.at(keycheck.AccessKeyID))
	}
	return text
}
