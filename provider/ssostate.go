package provider

import (
	"context"
	"time"
)

// SignInState is what is known here of a sign-in to IAM Identity Center. Its
// end by somebody else shows only where it is used.
type SignInState struct {
	Expires   time.Time // of awsmint's own access token; zero: there is none that lives
	Renewable bool      // another can be had without asking a person

	// CLIExpires is when the token that "aws sso login" left ends, which
	// awsmint uses and never writes; zero: there is none that lives.
	CLIExpires time.Time
}

// IsSignedIn reports whether credentials can be had without asking a person.
func (s SignInState) IsSignedIn() bool {
	return !s.Expires.IsZero() || s.Renewable || !s.CLIExpires.IsZero()
}

// SignInStateOf reads the state of a sign-in from the disk, and asks nobody. The
// error is the keychain's, which has the key to awsmint's own; what the AWS CLI
// keeps is told all the same.
func SignInStateOf(ctx context.Context, at *SSO, o Options) (state SignInState, err error) {
	o = o.withDefaults()
	tokens := o.ssoTokens(at)
	_, state.CLIExpires = cliToken(tokens.home, at, o.Now())
	plain, _, ok, err := tokens.read(ctx)
	if err != nil || !ok {
		return state, err
	}
	ours := decodeSignedIn(plain)
	if ours.usable(o.Now(), 0) {
		state.Expires = ours.expires
	}
	state.Renewable = ours.renewable(o.Now())
	return state, nil
}
