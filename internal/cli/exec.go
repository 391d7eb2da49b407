package cli

import (
	"context"
	"fmt"
	"os"
	"slices"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/child"
	"github.com/awsmint/awsmint/internal/endpoint"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/format"
	"github.com/awsmint/awsmint/internal/secret"
)

// profileVariable tells the command which profile it runs with, for a prompt.
const profileVariable = "AWSMINT_PROFILE"

// Exec runs a command with credentials.
type Exec struct {
	Source
	Server  bool   `help:"Serve the credentials on this machine for as long as the command runs, and renew them."`
	EnvFile string `placeholder:"FILE" help:"Keep them fresh in this .env file for as long as the command runs."`

	Command []string `arg:"" optional:"" passthrough:"" help:"The command, with its arguments, behind --; your shell otherwise."`
}

// Run hands over to the command: in its place, but where something is to be
// renewed beside it.
func (e *Exec) Run(ctx context.Context, app *App) error {
	e.Command = append(e.Command, app.Command...)
	supply, err := e.open(app, false)
	if err != nil {
		return err
	}
	command := e.Command
	if len(command) == 0 {
		command = ownShell(app.Getenv)
	}
	switch {
	case e.Server && e.EnvFile != "":
		return fault.New(fault.Usage, "--server and --env-file exclude each other", "leave one of them out")
	case e.Server:
		return e.withServer(ctx, app, supply, command)
	case e.EnvFile != "":
		return e.withFile(ctx, app, supply, command)
	}
	values, err := supply.retrieve(ctx)
	if err != nil {
		return err
	}
	status, err := child.Replace(command[0], command[1:], supply.environ(app, passed(values)))
	return ended(status, err)
}

// passed are the variables with credentials in them.
func passed(v format.Values) []secret.Variable {
	return append(format.Variables(v.Credentials, v.Region), v.More...)
}

// environ is the command's environment: the caller's, without its identity.
func (s *supply) environ(app *App, set []secret.Variable) []string {
	return child.Credentials(app.Environ, append(set, secret.Variable{Name: profileVariable, Value: secret.New(s.what)}))
}

// withServer runs the command beside an endpoint that serves its SDKs. What
// they would take before the endpoint is out of their way: the profile
// "default", which they look at first.
func (e *Exec) withServer(ctx context.Context, app *App, s *supply, command []string) error {
	if s.run == nil {
		return fault.New(fault.Usage, "--server and --local exclude each other", "leave one of them out: what never expires needs no renewal")
	}
	starting, cancel := s.run.bounded(ctx)
	defer cancel()
	server, err := endpoint.Start(starting, s.provider, endpoint.Options{Log: app.Log, Now: app.Now, Timeout: s.run.limit})
	if err != nil {
		return err
	}
	defer server.Close()
	set := server.Variables()
	for _, name := range []string{format.Region, format.DefaultRegion} {
		if s.region != "" {
			set = append(set, secret.Variable{Name: name, Value: secret.New(s.region)})
		}
	}
	if defaultHasCredentials(s.run.config) {
		app.Note("the command sees no AWS config file, because SDKs would take the credentials of its profile \"default\" before those of --server")
		for _, name := range []string{"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"} {
			set = append(set, secret.Variable{Name: name, Value: secret.New(os.DevNull)})
		}
	}
	app.Release()
	return ended(child.Run(command[0], command[1:], s.environ(app, set)))
}

// credentialSettings make a profile one that SDKs get credentials from.
var credentialSettings = []string{
	"aws_access_key_id", "credential_process", "role_arn", "sso_session", "sso_start_url", "login_session", "web_identity_token_file",
}

// defaultHasCredentials reports whether SDKs find credentials in the profile
// that they take where none is named.
func defaultHasCredentials(config *awsconfig.Config) bool {
	section, err := config.Profile("default")
	return err == nil && slices.ContainsFunc(credentialSettings, func(key string) bool { return section.Get(key) != "" })
}

// withFile runs the command beside a file that is kept fresh. The command has
// the credentials in that file alone: those in its environment would go before
// the file's, and would end.
func (e *Exec) withFile(ctx context.Context, app *App, s *supply, command []string) error {
	file := &envFile{path: e.EnvFile, app: app}
	if err := file.check(ctx, false); err != nil {
		return err
	}
	values, err := s.retrieve(ctx)
	if err != nil {
		return err
	}
	if err := file.write(ctx, values); err != nil {
		return err
	}
	app.Release()
	watching, cancel := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		file.keepFresh(watching, s, values, func(_ format.Values, err error) {
			app.Log.Debug("the .env file was to be renewed", "file", e.EnvFile, "error", err)
		})
	}()
	status, err := child.Run(command[0], command[1:], s.environ(app, nil))
	cancel()
	<-done
	return ended(status, err)
}

// exited is a command that ran and ended: its exit status is awsmint's.
type exited int

func (e exited) Error() string { return fmt.Sprintf("the command ended with exit status %d", int(e)) }

func ended(status int, err error) error {
	if err != nil || status == 0 {
		return err
	}
	return reported{fault.Wrap(exited(status), fault.Status(status), exited(status).Error(), "")}
}

// ownShell is the user's.
func ownShell(getenv func(string) string) []string {
	return []string{firstSet(getenv("SHELL"), getenv("COMSPEC"), "/bin/sh")}
}

// CutCommand takes the command off the command line of exec: what stands behind
// the first --, which is nobody's flag or profile.
func CutCommand(args []string) (own, command []string) {
	at := slices.Index(args, "--")
	if at < 0 || len(args) == 0 || args[0] != "exec" {
		return args, nil
	}
	return args[:at], args[at+1:]
}
