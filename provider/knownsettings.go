package provider

import (
	"slices"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
)

// knownSettings are the names that awsmint_ may stand in front of.
var knownSettings = []string{
	// awsmint's own.
	"duration", "expiry_window", "max_key_age", "mfa", "mfa_process", "policy", "policy_arns", "publish",
	"session", "session_tags", "source_identity", "transitive_tags", "web_identity_token_process",

	// AWS's own that awsmint reads.
	"ca_bundle", "credential_process", "credential_source", "duration_seconds", "endpoint_url", "external_id",
	"ignore_configured_endpoint_urls", "login_session", "mfa_serial", "region", "role_arn", "role_session_name",
	"services", "source_profile", "sso_account_id", "sso_region", "sso_registration_scopes", "sso_role_name",
	"sso_session", "sso_start_url", "use_dualstack_endpoint", "use_fips_endpoint", "web_identity_token_file",
}

// checkKnown refuses a setting with awsmint's prefix that awsmint does not
// know. A misspelt awsmint_policy would otherwise give more power than was meant,
// and nobody would notice.
func checkKnown(section *awsconfig.Section) error {
	for _, name := range section.OwnKeys() {
		if slices.Contains(knownSettings, name) {
			continue
		}
		hint := "take the line out; awsmint's README lists the settings (under Settings)"
		if meant := awsconfig.DidYouMean(awsconfig.Prefix+name, prefixed()); meant != "" {
			hint = meant
		}
		return at(section, awsconfig.Prefix+name, fault.Wrap(ErrNoSetting, fault.Usage, ErrNoSetting.Error(), hint))
	}
	return nil
}

// roleOnly are awsmint's settings that a role alone can have, and that somebody
// relies on.
var roleOnly = []string{"policy", "policy_arns", "session_tags", "transitive_tags", "source_identity"}

// checkRoleOnly refuses them where no role is assumed: a policy that is passed
// over gives more power than was meant, too.
func checkRoleOnly(section *awsconfig.Section) error {
	if isRole(section) {
		return nil
	}
	for _, name := range section.OwnKeys() {
		if slices.Contains(roleOnly, name) && section.Get(awsconfig.Prefix+name) != "" {
			return at(section, awsconfig.Prefix+name, fault.New(fault.Usage, "it takes a role, and this profile assumes none",
				"put it into a role's profile (awsmint_role_arn); --read-only and --policy-arn of exec, export and console narrow any key"))
		}
	}
	return nil
}

// prefixed are the known settings as they are written.
func prefixed() (keys []string) {
	for _, name := range knownSettings {
		keys = append(keys, awsconfig.Prefix+name)
	}
	return keys
}
