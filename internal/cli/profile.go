package cli

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/provider"
)

// settings is what awsmint writes into a profile's section.
type settings struct {
	profile string
	process string // the command line
	serial  string
	region  string

	// Of a role's profile alone:
	role, source, externalID, duration string
}

const ownPrefix = "awsmint_"

// write puts the settings into the document. Nothing else in it changes. What
// is awsmint's own and not there any more is taken out.
func (s settings) write(d *awsconfig.Document) error {
	header := awsconfig.ConfigProfile(s.profile)
	for _, pair := range [][2]string{
		{"region", s.region},
		{"credential_process", s.process},
		{"awsmint_role_arn", s.role},
		{"awsmint_source_profile", s.source},
		{"awsmint_external_id", s.externalID},
		{"awsmint_duration", s.duration},
		{"awsmint_mfa_serial", s.serial},
	} {
		if pair[1] == "" {
			if s.replaces(pair[0]) {
				d.Remove(header, pair[0])
			}
			continue
		}
		if err := d.Set(header, pair[0], pair[1]); err != nil {
			return err
		}
	}
	return nil
}

// replaces reports whether a setting of awsmint's that is not among these is to
// go: the device always; those of a role where another role is written. A key's
// profile keeps the duration that its owner gave it.
func (s settings) replaces(key string) bool {
	return key == "awsmint_mfa_serial" || s.role != "" && strings.HasPrefix(key, ownPrefix)
}

// text is the section as it would be written into an empty file.
func (s settings) text() (string, error) {
	d := awsconfig.NewDocument(nil)
	err := s.write(d)
	return string(d.Bytes()), err
}

// save writes the settings into the config file.
func (a *App) save(ctx context.Context, s settings) error {
	return awsconfig.Update(ctx, a.Paths.Config, s.write)
}

// isOwn reports whether a profile is awsmint's: its credential_process runs
// awsmint, or it has a setting of awsmint's.
func isOwn(section *awsconfig.Section) bool {
	return isReachable(section) || slices.ContainsFunc(section.Keys(), func(key string) bool { return strings.HasPrefix(key, ownPrefix) })
}

// isReachable reports whether SDKs come to awsmint for a profile: its
// credential_process runs it.
func isReachable(section *awsconfig.Section) bool {
	_, ok := provider.OwnLine(section.Get("credential_process"))
	return ok
}

// warnings is what to say of lines in a profile that some SDK prefers to the
// credential_process, or trips over beside it.
func warnings(section *awsconfig.Section) (texts []string) {
	if file, line := section.Origin("aws_access_key_id"); file != "" {
		texts = append(texts, fmt.Sprintf("profile %q also has a plaintext key at %s:%d, and most SDKs use that one instead of awsmint; delete aws_access_key_id, aws_secret_access_key and aws_session_token there",
			section.Name(), file, line))
	}
	if file, line := section.Origin("mfa_serial"); file != "" {
		texts = append(texts, fmt.Sprintf("profile %q also has mfa_serial at %s:%d, which the SDK for .NET does not take beside a credential_process; delete it, awsmint_mfa_serial stands in its place",
			section.Name(), file, line))
	}
	return texts
}

// erase takes awsmint's lines out of a profile's section of the config file:
// its own settings, the command that runs it, and the region if that is the one
// that add wrote. Of a profile without a key nobody knows who wrote the region:
// it goes where nothing else is left.
func erase(d *awsconfig.Document, section *awsconfig.Section, region string, keyless bool) {
	header := awsconfig.ConfigProfile(section.Name())
	for _, key := range section.Keys() {
		value, ok := d.Get(header, key)
		if !ok {
			continue
		}
		_, runsUs := provider.OwnLine(value)
		if strings.HasPrefix(key, ownPrefix) || key == "credential_process" && runsUs || key == "region" && value == region {
			d.Remove(header, key)
		}
	}
	if keyless {
		trial := awsconfig.NewDocument(d.Bytes())
		if trial.Remove(header, "region") && trial.RemoveIfEmpty(header) {
			d.Remove(header, "region")
		}
	}
	d.RemoveIfEmpty(header)
}

// tilde shortens a path below the home directory for a person.
func tilde(path string) string {
	home, err := os.UserHomeDir()
	if err == nil && strings.HasPrefix(path, home+string(os.PathSeparator)) {
		return "~" + path[len(home):]
	}
	return path
}
