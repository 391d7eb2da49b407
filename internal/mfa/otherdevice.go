package mfa

import (
	"errors"
	"fmt"
)

// OtherDevice returns an error that Is ErrUnavailable, for a stored seed that
// makes the codes of another device than the one that codes are wanted of:
// AWS would refuse them, and counts refusals. Whoever is asked in its place is
// told. The seed is that of the profile, serial its device.
func OtherDevice(profile, serial string) error { return &otherDevice{profile, serial} }

type otherDevice struct{ profile, serial string }

func (o *otherDevice) Error() string {
	return fmt.Sprintf("the seed stored for profile %q is that of another device, %s (to replace it: awsmint mfa add %s --force)", o.profile, o.serial, o.profile)
}

func (*otherDevice) Is(target error) bool { return target == ErrUnavailable }

// noteOf is what a person is told of a way that can't be used; mostly nothing.
func noteOf(err error) string {
	if other := (*otherDevice)(nil); errors.As(err, &other) {
		return "No code was computed: " + other.Error() + "."
	}
	return ""
}
