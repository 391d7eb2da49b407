package cli

import (
	"context"
	"fmt"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/format"
)

// Process prints credentials for an SDK. It is what the config file names as
// credential_process: on success stdout is one JSON object and stderr is
// empty, on failure the other way round, and stdin is never read.
type Process struct {
	Profile string `arg:"" help:"The profile to print credentials for."`
	NoInput bool   `help:"Never ask for anything: fail instead. Also: AWSMINT_NO_INPUT=1."`
}

// Run prints the credentials. They are cached before they are printed, so a
// reader that has gone leaves the next run a hit.
func (p *Process) Run(ctx context.Context, app *App) error {
	ctx, cancel, provider, err := app.provider(ctx, p.Profile, ask{noInput: app.noInput(p.NoInput)})
	if err != nil {
		return err
	}
	defer cancel()
	credentials, err := provider.Retrieve(ctx)
	if err != nil {
		return err
	}
	if wasClosed(app.Stdout) {
		return fault.New(fault.Failure, "stdout is closed: the credentials can't be written",
			"they are in the cache; to mint without printing, run: awsmint login "+p.Profile)
	}
	if _, err := app.Stdout.Write(format.Process(credentials)); err != nil {
		return fault.Wrap(err, fault.Failure, fmt.Sprintf("the credentials can't be written: %v", err),
			"they are in the cache; run the same command again")
	}
	return nil
}

// ParseProcess reads the command line that the config file holds, without the
// grammar: building that would be half of a hit's time. Whatever is not just a
// profile and --no-input is left to the grammar.
func ParseProcess(args []string) (p *Process, ok bool) {
	if len(args) < 2 || args[0] != "process" {
		return nil, false
	}
	p = &Process{}
	for _, arg := range args[1:] {
		switch {
		case arg == "--no-input":
			p.NoInput = true
		case arg == "" || arg[0] == '-' || p.Profile != "":
			return nil, false
		default:
			p.Profile = arg
		}
	}
	return p, p.Profile != ""
}
