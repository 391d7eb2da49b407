package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/provider"
)

// isRole reports whether the flags ask for a role's profile, and refuses those
// that do not go together.
func (a *Add) isRole() (bool, error) {
	switch {
	case a.RoleARN == "" && a.SourceProfile == "" && a.ExternalID == "" && a.Duration == "":
		return false, nil
	case a.RoleARN == "":
		return true, fault.New(fault.Usage, "--source-profile, --external-id and --duration need --role-arn",
			"name the role: --role-arn arn:aws:iam::ACCOUNT:role/NAME")
	case a.SourceProfile == "":
		return true, fault.New(fault.Usage, "--role-arn needs --source-profile", "name the profile whose credentials assume the role: --source-profile PROFILE")
	case a.FromEnv || a.Stdin || a.NoVerify:
		return true, fault.New(fault.Usage, "a role has no key: --from-env, --stdin and --no-verify don't go with --role-arn", "leave them out")
	}
	return true, nil
}

// role writes the profile of a role. No key is stored: the source profile's is
// used.
func (a *Add) role(ctx context.Context, app *App) error {
	program, err := ownPath(os.Args[0])
	if err != nil {
		return err
	}
	line, err := processLine(program, a.Profile)
	if err != nil {
		return err
	}
	config, section, err := app.section(a.Profile)
	if err != nil {
		return err
	}
	if err := a.checkFreeForRole(section); err != nil {
		return err
	}
	if a.SourceProfile == a.Profile {
		return fault.New(fault.Usage, fmt.Sprintf("--source-profile: profile %q can't be its own source, since it has no key", a.Profile),
			fmt.Sprintf("name the profile that has the key; if none has it yet, store it first, for example: awsmint add %s-key", a.Profile))
	}
	source, err := config.Profile(a.SourceProfile)
	if err != nil {
		return err
	}
	wanted := settings{
		profile: a.Profile, process: line, region: a.Region, serial: clean(a.MfaSerial),
		role: clean(a.RoleARN), source: a.SourceProfile, externalID: a.ExternalID, duration: a.Duration,
	}
	if wanted.region == "" && section.Get("region") == "" {
		wanted.region = source.Get("region")
	}
	// Where the source's session has its own device, the chain does not look at
	// this one.
	if wanted.serial != "" {
		if err := provider.CheckSerial(wanted.serial); err != nil {
			return err
		}
	}
	link, err := app.tryOut(wanted)
	if err != nil {
		return a.byFlag(err)
	}
	if a.NoConfig {
		text, err := wanted.text()
		if err == nil {
			_, err = fmt.Fprint(app.report(), text)
		}
		return err
	}
	// What was minted under the settings that are replaced is of no use.
	if _, err := app.forget(config, a.Profile); err != nil {
		return err
	}
	if err := app.save(ctx, wanted); err != nil {
		return err
	}
	for _, warning := range warnings(section) {
		app.Warn(warning)
	}
	_, err = fmt.Fprintf(app.report(), "role:    %s\nchain:   %s\nprofile: %s in %s\nTry it: aws sts get-caller-identity --profile %s\n",
		wanted.role, provider.Describe(link), a.Profile, tilde(app.Paths.Config), a.Profile)
	return err
}

// tryOut resolves a profile as it will be, so that nothing is written that does
// not work.
func (a *App) tryOut(s settings) (provider.Link, error) {
	var files [2][]byte
	for i, path := range []string{a.Paths.Config, a.Paths.Credentials} {
		data, err := os.ReadFile(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fault.Wrap(err, fault.Failure, fmt.Sprintf("%q can't be read: %v", path, err), "")
		}
		files[i] = data
	}
	d := awsconfig.NewDocument(files[0])
	if err := s.write(d); err != nil {
		return nil, err
	}
	config, err := awsconfig.ParseAs(a.Paths, d.Bytes(), files[1])
	if err != nil {
		return nil, err
	}
	return provider.Resolve(config, a.Getenv, provider.Request{Profile: s.profile})
}
