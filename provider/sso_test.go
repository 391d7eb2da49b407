package provider_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

// TestNotSignedIn: a run that can ask nobody names the command, and asks AWS
// nothing.
func TestNotSignedIn(t *testing.T) {
	w := newSSOWorld(t)
	_, err := w.get("dev")
	wantFault(t, err, fault.Person, `profile "dev" is not signed in to IAM Identity Center`, startURL, "run: awsmint login dev")
	_, err = provider.SignInTo(within(t), w.linkOf("dev"), w.options(), true)
	wantFault(t, err, fault.Person, "run: awsmint login dev")
	if n := w.sts.Calls(""); n != 0 {
		t.Errorf("%d requests", n)
	}
}

// TestOneSignInServesEveryProfile: of the sso-session, in every process, and
// with the credentials that the portal gave.
func TestOneSignInServesEveryProfile(t *testing.T) {
	w := newSSOWorld(t)
	w.signIn()
	got := w.mustGet("dev")
	if got.AccountID != ssoAccount || got.SessionToken == "" || !got.CanExpire || !got.Expires.Equal(w.clock.Now().Add(time.Hour).Truncate(time.Second)) {
		t.Errorf("credentials of %s until %v", got.AccountID, got.Expires)
	}
	w.mustGet("ops")
	w.mustGet("dev")
	w.want(0, 0, 2)

	// The old form names no sso-session, and is another sign-in.
	if _, err := w.get("old"); fault.StatusOf(err) != fault.Person {
		t.Errorf("old: %v", err)
	}
}

func TestTokenOfTheAWSCLIIsUsed(t *testing.T) {
	for _, c := range []struct {
		name, profile, file string
		change              func(w *ssoWorld, content map[string]string)
		used                bool
	}{
		{"of the sso-session", "dev", "acme", nil, true},
		{"of the old form", "old", startURL, nil, true},
		{"with the UTC of 2020", "dev", "acme", func(_ *ssoWorld, c map[string]string) {
			c["expiresAt"] = strings.Replace(c["expiresAt"], "Z", "UTC", 1)
		}, true},
		{"with a start URL as browsers show it", "dev", "acme", func(_ *ssoWorld, c map[string]string) { c["startUrl"] += "/#/" }, true},
		{"of another session", "dev", "other", nil, false},
		{"expired", "dev", "acme", func(w *ssoWorld, c map[string]string) { c["expiresAt"] = w.clock.Now().Format(time.RFC3339) }, false},
		{"of another portal", "dev", "acme", func(_ *ssoWorld, c map[string]string) { c["startUrl"] = "https://other.awsapps.com/start" }, false},
		{"of another region", "dev", "acme", func(_ *ssoWorld, c map[string]string) { c["region"] = "eu-west-2" }, false},
		{"without a time", "dev", "acme", func(_ *ssoWorld, c map[string]string) { delete(c, "expiresAt") }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newSSOWorld(t)
			_, content := w.cliToken()
			if c.change != nil {
				c.change(w, content)
			}
			path := w.cliFile(c.file, content)
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			_, err = w.get(c.profile)
			if (err == nil) != c.used {
				t.Errorf("%v", err)
			}
			if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
				t.Errorf("the AWS CLI's file was changed, %v", err)
			}
		})
	}
}

// TestOwnTokenGoesFirst: the AWS CLI's token would be refused here.
func TestOwnTokenGoesFirst(t *testing.T) {
	w := newSSOWorld(t)
	w.signIn()
	_, content := w.cliToken()
	content["accessToken"] = "nonsense"
	w.cliFile("acme", content)
	w.mustGet("dev")
	w.want(0, 0, 1)
}

