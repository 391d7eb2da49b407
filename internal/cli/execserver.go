package cli

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/child"
	"github.com/awsmint/awsmint/internal/endpoint"
)

// withServer runs the command beside an endpoint that serves its SDKs.
func (e *Exec) withServer(ctx context.Context, app *App, s *supply, command []string) error {
	server, err := s.serve(ctx, app)
	if err != nil {
		return err
	}
	defer server.Close()
	set := slices.Concat(server.Variables(), regionVariables(s.region), s.withoutDefault(app, "--server"))
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
