package doctor

import (
	"fmt"
	"slices"
	"strings"

	"github.com/awsmint/awsmint/internal/awsconfig"
)

// settings are those of AWS's that say where credentials come from, and for
// which region. SDKs pass over a misspelt one in silence.
// https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
var settings = []string{
	"aws_access_key_id", "aws_secret_access_key", "aws_session_token", "credential_process", "credential_source",
	"duration_seconds", "external_id", "login_session", "mfa_serial", "region", "role_arn", "role_session_name", "source_profile",
	"sso_account_id", "sso_region", "sso_role_name", "sso_session", "sso_start_url", "web_identity_token_file",
}

// otherNames are what the settings are called elsewhere: as variables, or
// by other tools.
var otherNames = map[string]string{
	"aws_region": "region", "aws_default_region": "region", "default_region": "region",
	"access_key_id": "aws_access_key_id", "aws_access_key": "aws_access_key_id",
	"secret_access_key": "aws_secret_access_key", "aws_secret_key": "aws_secret_access_key",
	"session_token": "aws_session_token", "aws_role_arn": "role_arn", "aws_mfa_serial": "mfa_serial",
}

// misspelt tells of settings that look like one of AWS's which the profile has
// not, by either name.
func (e *examination) misspelt(section *awsconfig.Section) {
	sso := slices.ContainsFunc(section.Keys(), isSSO)
	missing := slices.DeleteFunc(slices.Clone(settings), func(name string) bool { return section.Setting(name) != "" || isSSO(name) && !sso })
	for _, key := range section.Keys() {
		if strings.HasPrefix(key, awsconfig.Prefix) || slices.Contains(settings, key) {
			continue
		}
		meant := awsconfig.DidYouMean(key, missing)
		if name := otherNames[key]; slices.Contains(missing, name) {
			meant = fmt.Sprintf("did you mean %q?", name)
		}
		if meant == "" {
			continue
		}
		e.add(Finding{
			ID: "setting-misspelt", Severity: Warning, Area: Profile, Profile: section.Name(), Where: place(section, key),
			Fact: fmt.Sprintf("SDKs know no setting %q and pass over it", key), Advice: meant,
		})
	}
}

// isSSO reports whether a setting is of IAM Identity Center's. They come
// together: without one of them, none is meant.
func isSSO(name string) bool { return strings.HasPrefix(name, "sso_") }
