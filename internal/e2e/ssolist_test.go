//go:build unix

package e2e

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
)

// list says whether somebody is signed in, without asking AWS; logout says what
// it ended, and that the sign-in of the AWS CLI is none of awsmint's.
func TestTheSignInIsListed(t *testing.T) {
	t.Parallel()
	l, d := ssoLab(t)
	want := func(when, dev, ops string) {
		t.Helper()
		before := l.AWS.Calls("")
		r := l.Run("", "list")
		text := `^PROFILE .*\ndev +sso Dev in 222233334444 +- +` + dev + `\nops +sso Ops in 222233334444 +- +` + ops + `\n$`
		if r.Err != nil || r.Stderr != "" || !regexp.MustCompile(text).MatchString(r.Stdout) {
			t.Errorf("%s: status %d, stderr %q\n%s", when, r.Status, r.Stderr, r.Stdout)
		}
		if got := l.AWS.Calls("") - before; got != 0 {
			t.Errorf("%s: %d calls", when, got)
		}
	}
	const until = `signed in until \S*( \S*)?`
	want("at first", "sign in: awsmint login dev", "sign in: awsmint login ops")
	signIn(t, l, d, "dev")
	want("signed in", `(1h|59m) left`, until)
	if r := l.Run("", "list", "--json"); !strings.Contains(r.Stdout, `"signed_in": true`) || !strings.Contains(r.Stdout, `"signed_in_until": "20`) {
		t.Errorf("stdout:\n%s", r.Stdout)
	}
	if r := l.Run("", "logout", "dev"); r.Stdout != "dev: cached credentials removed\ndev: signed out of "+startURL+"\n" || r.Stderr != "" {
		t.Errorf("stdout %q, stderr %q", r.Stdout, r.Stderr)
	}
	want("signed out", "sign in: awsmint login dev", "sign in: awsmint login ops")

	cliSignedIn("acme")(t, l)
	want("signed in by the AWS CLI", until, until)
	succeeded(t, l.Run("", "process", "dev"))
	r := l.Run("", "logout", "dev")
	note := regexp.MustCompile(`^awsmint: note: the sign-in of "aws sso login" to ` + startURL + ` still stands, until [^;]+; it ends with: aws sso logout\n$`)
	if r.Err != nil || r.Stdout != "dev: cached credentials removed\n" || !note.MatchString(r.Stderr) {
		t.Errorf("stdout %q, stderr %q", r.Stdout, r.Stderr)
	}
	want("signed in by the AWS CLI still", until, until)
}

// login says so where SDKs do not come to awsmint for the profile.
func TestLoginThatServesNoSDK(t *testing.T) {
	t.Parallel()
	l, d := ssoLab(t)
	offerSSO(l, time.Hour)
	configure(t, l, fmt.Sprintf("\n[profile plain]\nsso_session = acme\nsso_account_id = %s\nsso_role_name = Dev\n", ssoAccount))
	signIn(t, l, d, "dev")
	if r := l.Run("", "login", "dev"); r.Err != nil || r.Stderr != "" {
		t.Errorf("status %d, stderr %q", r.Status, r.Stderr)
	}
	r := l.Run("", "login", "plain")
	if r.Err != nil || !strings.HasPrefix(r.Stdout, "plain: credentials until ") ||
		!strings.HasPrefix(r.Stderr, `awsmint: note: SDKs do not ask awsmint for profile "plain"`) || strings.Count(r.Stderr, "\n") != 1 {
		t.Errorf("status %d, stdout %q, stderr %q", r.Status, r.Stdout, r.Stderr)
	}
}