// TestTokenOfTheAWSCLIGoesBeforeRefresh, and one that was ended is passed over.
func TestTokenOfTheAWSCLIGoesBeforeRefresh(t *testing.T) {
	w := newSSOWorld(t)
	w.signIn()
	w.clock.advance(56 * time.Minute)
	_, content := w.cliToken()
	w.cliFile("acme", content)
	w.mustGet("dev")
	w.want(0, 0, 1)

	content["accessToken"] = "nonsense"
	w.cliFile("acme", content)
	w.mustGet("ops")
	w.want(0, 1, 3)
}

// TestRefreshWithoutBrowser: with more than five minutes left there is none.
func TestRefreshWithoutBrowser(t *testing.T) {
	for _, profile := range []string{"dev", "old"} {
		t.Run(profile, func(t *testing.T) {
			t.Parallel()
			w := newSSOWorld(t)
			p := &person{w: w, allow: true}
			w.mustGet(profile, p.at)
			w.sts.Reset()
			for i, pass := range []time.Duration{54 * time.Minute, 2 * time.Minute, 56 * time.Minute} {
				w.clock.advance(pass)
				w.forgetRoles(profile)
				w.mustGet(profile)
				w.want(0, i, i+1)
			}
			if len(p.opened) != 1 {
				t.Errorf("%d pages were opened", len(p.opened))
			}
		})
	}
}

// TestRefreshTokenThatIsNotReplaced is the one to use again.
func TestRefreshTokenThatIsNotReplaced(t *testing.T) {
	w := newSSOWorld(t)
	var first, hidden string
	w.env["AWS_ENDPOINT_URL_SSO_OIDC"] = w.tap(func(answer string) string {
		_, rest, ok := strings.Cut(answer, `"refreshToken":"`)
		value, _, _ := strings.Cut(rest, `"`)
		switch {
		case !ok:
			return answer
		case first == "":
			first = value
			return answer
		}
		hidden = value
		return strings.Replace(answer, `"refreshToken"`, `"nothing"`, 1)
	})
	p := &person{w: w, allow: true}
	w.mustGet("dev", p.at)
	w.clock.advance(57 * time.Minute)
	w.mustGet("ops")
	if hidden == "" {
		t.Fatal("nothing was refreshed")
	}
	// The server has replaced it, and so refuses the first one: it was sent.
	w.clock.advance(57 * time.Minute)
	w.forgetRoles("ops")
	w.sts.Reset()
	if _, err := w.get("ops"); err != nil || w.sts.Calls("CreateToken") != 1 {
		t.Errorf("%v, %d calls: the token that lives was to be used after one try", err, w.sts.Calls("CreateToken"))
	}
}

// TestRefreshThatAWSRefuses is a sign-in that is over: it is said without a
// second try, and the next sign-in uses the same registration.
func TestRefreshThatAWSRefuses(t *testing.T) {
	w := newSSOWorld(t)
	w.signIn()
	w.clock.advance(9 * time.Hour)
	for range 2 {
		_, err := w.get("dev")
		wantFault(t, err, fault.Person, "is not signed in", "run: awsmint login dev")
		w.want(0, 1, 0)
	}
	w.mustGet("dev", (&person{w: w, allow: true}).at)
	w.want(0, 2, 1)
}

// TestRegistrationThatDoesNotServe is made anew: one that is over, or would be
// before a person has signed in, or is for the other way of signing in.
func TestRegistrationThatDoesNotServe(t *testing.T) {
	const day = 24 * time.Hour
	registered := func(w *ssoWorld, want int) {
		t.Helper()
		if got := w.sts.Calls("RegisterClient"); got != want {
			t.Errorf("registered %d times, want %d", got, want)
		}
	}
	for pass, want := range map[time.Duration]int{91 * day: 1, 90*day - 10*time.Minute: 1, 89 * day: 0} {
		w := newSSOWorld(t)
		w.signIn()
		w.clock.advance(pass)
		w.mustGet("dev", (&person{w: w, allow: true}).at)
		registered(w, want)
	}
	w := newSSOWorld(t)
	w.signIn()
	w.clock.advance(9 * time.Hour)
	d := &device{w: w}
	d.approveAt(1, true)
	w.mustGet("dev", d.at)
	registered(w, 1)
	if n := w.sts.Calls("StartDeviceAuthorization"); n != 1 {
		t.Errorf("tried %d times", n)
	}
}

