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
	"os/user"
	"path/filepath"
	"slices"
	"time"

	"github.com/awsmint/awsmint/cache"
	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/child"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/internal/term"
	"github.com/awsmint/awsmint/provider"
)

// defaultPersonTimeout bounds a run that may ask a person: the Go SDK,
// Terraform and Kotlin kill a credential_process after 60 s.
const defaultPersonTimeout = 55 * time.Second

// App is what the commands work with: the process's surroundings.
type App struct {
	Version string
	Stdin   io.Reader // read only where a command is told to
	Stdout  io.Writer
	Stderr  io.Writer
	Getenv  func(string) string
	Environ []string
	Now     func() time.Time
	Log     *slog.Logger

	logProblem error
	paths      awsconfig.Paths
	configDir  string
	cacheDir   string
}

// NewApp is the App of a real run.
func NewApp(version string) (*App, error) {
	a := &App{
		Version: version,
		Stdin:   os.Stdin,
		Stdout:  os.Stdout,
		Stderr:  os.Stderr,
		Getenv:  os.Getenv,
		Environ: os.Environ(),
		Now:     time.Now,
	}
	a.Log, a.logProblem = openLog(a.Getenv("AWSMINT_LOG"))
	home, err := homeDir()
	if err != nil {
		return nil, err
	}
	a.paths = awsconfig.FindPaths(a.Getenv, home)
	a.configDir = directory(os.UserConfigDir, home, ".config")
	a.cacheDir = directory(os.UserCacheDir, home, ".cache")
	if dir := a.Getenv("AWSMINT_CACHE_DIR"); dir != "" {
		if a.cacheDir, err = filepath.Abs(dir); err != nil {
			return nil, fault.Wrap(err, fault.Usage, "AWSMINT_CACHE_DIR is no usable path: "+err.Error(), "give an absolute path")
		}
	}
	return a, nil
}

// homeDir is HOME, or where that is not set, as for some services, what the
// system's list of users says.
func homeDir() (string, error) {
	home, err := os.UserHomeDir()
	if err == nil {
		return home, nil
	}
	if u, userErr := user.Current(); userErr == nil && u.HomeDir != "" {
		return u.HomeDir, nil
	}
	return "", fault.Wrap(err, fault.Failure, "the home directory is not known: "+err.Error(), "set HOME")
}

// directory is awsmint's own below the user's. A relative XDG variable is
// ignored, as the XDG base directory specification asks.
func directory(base func() (string, error), home, otherwise string) string {
	dir, err := base()
	if err != nil {
		dir = filepath.Join(home, otherwise)
	}
	return filepath.Join(dir, "awsmint")
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

// WarnOfLog says that the log can't be written.
func (a *App) WarnOfLog() {
	if a.logProblem != nil {
		a.Warn(a.logProblem.Error())
	}
}

func (a *App) cache() *cache.Cache { return &cache.Cache{Dir: a.cacheDir, Now: a.Now} }

// keychainOptions takes the environment for a command that prints the
// passphrase.
func (a *App) keychainOptions(noInput bool, environ []string) keychain.Options {
	o := keychain.Options{
		Getenv:    a.Getenv,
		ConfigDir: a.configDir,
		CacheDir:  a.cacheDir,
		Environ:   environ,
		Log:       a.Log,
	}
	if !noInput {
		o.Passphrase = askPassphrase
	}
	return o
}

// openKeychain opens the keychain for a command that is about no one profile's
// credentials.
func (a *App) openKeychain(noInput bool) (keychain.Keychain, error) {
	return keychain.Open(a.keychainOptions(noInput, a.Environ))
}

func askPassphrase(ctx context.Context, prompt string) (secret.String, error) {
	t, err := term.Open()
	if err != nil {
		return secret.String{}, err
	}
	defer t.Close()
	return t.ReadSecret(ctx, prompt)
}

// ask is how much a run may bother a person.
type ask struct {
	noInput bool // not at all
	asked   bool // a person started it just for this
}

// noInput is whether the flag or the environment forbids questions.
func (a *App) noInput(flag bool) bool { return flag || a.Getenv("AWSMINT_NO_INPUT") != "" }

// provider resolves a profile and returns its provider, and the context that
// ends with the run's deadline.
func (a *App) provider(ctx context.Context, profile string, ask ask) (context.Context, context.CancelFunc, *provider.Cached, error) {
	chain, err := child.Enter(a.Getenv(child.ChainVariable), profile)
	if err != nil {
		return nil, nil, nil, err
	}
	link, err := a.resolve(profile)
	if err != nil {
		return nil, nil, nil, err
	}
	environ := append(slices.Clip(a.Environ), child.ChainVariable+"="+chain)
	k, err := keychain.Open(a.keychainOptions(ask.noInput, environ))
	if err != nil {
		return nil, nil, nil, err
	}
	timeout, err := a.span("AWSMINT_TIMEOUT", provider.DefaultTimeout)
	if err != nil {
		return nil, nil, nil, err
	}
	personTimeout, err := a.span("AWSMINT_PROMPT_TIMEOUT", defaultPersonTimeout)
	if err != nil {
		return nil, nil, nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, personTimeout)
	return ctx, cancel, provider.New(link, provider.Options{
		Keychain: k,
		Cache:    a.cache(),
		Environ:  environ,
		Getenv:   a.Getenv,
		Now:      a.Now,
		Timeout:  timeout,
		NoInput:  ask.noInput,
		Asked:    ask.asked,
		Notify:   notify,
		Log:      a.Log,
	}), nil
}

func (a *App) resolve(profile string) (provider.Link, error) {
	config, err := awsconfig.Load(a.paths)
	if err != nil {
		return nil, err
	}
	return provider.Resolve(config, a.Getenv, profile)
}

// section returns the config and a profile's section, an empty one where there
// is none.
func (a *App) section(profile string) (*awsconfig.Config, *awsconfig.Section, error) {
	config, err := awsconfig.Load(a.paths)
	if err != nil {
		return nil, nil, err
	}
	section, err := config.Profile(profile)
	if errors.Is(err, awsconfig.ErrNoProfile) {
		return config, awsconfig.Empty(profile), nil
	}
	return config, section, err
}

// notify tells whoever sits at the terminal, if anyone does.
func notify(text string) {
	t, err := term.Open()
	if err != nil {
		return
	}
	defer t.Close()
	_ = t.Print(text)
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
