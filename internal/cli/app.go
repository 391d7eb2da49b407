// Package cli is awsmint's commands: one file each, a struct with kong's tags
// and a Run method. What the person reads is written here and nowhere else:
// data goes to stdout, failures to stderr, questions to the terminal.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"github.com/alecthomas/kong"

	"github.com/awsmint/awsmint/cache"
	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/internal/term"
	"github.com/awsmint/awsmint/provider"
)

// App is what the commands work with: the process's surroundings.
type App struct {
	Version string
	Stdin   io.Reader // read only where a command is told to
	Stdout  io.Writer
	Stderr  io.Writer
	Getenv  func(string) string
	Environ []string // without what an outer --local has set
	Now     func() time.Time
	Log     *slog.Logger

	Command []string    // what stands behind -- on the command line of exec
	Release func() bool // leaves signals to whoever runs next in this process; false: one has come already
	Linger  func()      // takes the limit off a run that a signal has told to end
	lent    atomic.Bool // the command of exec has the terminal

	local      []string // what an outer --local has set: its endpoints
	logProblem error
	lost       error // why the surroundings are not known
	provider.Surroundings
}

// NewApp is the App of a real run. Where the user's files are may be unknown,
// which fails those commands that need them.
func NewApp(version string) *App {
	a := &App{
		Version: version,
		Stdin:   os.Stdin,
		Stdout:  output{os.Stdout},
		Stderr:  os.Stderr,
		Now:     time.Now,
	}
	a.Environ, a.local = cutLocal(os.Environ())
	a.Getenv = without(os.Getenv, a.local)
	a.Log, a.logProblem = openLog(a.Getenv("AWSMINT_LOG"))
	a.Surroundings, a.lost = provider.FindSurroundings(a.Getenv)
	return a
}

// Ready tells whether the user's files can be found, if a command needs them.
func (a *App) Ready(command *kong.Context) error {
	if node := command.Selected(); node != nil && node.Target.CanAddr() {
		if c, ok := node.Target.Addr().Interface().(interface{ needsFiles() bool }); ok && !c.needsFiles() {
			return nil
		}
	}
	return a.lost
}

// openLog opens the file for debug logs. A log that can't be written never
// stops a run, since credentials matter more; problem says what is wrong.
func openLog(path string) (log *slog.Logger, problem error) {
	if path == "" {
		return slog.New(slog.DiscardHandler), nil
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return slog.New(slog.DiscardHandler), fmt.Errorf("AWSMINT_LOG: nothing is logged: %w", err)
	}
	handler := slog.NewJSONHandler(file, &slog.HandlerOptions{Level: slog.LevelDebug})
	return slog.New(handler).With("pid", os.Getpid()), nil
}

// Warn says on stderr what is worth knowing and stops nothing. process, whose
// stderr belongs to an SDK, is the one command that does without.
func (a *App) Warn(text string) { _, _ = fmt.Fprintln(a.Stderr, "awsmint: warning: "+text) }

// Note says on stderr what is good to know where all went well.
func (a *App) Note(text string) { _, _ = fmt.Fprintln(a.Stderr, "awsmint: note: "+text) }

// WarnOfLog says that the log can't be written.
func (a *App) WarnOfLog() {
	if a.logProblem != nil {
		a.Warn(a.logProblem.Error())
	}
}

func (a *App) cache() *cache.Cache { return &cache.Cache{Dir: a.CacheDir, Now: a.Now} }

// keychainOptions takes the environment for a command that prints the
// passphrase.
func (a *App) keychainOptions(noInput bool, environ []string) keychain.Options {
	o := keychain.Options{
		Getenv:    a.Getenv,
		ConfigDir: a.ConfigDir,
		CacheDir:  a.CacheDir,
		Environ:   environ,
		Silent:    noInput,
		Log:       a.Log,
	}
	if !noInput {
		o.Passphrase = a.askPassphrase
	}
	return o
}

// openKeychain opens the keychain for a command that is about no one profile's
// credentials.
func (a *App) openKeychain(noInput bool) (keychain.Keychain, error) {
	return keychain.Open(a.keychainOptions(noInput, a.Environ))
}

// errLent keeps a question from a command that reads from the same terminal: it
// would get the answer, and awsmint what is typed for it.
var errLent = fault.New(fault.Person, "the terminal is the command's", "")

// errTooLate is a signal that came before the command that was to have it.
var errTooLate = fault.New(fault.Person, "ended by a signal before the command was run", "")

// lend leaves signals and the terminal to a command that is run now.
func (a *App) lend() error {
	a.lent.Store(true)
	if !a.Release() {
		return errTooLate
	}
	return nil
}

func (a *App) askPassphrase(ctx context.Context, prompt string) (secret.String, error) {
	if a.lent.Load() {
		return secret.String{}, errLent
	}
	defer provider.PauseTimeout(ctx)()
	t, err := term.Open()
	if err != nil {
		return secret.String{}, err
	}
	defer t.Close()
	return t.ReadSecret(ctx, prompt)
}

// noInput is whether the flag or the environment forbids questions.
func (a *App) noInput(flag bool) bool { return flag || a.Getenv("AWSMINT_NO_INPUT") != "" }

// section returns the config and a profile's section, an empty one where there
// is none.
func (a *App) section(profile string) (*awsconfig.Config, *awsconfig.Section, error) {
	config, err := awsconfig.Load(a.Paths)
	if err != nil {
		return nil, nil, err
	}
	section, err := config.Profile(profile)
	if errors.Is(err, awsconfig.ErrNoProfile) {
		return config, awsconfig.Empty(profile), nil
	}
	return config, section, err
}

// span reads a time span from the environment.
func (a *App) span(variable string, otherwise time.Duration) (time.Duration, error) {
	text := a.Getenv(variable)
	if text == "" {
		return otherwise, nil
	}
	d, err := provider.ParseSpan(text)
	if err != nil {
		return 0, fault.Wrap(err, fault.Usage, variable+": "+err.Error(), fault.HintOf(err))
	}
	return d, nil
}
