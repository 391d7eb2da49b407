package provider

import (
	"errors"
	"fmt"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
)

var (
	// ErrNoSetting is what errors.Is finds for a setting with awsmint's prefix
	// that awsmint does not know.
	ErrNoSetting = errors.New("awsmint has no such setting")
	// ErrCircle is what errors.Is finds where profiles are each other's source.
	ErrCircle = errors.New("the profiles' sources form a circle")
	// ErrSessionOff is what errors.Is finds where all there is to hand out is a
	// permanent key, since awsmint_session is off. Request.RawKey asks for that.
	ErrSessionOff = errors.New("awsmint_session is off")
	// ErrHalfKey is what errors.Is finds for a plaintext key whose id or secret
	// is missing.
	ErrHalfKey = errors.New("half a key")
)

// SettingError is what errors.As finds when a setting of a profile can't be as
// it is. Whoever took the value from elsewhere, such as a flag, says that in
// place of where it stands.
type SettingError struct {
	Profile string
	Key     string // as it is written: with awsmint's prefix or without
	File    string // where it stands; empty: in none
	Line    int    // counted from 1
	Err     error  // what is wrong with it, and a hint, without the place
}

// Error has the place in front, where there is one.
func (e *SettingError) Error() string {
	text := fmt.Sprintf("%s in profile %q: %v", e.Key, e.Profile, e.Err)
	if e.File != "" {
		text = fmt.Sprintf("%s:%d: %s", e.File, e.Line, text)
	}
	return text
}

// Unwrap returns what is wrong with the setting.
func (e *SettingError) Unwrap() error { return e.Err }

// at says where a wrong setting stands. key is the plain name or the one with
// awsmint's prefix. The error is a fault that wraps a *SettingError.
func at(section *awsconfig.Section, key string, err error) error {
	e := &SettingError{Profile: section.Name(), Key: written(section, key), Err: err}
	e.File, e.Line = section.Origin(e.Key)
	return fault.Wrap(e, fault.StatusOf(err), e.Error(), fault.HintOf(err))
}

// written is a setting's key as it stands in a profile: with awsmint's prefix
// or without.
func written(section *awsconfig.Section, key string) string {
	if file, _ := section.Origin(awsconfig.Prefix + key); file != "" {
		return awsconfig.Prefix + key
	}
	return key
}
