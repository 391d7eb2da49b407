package provider_test

import (
	"errors"
	"testing"
	"time"

	"github.com/awsmint/awsmint/provider"
)

// TestSignInState is read from the disk alone, and follows the clock.
func TestSignInState(t *testing.T) {
	w := newSSOWorld(t)
	at := w.linkOf("dev").(*provider.SSO)
	check := func(when string, signedIn, lives, renewable, cli bool) {
		t.Helper()
		calls := w.sts.Calls("")
		s, err := provider.SignInStateOf(within(t), at, w.options())
		if err != nil || s.IsSignedIn() != signedIn || !s.Expires.IsZero() != lives || s.Renewable != renewable || !s.CLIExpires.IsZero() != cli {
			t.Errorf("%s: %+v, %v", when, s, err)
		}
		if got := w.sts.Calls("") - calls; got != 0 {
			t.Errorf("%s: %d calls", when, got)
		}
	}
	check("at first", false, false, false, false)
	w.signIn()
	check("after the sign-in", true, true, true, false)
	if s, _ := provider.SignInStateOf(within(t), at, w.options()); s.Expires.Sub(w.clock.Now()) > time.Hour {
		t.Errorf("the token ends at %v", s.Expires)
	}
	w.clock.advance(2 * time.Hour)
	check("when the token is over", true, false, true, false)
	_, content := w.cliToken()
	w.cliFile("acme", content)
	check("with a token of the AWS CLI", true, false, true, true)
	if _, err := provider.ForgetSSO(within(t), at, w.options()); err != nil {
		t.Fatal(err)
	}
	check("after signing out", true, false, false, true)
	w.clock.advance(9 * time.Hour)
	check("when all is over", false, false, false, false)
}

// TestSignInStateWithoutTheKeychain still has what the AWS CLI keeps.
func TestSignInStateWithoutTheKeychain(t *testing.T) {
	w := newSSOWorld(t)
	w.signIn()
	_, content := w.cliToken()
	w.cliFile("acme", content)
	locked := errors.New("locked")
	o := w.options()
	o.Keychain = &chain{fail: func(string, string) error { return locked }}
	s, err := provider.SignInStateOf(within(t), w.linkOf("dev").(*provider.SSO), o)
	if !errors.Is(err, locked) || s.CLIExpires.IsZero() {
		t.Errorf("%+v, %v", s, err)
	}
}
