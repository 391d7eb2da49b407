package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/awsmint/awsmint/internal/child"
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
	EnvFile string `placeholder:"FILE" help:"Keep them fresh in this .env file for as long as the command runs; the last ones stay in it."`

	Command []string `arg:"" optional:"" passthrough:"partial" help:"The command, with its arguments, behind --; your shell otherwise."`
}

// Run hands over to the command: in its place, but where something is to be
// renewed beside it.
func (e *Exec) Run(ctx context.Context, app *App) error {
	if err := e.check(); err != nil {
		return err
	}
	supply, err := e.open(app, false)
	if err != nil {
		return err
	}
	command := e.command(app)
	// Nobody is asked for a code for a command that can't be run.
	if err := child.Check(command[0], app.Environ); err != nil {
		return err
	}
	switch {
	case e.Server:
		return e.withServer(ctx, app, supply, command)
	case e.EnvFile != "":
		return e.withFile(ctx, app, supply, command)
	}
	values, err := supply.retrieve(ctx)
	if err != nil {
		return err
	}
	if err := app.lend(); err != nil {
		return err
	}
	return ended(child.Replace(command[0], command[1:], supply.environ(app, passed(values))))
}

// needsFiles: a .env file has a lock in the cache.
func (e *Exec) needsFiles() bool { return e.Local == "" || e.EnvFile != "" }

// check refuses flags that do nothing together.
func (e *Exec) check() error {
	switch {
	case e.Server && e.EnvFile != "":
		return fault.New(fault.Usage, "--server and --env-file exclude each other", "leave one of them out")
	case e.Server && e.Local != "":
		return fault.New(fault.Usage, "--server and --local exclude each other", "leave one of them out: what never expires needs no renewal")
	}
	return nil
}

// command is what is to run. A -- that is not the first thing behind the
// profile is the command's own: git checkout -- FILE.
func (e *Exec) command(app *App) []string {
	command := e.Command
	if len(command) > 0 && app.Command != nil {
		command = append(command, "--")
	}
	command = append(command, app.Command...)
	if len(command) == 0 {
		return ownShell(app.Getenv)
	}
	return command
}

// passed are the variables with credentials in them.
func passed(v format.Values) []secret.Variable {
	return append(format.Variables(v.Credentials, v.Region), v.More...)
}

// environ is the command's environment: the caller's, without its identity.
func (s *supply) environ(app *App, set []secret.Variable) []string {
	set = slices.Concat(set, s.unset, []secret.Variable{{Name: profileVariable, Value: secret.New(s.what)}})
	if s.region != "" {
		set = append(set, secret.Variable{Name: regionVariable, Value: secret.New(s.region)})
	}
	environ := app.Environ
	if s.run == nil {
		environ = slices.Concat(environ, app.local) // one stand-in beside the other
	}
	return child.Credentials(environ, set)
}

// withFile runs the command beside a file that is kept fresh. The command has
// the credentials in that file alone: those in its environment would go before
// the file's, and would end. The rest, which does not, it has in both: else the
// caller's would go before the file's.
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
	if err := app.lend(); err != nil {
		return err
	}
	watching, cancel := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	help := s.plea()
	go func() {
		defer close(done)
		file.keepFresh(watching, s.beside(), values, func(_ format.Values, err error) {
			help.hear(err)
			app.Log.Debug("the .env file was to be renewed", "file", e.EnvFile, "error", err)
		})
	}()
	lasting := slices.Concat(regionVariables(s.region), s.more, s.withoutDefault(app, "--env-file"))
	end, err := child.Run(command[0], command[1:], s.environ(app, lasting))
	cancel()
	<-done
	return ended(end, err)
}

// exited is a command that ran and failed: its end is awsmint's.
type exited child.End

func (e exited) Error() string {
	return fmt.Sprintf("the command ended with exit status %d", child.End(e).Status())
}

func ended(end child.End, err error) error {
	if err != nil || end == (child.End{}) {
		return err
	}
	return reported{fault.Wrap(exited(end), fault.Status(end.Status()), exited(end).Error(), "")}
}

// Die ends the process by the signal that ended the command, if err is of such
// a one. It returns otherwise.
func Die(err error) {
	if e := (exited{}); errors.As(err, &e) && e.Signal != 0 {
		child.Die(e.Signal)
	}
}

// ownShell is the user's.
func ownShell(getenv func(string) string) []string {
	return []string{firstSet(getenv("SHELL"), getenv("COMSPEC"), "/bin/sh")}
}

// CutCommand takes the command off the command line of exec: what stands behind
// the first --, which is nobody's flag or profile. command is nil without a --.
func CutCommand(args []string) (own, command []string) {
	at := slices.Index(args, "--")
	if at < 0 || len(args) == 0 || args[0] != "exec" {
		return args, nil
	}
	return args[:at], args[at+1:]
}
