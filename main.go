// A run of a few milliseconds on one thread does not ask how much of the
// machine its container may use: that would be a tenth of a hit's time.

//go:debug containermaxprocs=0
//go:debug updatemaxprocs=0

// Command awsmint keeps AWS access keys in the OS keychain and hands SDKs
// short-lived credentials: it is what ~/.aws/config names as
// credential_process.
package main

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"github.com/awsmint/awsmint/internal/cli"
	"github.com/awsmint/awsmint/internal/fault"
)

// version is set by the release build (-ldflags "-X main.version=…").
var version = "dev"

const description = `Keep AWS access keys in the OS keychain and hand out short-lived credentials.

Store a key with "awsmint add PROFILE". From then on every program that reads ~/.aws/config gets MFA-backed session credentials for that profile, with one code per session, and for the roles that it may assume.`

type grammar struct {
	Add     cli.Add     `cmd:"" help:"Store an access key and write its profile, or write the profile of a role."`
	Import  cli.Import  `cmd:"" help:"Take keys that stand in plain text into the keychain, and the plain text out."`
	Process cli.Process `cmd:"" help:"Print credentials as JSON: what SDKs run as credential_process."`
	Login   cli.Login   `cmd:"" help:"Get credentials now, for programs that can't wait for an MFA code or a sign-in."`
	Logout  cli.Logout  `cmd:"" help:"Forget cached credentials, and sign out of IAM Identity Center."`
	Export  cli.Export  `cmd:"" help:"Print credentials for a shell, or write them into a .env file and keep them fresh."`
	Exec    cli.Exec    `cmd:"" help:"Run a command with credentials."`
	Console cli.Console `cmd:"" help:"Sign a browser in to the AWS console."`
	List    cli.List    `cmd:"" help:"Show profiles, where their credentials come from, and how long these last."`
	Status  cli.Status  `cmd:"" help:"Show at a glance how profiles stand: whose they are, the key's age, the session's time left."`
	Doctor  cli.Doctor  `cmd:"" help:"Find what is wrong with credentials, and say what to do."`
	Remove  cli.Remove  `cmd:"" help:"Remove a profile's key and all that awsmint keeps and wrote for it."`
	Rotate  cli.Rotate  `cmd:"" help:"Replace a profile's key by a new one, and delete the old one."`
	MFA     cli.MFA     `cmd:"" name:"mfa" help:"Make MFA devices, and keep their seeds."`
	Version cli.Version `cmd:"" help:"Print the version."`
}

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	app := cli.NewApp(version)
	if short, ok := cli.ParseShort(args); ok { // it is done before a signal could be heeded
		return cli.Report(app.Stderr, short.Run(app))
	}
	ctx, stop := heedSignals()
	defer stop()
	lingering := make(chan struct{})
	app.Linger = sync.OnceFunc(func() {
		stop() // what says that a second signal ends it says so from now on
		close(lingering)
	})
	disarm := context.AfterFunc(ctx, func() {
		// A second signal ends the run by itself, and so does time where
		// something can't be interrupted: a pipe that nobody reads.
		stop()
		select {
		case <-time.After(grace):
			os.Exit(int(fault.Person))
		case <-lingering:
		}
	})
	app.Release = func() bool {
		defer stop()
		return disarm()
	}
	if process, ok := cli.ParseProcess(args); ok {
		return cli.Report(app.Stderr, process.Run(ctx, app))
	}
	err := parseAndRun(ctx, app, args)
	status := cli.Report(app.Stderr, err)
	cli.Die(err)
	return status
}

// grace is how long a run may take to end once a signal has asked it to.
const grace = time.Second

// heedSignals returns a context that ends with the signals that end a run in
// good order: Ctrl-\ too, for which Go's runtime would print its stacks and
// leave a terminal without echo. One that the caller has had ignored, as nohup
// does, stays ignored.
func heedSignals() (context.Context, context.CancelFunc) {
	var signals []os.Signal
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT} {
		if !signal.Ignored(s) {
			signals = append(signals, s)
		}
	}
	if len(signals) == 0 { // none would mean all to NotifyContext
		return context.WithCancel(context.Background())
	}
	return signal.NotifyContext(context.Background(), signals...)
}

// helped is how kong is stopped after it has printed help, so that nothing but
// main exits.
type helped struct{}

func parseAndRun(ctx context.Context, app *cli.App, args []string) (err error) {
	defer func() {
		switch thrown := recover(); thrown.(type) {
		case nil:
		case helped:
			err = nil
		default: // a mistake in the program must not look like success
			panic(thrown)
		}
	}()
	parser, err := kong.New(&grammar{},
		kong.Name("awsmint"),
		kong.Description(description),
		kong.Help(app.PrintHelp),
		kong.Exit(func(int) { panic(helped{}) }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(app),
	)
	if err != nil {
		return err
	}
	parser.Model.HelpFlag.Help = "Show this help."
	app.WarnOfLog()
	args, app.Command = cli.CutCommand(args)
	command, err := parser.Parse(cli.Reworded(args))
	if err == nil {
		err = cli.CheckValues(command)
	}
	if err != nil {
		return cli.Misuse(err)
	}
	if err := app.Ready(command); err != nil {
		return err
	}
	return command.Run()
}
