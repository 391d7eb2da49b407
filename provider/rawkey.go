package provider

import (
	"fmt"

	"github.com/awsmint/awsmint/internal/fault"
)

// rawKey is the long-term key below a profile's session.
func (r *resolver) rawKey(link Link, request Request) (Link, error) {
	if s, ok := link.(*Session); ok {
		link = s.source
	}
	switch l := link.(type) {
	case *Key:
		return l, nil
	case *Process:
		l.Raw = true
		return l, nil
	case *Static:
		if !l.isTemporary() {
			return l, nil
		}
	}
	return nil, fault.New(fault.Usage, fmt.Sprintf("profile %q has no key of its own: %s", request.Profile, Describe(link)),
		"leave --raw-key out")
}

// checkRaw refuses to ask for a key and for something else.
func checkRaw(request Request) error {
	if !request.RawKey || request.RoleARN == "" && request.Duration == 0 && !request.narrows() && !request.Console {
		return nil
	}
	return fault.New(fault.Usage, "--raw-key goes with no role, duration or policy: a permanent key has none of these", "leave one of them out")
}

// checkSession refuses to hand out a long-term key that nobody asked for.
func checkSession(link Link) error {
	var keys bool
	switch l := link.(type) {
	case *Key:
		keys = true
	case *Static:
		keys = !l.isTemporary()
	}
	if !keys {
		return nil
	}
	return fault.Wrap(ErrSessionOff, fault.Usage, fmt.Sprintf("profile %q has awsmint_session = off, so all there is to print is its permanent key", link.Profile()),
		"add --raw-key if that is what you want; otherwise take awsmint_session out of the profile")
}