// TestRegistrationThatAWSForgot shows when the sign-in is refreshed, and the
// browser is not sent there with it.
func TestRegistrationThatAWSForgot(t *testing.T) {
	w := newSSOWorld(t)
	w.signIn()
	w.clock.advance(9 * time.Hour)
	w.sts.Inject(ststest.Fault{Action: "CreateToken", Times: 1, Status: 401, Code: "InvalidClientException"})
	_, err := w.get("dev")
	wantFault(t, err, fault.Person, "is not signed in")
	w.mustGet("dev", (&person{w: w, allow: true}).at)
	w.want(1, 2, 1)
}

// TestRefreshWithoutNetwork: the old token serves while it lives.
func TestRefreshWithoutNetwork(t *testing.T) {
	w := newSSOWorld(t)
	w.signIn()
	w.clock.advance(56 * time.Minute)
	w.sts.Inject(ststest.Fault{Action: "CreateToken", Status: 500})
	w.mustGet("dev", oneTry)
	w.clock.advance(5 * time.Minute)
	_, err := w.get("ops", oneTry)
	wantFault(t, err, fault.Network, "IAM Identity Center could not answer CreateToken")

	// Once the network is back, the sign-in is still good.
	w.sts.Reset()
	w.mustGet("ops")
	w.want(0, 1, 1)
}

// TestTokensThatSomeoneEnded are told apart from those that merely ran out.
func TestTokensThatSomeoneEnded(t *testing.T) {
	t.Run("the access token alone", func(t *testing.T) {
		w := newSSOWorld(t)
		w.signIn()
		w.sts.ExpireSSOAccessTokens(startURL)
		w.mustGet("dev")
		w.want(0, 1, 2)
		w.mustGet("ops")
		w.want(0, 1, 3)
	})
	t.Run("all of the sign-in", func(t *testing.T) {
		w := newSSOWorld(t)
		w.signIn()
		w.sts.ExpireSSOTokens(startURL)
		_, err := w.get("dev")
		wantFault(t, err, fault.Person, "is not signed in", "run: awsmint login dev")
		w.want(0, 1, 1)
		if _, err = w.get("dev"); fault.StatusOf(err) != fault.Person {
			t.Error(err)
		}
		w.want(0, 1, 1) // nothing of what was refused is tried again
		w.mustGet("dev", (&person{w: w, allow: true}).at)
	})
	t.Run("again and again", func(t *testing.T) {
		w := newSSOWorld(t)
		w.signIn()
		w.sts.Inject(ststest.Fault{Action: "GetRoleCredentials", Code: "UnauthorizedException", Status: 401, Message: "Session token not found or invalid"})
		_, err := w.get("dev", (&person{w: w, allow: true}).at)
		wantFault(t, err, fault.Person, "does not take the token", "awsmint login dev --force")
		w.want(0, 1, 2)
	})
}

func TestRoleThatIsNotYours(t *testing.T) {
	w := newSSOWorld(t)
	w.signIn()
	_, err := w.get("alien")
	wantFault(t, err, fault.Refused, `"Alien"`, ssoAccount, startURL, "sso_role_name")
	w.want(0, 0, 1)
}

// TestWhatIsNotThePortal is said in the portal's own name.
func TestWhatIsNotThePortal(t *testing.T) {
	w := newSSOWorld(t)
	w.signIn()
	w.env["AWS_ENDPOINT_URL_SSO"] = w.sts.URL() + "/elsewhere"
	_, err := w.get("dev", oneTry)
	if err == nil || strings.Contains(err.Error(), "STS") {
		t.Errorf("%v", err)
	}
}
