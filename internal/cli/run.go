package cli

import (
	"context"
	"time"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/term"
	"github.com/awsmint/awsmint/provider"
)

// defaultPersonTimeout bounds a run that may ask a person: the Go SDK,
// Terraform and Kotlin kill a credential_process after 60 s.
const defaultPersonTimeout = 55 * time.Second

// ask is how much a run may bother a person.
type ask struct {
	noInput bool // not at all
	asked   bool // a person started it just for this
}

// run is one request for credentials: the chain that answers it, and what its
// providers work with.
type run struct {
	config  *awsconfig.Config
	link    provider.Link
	options provider.Options
	limit   time.Duration // for all of it, where a person may be asked
}

// begin resolves a request. Nothing is opened or asked yet.
func (a *App) begin(request provider.Request, ask ask) (*run, error) {
	if a.lost != nil {
		return nil, a.lost
	}
	config, err := awsconfig.Load(a.Paths)
	if err != nil {
		return nil, err
	}
	link, err := provider.Resolve(config, a.Getenv, request)
	if err != nil {
		return nil, err
	}
	return a.beginWith(config, request, link, ask)
}

// beginWith is begin for a request that is resolved.
func (a *App) beginWith(config *awsconfig.Config, request provider.Request, link provider.Link, ask ask) (*run, error) {
	r := &run{config: config, link: link}
	environ, err := a.Enter(a.Getenv, a.Environ, request, link)
	if err != nil {
		return nil, err
	}
	if r.options, err = a.options(request.Profile, environ, ask); err != nil {
		return nil, err
	}
	r.limit, err = a.span("AWSMINT_PROMPT_TIMEOUT", defaultPersonTimeout)
	return r, err
}

// options is what the providers of a profile work with. environ is for the
// programs that they start.
func (a *App) options(profile string, environ []string, ask ask) (provider.Options, error) {
	k, err := keychain.Open(a.keychainOptions(ask.noInput, environ))
	if err != nil {
		return provider.Options{}, err
	}
	timeout, err := a.span("AWSMINT_TIMEOUT", provider.DefaultTimeout)
	return provider.Options{
		Profile:  profile,
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
	}, err
}

// bounded is ctx with the run's deadline.
func (r *run) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, r.limit)
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
