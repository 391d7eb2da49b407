package cli

import (
	"slices"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/secret"
)

// withoutDefault are the variables that keep a command without credentials in
// its environment from those of the profile "default": SDKs look there before
// they ask an endpoint, and so does a program that does not read its .env file.
// An awsmint that the command runs still finds the config files.
func (s *supply) withoutDefault(app *App, flag string) []secret.Variable {
	if s.run == nil || !defaultHasCredentials(s.run.config) {
		return nil
	}
	app.Note("the command sees no AWS config file, because SDKs would take the credentials of its profile \"default\" before those of " + flag)
	return app.Paths.Hidden()
}

// credentialSettings make a profile one that SDKs get credentials from, or
// refuse to go on without: half of a way to get them is an error for most.
var credentialSettings = []string{
	"aws_access_key_id", "aws_secret_access_key", "credential_process", "login_session",
	"role_arn", "source_profile", "credential_source", "web_identity_token_file",
	"sso_session", "sso_start_url", "sso_account_id", "sso_role_name",
}

// defaultHasCredentials reports whether SDKs find credentials in the profile
// that they take where none is named.
func defaultHasCredentials(config *awsconfig.Config) bool {
	section, err := config.Profile("default")
	return err == nil && slices.ContainsFunc(credentialSettings, func(key string) bool { return section.Get(key) != "" })
}
