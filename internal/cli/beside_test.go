package cli

import (
	"errors"
	"testing"

	"github.com/awsmint/awsmint/internal/fault"
)

// A plea is told once, and what could not be told is told the next time.
func TestPleaIsToldOnce(t *testing.T) {
	needed, away := fault.New(fault.Person, "a code is needed", ""), errors.New("nobody is there")
	for name, c := range map[string]struct {
		renewals  []error
		terminals []error // what becomes of each telling
	}{
		"once":                      {[]error{needed, needed}, []error{nil}},
		"again when it is needed":   {[]error{needed, nil, needed}, []error{nil, nil}},
		"again when nobody heard":   {[]error{needed, needed, needed}, []error{away, nil}},
		"that another has the file": {[]error{(&envFile{path: ".env"}).taken()}, []error{nil}},
		"not of what helps nobody":  {[]error{fault.New(fault.Network, "no answer", ""), nil}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			told := 0
			p := &plea{what: "prod", login: "awsmint login prod", tell: func(text string) error {
				if told++; told > len(c.terminals) {
					t.Fatalf("told %q for the %dth time", text, told)
				}
				return c.terminals[told-1]
			}}
			for _, err := range c.renewals {
				p.hear(err)
			}
			if told != len(c.terminals) {
				t.Errorf("told %d times, want %d", told, len(c.terminals))
			}
		})
	}
}
