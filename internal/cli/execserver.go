package cli

import (
	"context"
	"os"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/child"
	"github.com/awsmint/awsmint/internal/endpoint"
	"github.com/awsmint/awsmint/internal/secret"
)

// withServer runs the command beside an endpoint that serves its SDKs. What
// they would take before the endpoint is out of their way: the profile
// "default", which they look at first.
func (e *Exec) withServer(ctx context.Context, app *App, s *supply, command []string) error {
	server, err := s.serve(ctx, app)
	if err != nil {
		return err
	}
	defer server.Close()
	set := append(server.Variables(), regionVariables(s.region)...)
	if defaultHasCredentials(s.run.config) {
		app.Note("the command sees no AWS config file, because SDKs would take the credentials of its profile \"default\" before those of --server")
		for _, name := range []string{"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"} {
			set = append(set, secret.Variable{Name: name, Value: secret.New(os.DevNull)})
		}
	}
	if err := app.lend(); err != nil {
		return err
	}
	return ended(child.Run(command[0], command[1:], s.environ(app, set)))
}

// serve starts the endpoint. A person may be asked for the first credentials;
// the renewals are made beside the command.
func (s *supply) serve(ctx context.Context, app *App) (*endpoint.Server, error) {
	starting, cancel := s.run.bounded(ctx)
	defer cancel()
	renewals, help := s.beside().provider, s.plea()
	source := aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
		if !app.lent.Load() {
			credentials, err := s.provider.Retrieve(ctx)
			return credentials, s.hinted(err)
		}
		credentials, err := renewals.Retrieve(ctx)
		if ctx.Err() == nil {
			help.hear(err)
		}
		return credentials, s.hinted(err)
	})
	return endpoint.Start(starting, source, endpoint.Options{Log: app.Log, Now: app.Now, Timeout: s.run.limit})
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
