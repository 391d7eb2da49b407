package cli

import (
	"errors"
	"fmt"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/provider"
)

// ShortStatus is the line of "status --short": it runs at every prompt of a
// shell, so it reads the config and the header of one entry of the cache, and
// never the keychain.
type ShortStatus struct{ Profile string }

// errNotLive gives a run without credentials its status. The line has told of
// it, and a prompt has no room for more.
var errNotLive = reported{fault.New(fault.Failure, "no credentials that live", "")}

// Run prints the line. The error has only its status to give: 1 where there are
// no credentials that live, and where the profile gives none that of the reason.
// Who wants no more than the status may have sent the line away.
func (s *ShortStatus) Run(app *App) error {
	word, err := s.word(app)
	_, _ = fmt.Fprintln(app.Stdout, s.Profile+" "+word)
	return err
}

// word is what follows the profile's name.
func (s *ShortStatus) word(app *App) (string, error) {
	if app.lost != nil {
		return "?", reported{app.lost}
	}
	config, err := awsconfig.Load(app.Paths)
	if err != nil {
		return "?", reported{err}
	}
	link, err := provider.Resolve(config, app.Getenv, provider.Request{Profile: s.Profile})
	switch {
	case errors.Is(err, provider.ErrSessionOff):
		return "off", errNotLive
	case err != nil:
		return "?", reported{err}
	}
	times, ok := provider.New(link, provider.Options{Cache: app.cache(), Now: app.Now}).Cached()
	switch {
	case ok:
		return remaining(times.Expires, app.Now()), nil
	case times.Expires.IsZero():
		return "-", errNotLive
	}
	return "expired", errNotLive
}

// ParseShort reads the command line of a prompt, "status --short PROFILE",
// without the grammar: building that would be half of the run's time. Whatever
// is not just that is left to the grammar.
func ParseShort(args []string) (s *ShortStatus, ok bool) {
	if len(args) != 3 || args[0] != "status" {
		return nil, false
	}
	flag, profile := args[1], args[2]
	if profile == "--short" {
		flag, profile = profile, flag
	}
	if flag != "--short" || profile == "" || profile[0] == '-' {
		return nil, false
	}
	return &ShortStatus{Profile: profile}, true
}
