package cli

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/provider"
)

// otherSources are the keys by which a profile gets credentials in another
// way. Beside credential_process they win, or are an error, depending on the
// SDK.
var otherSources = []string{"role_arn", "source_profile", "credential_source", "web_identity_token_file", "sso_session", "sso_start_url", "login_session"}

// checkFree refuses a profile that gets its credentials in another way. hint
// says what to do where that is its own setting key. The credential_process of one
// program, the predecessor, may be replaced.
func checkFree(section *awsconfig.Section, predecessor string, hint func(key string) string) error {
	for _, key := range otherSources {
		if section.Get(key) != "" {
			file, line := section.Origin(key)
			return fault.New(fault.Failure,
				fmt.Sprintf("profile %q has %s (%s:%d), and SDKs do not agree on such a profile with a credential_process", section.Name(), key, file, line),
				hint(key))
		}
	}
	if line := section.Get("credential_process"); line != "" && !isReachable(section) && (predecessor == "" || programName(line) != predecessor) {
		file, number := section.Origin("credential_process")
		return fault.New(fault.Failure,
			fmt.Sprintf("profile %q has a credential_process of another program (%s:%d)", section.Name(), file, number),
			"choose another profile name, or remove that line first")
	}
	return nil
}

// programName is the program that a credential_process runs, without its path.
func programName(line string) string {
	return strings.TrimSuffix(filepath.Base(provider.ProgramOf(line)), ".exe")
}

// keyElsewhere is the hint for a profile that is no place for a key.
func keyElsewhere(section *awsconfig.Section) func(key string) string {
	return func(key string) string {
		text := "choose another profile name for the key"
		if !strings.HasPrefix(key, "role_") && key != "source_profile" {
			return text
		}
		role, source := section.Get("role_arn"), section.Get("source_profile")
		if role == "" {
			role = "ARN"
		}
		if source == "" {
			source = "PROFILE"
		}
		return text + fmt.Sprintf("\nto have awsmint assume the role, put it into a profile of awsmint's, which has it as awsmint_role_arn: awsmint add NAME --role-arn %s --source-profile %s", role, source)
	}
}

// checkUse refuses a key that the profile would not use: one whose own settings
// say that its credentials come from elsewhere.
func (s *addition) checkUse() error {
	link, err := s.app.tryOut(settings{profile: s.Profile, process: s.line})
	if err != nil {
		return nil // what is wrong with other settings is told where they are used
	}
	if key, ok := provider.Root(link).(*provider.Key); ok && key.Profile() == s.Profile {
		return nil
	}
	return fault.New(fault.Failure, fmt.Sprintf("profile %q would not use a key of its own: %s", s.Profile, provider.Describe(link)),
		keyElsewhere(s.section)(""))
}

// checkFreeForRole refuses a profile that is something else already.
func (a *Add) checkFreeForRole(section *awsconfig.Section) error {
	if err := checkFree(section, "", func(key string) string { return roleInstead(section, key) }); err != nil {
		return err
	}
	switch role := section.Get("awsmint_role_arn"); {
	case role != "" && role != clean(a.RoleARN) && !a.Force:
		return fault.New(fault.Failure, fmt.Sprintf("profile %q assumes the role %q", a.Profile, role),
			"replace it with --force, or choose another profile name")
	case role == "" && isOwn(section):
		return fault.New(fault.Failure, fmt.Sprintf("profile %q has credentials of its own", a.Profile), "choose another profile name for the role")
	}
	return nil
}

// roleInstead is the hint for a profile that has a role, or other credentials,
// in the SDKs' own settings.
func roleInstead(section *awsconfig.Section, key string) string {
	var there []string
	for _, key := range otherSources {
		if section.Get(key) != "" {
			there = append(there, key)
		}
	}
	what := strings.Join(there, " and ")
	if key == "role_arn" || key == "source_profile" {
		return fmt.Sprintf("take %s out of the profile first, where awsmint writes awsmint_role_arn and awsmint_source_profile; or choose another profile name", what)
	}
	return fmt.Sprintf("choose another profile name, or take %s out of this one first", what)
}
