package cli

import (
	"errors"
	"fmt"
	"sync"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/term"
)

// beside is the supply for renewals while a command runs. The terminal is the
// command's: a question there would take what is typed for it, and the command
// the answer. So nobody is asked on it, nor told what is waited for.
func (s *supply) beside() *supply {
	if s.run == nil {
		return s
	}
	run := *s.run
	run.options.Beside, run.options.Asked, run.options.Notify = true, false, nil
	beside := *s
	beside.run = &run
	return beside.renewing(true)
}

// plea tells who watches the terminal, once for each time that renewals need a
// person, how to help from another one. A shell of the command's has the
// foreground, and awsmint need not be in it to be read.
type plea struct {
	login string // the command that helps
	what  string // the profile

	tell func(text string) error

	mu   sync.Mutex
	told bool // since the last success
}

// login is the command line that gets what the supply gives into the cache.
func (s *supply) login() string { return "awsmint login " + quoted(s.what) + s.words }

// plea is one for the supply's renewals.
func (s *supply) plea() *plea {
	return &plea{what: s.what, login: s.login(), tell: term.Tell}
}

// hear takes the outcome of a renewal.
func (p *plea) hear(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case err == nil:
		p.told = false
	case errors.Is(err, errTaken):
		_ = p.tell("awsmint: " + err.Error())
	case fault.StatusOf(err) == fault.Person && !p.told:
		text := fmt.Sprintf("awsmint: the credentials of profile %q can't be renewed without you; run in another terminal: %s", p.what, p.login)
		p.told = p.tell(text) == nil
	}
}
