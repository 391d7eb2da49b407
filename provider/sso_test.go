package provider_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
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
	p := &person{w: w, allow: true}
	got := w.mustGet("dev", p.at)
	if got.AccountID != ssoAccount || got.SessionToken == "" || !got.CanExpire || !got.Expires.Equal(w.clock.Now().Add(time.Hour).Truncate(time.Second)) {
		t.Errorf("credentials of %s until %v", got.AccountID, got.Expires)
	}
	w.mustGet("ops")
	w.mustGet("dev")
	w.want(1, 1, 2)

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

// TestRegistrationThatIsOver is made anew.
func TestRegistrationThatIsOver(t *testing.T) {
	w := newSSOWorld(t)
	w.signIn()
	w.clock.advance(91 * 24 * time.Hour)
	w.mustGet("dev", (&person{w: w, allow: true}).at)
	w.want(1, 1, 1)
}

// TestRefreshWithoutNetwork: the old token serves while it lives.
func TestRefreshWithoutNetwork(t *testing.T) {
	w := newSSOWorld(t)
	w.signIn()
	w.clock.advance(56 * time.Minute)
	w.sts.Inject(ststest.Fault{Action: "CreateToken", Status: 500})
	w.mustGet("dev", func(o *provider.Options) { o.Timeout = time.Second })
	w.clock.advance(5 * time.Minute)
	_, err := w.get("ops", func(o *provider.Options) { o.Timeout = time.Second })
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
	_, err := w.get("dev", func(o *provider.Options) { o.Timeout = time.Second })
	if err == nil || strings.Contains(err.Error(), "STS") {
		t.Errorf("%v", err)
	}
}

// TestCrowdRefreshesOnce: a refresh token works once.
func TestCrowdRefreshesOnce(t *testing.T) {
	w := newSSOWorld(t)
	w.signIn()
	w.clock.advance(56 * time.Minute)
	all := make([]*provider.Cached, crowd)
	for i := range all {
		all[i] = provider.New(w.linkOf([]string{"dev", "ops"}[i%2]), w.options())
	}
	together(t, all)
	w.want(0, 1, 2)
}

// TestTwoSignInsAtOnce: the second waits and finds the first one's token.
func TestTwoSignInsAtOnce(t *testing.T) {
	w := newSSOWorld(t)
	p := &person{w: w, allow: true}
	var wg sync.WaitGroup
	for _, profile := range []string{"dev", "ops", "dev"} {
		link := w.linkOf(profile)
		wg.Go(func() {
			if _, err := provider.SignInTo(within(t), link, p.options(), false); err != nil {
				t.Errorf("%s: %v", profile, err)
			}
		})
	}
	wg.Wait()
	w.want(1, 1, 0)
	if len(p.opened) != 1 {
		t.Errorf("%d pages were opened, want one", len(p.opened))
	}
}

// TestSignInTo: with force there is a new token whatever there was.
func TestSignInTo(t *testing.T) {
	w := newSSOWorld(t)
	w.signIn()
	p := &person{w: w, allow: true}
	for _, c := range []struct {
		profile string
		force   bool
		opened  int
	}{{"dev", false, 0}, {"ops", true, 1}} {
		at, err := provider.SignInTo(within(t), w.linkOf(c.profile), p.options(), c.force)
		if err != nil || at == nil || at.StartURL != startURL || len(p.opened) != c.opened {
			t.Errorf("force %v: %v, %v, %d pages", c.force, at, err, len(p.opened))
		}
	}
	w.want(0, 1, 0)
	other := w.link(noMFA)
	if at, err := provider.SignInTo(within(t), other, p.options(), true); at != nil || err != nil {
		t.Errorf("no chain of IAM Identity Center: %v, %v", at, err)
	}
}

// TestForgetSSO removes the sign-in of all its profiles, here and at AWS.
func TestForgetSSO(t *testing.T) {
	w := newSSOWorld(t)
	w.signIn()
	at := w.linkOf("ops").(*provider.SSO)
	if scope := provider.SSOScope(at); scope != "sso-session acme" {
		t.Errorf("scope %q", scope)
	}
	removed, err := provider.ForgetSSO(within(t), at, w.options())
	if removed != 1 || err != nil || w.sts.Succeeded("Logout") != 1 {
		t.Errorf("%d removed, %v, %d logouts", removed, err, w.sts.Succeeded("Logout"))
	}
	if _, err := w.get("dev"); fault.StatusOf(err) != fault.Person {
		t.Error(err)
	}

	// Without a network it is forgotten all the same.
	w.signIn()
	w.sts.Inject(ststest.Fault{Action: "Logout", ResetConn: true})
	if removed, err := provider.ForgetSSO(within(t), at, w.options()); removed != 1 || err != nil {
		t.Errorf("%d removed, %v", removed, err)
	}
	if removed, err := provider.ForgetSSO(within(t), at, w.options()); removed != 0 || err != nil {
		t.Errorf("nothing there: %d removed, %v", removed, err)
	}
}

// TestSealedSignInIsNotReadable looks for all that AWS answered.
func TestSealedSignInIsNotReadable(t *testing.T) {
	w := newSSOWorld(t)
	var tokens []string
	w.env["AWS_ENDPOINT_URL_SSO_OIDC"] = w.tap(func(answer string) {
		for _, name := range []string{"accessToken", "refreshToken", "clientSecret"} {
			if _, rest, ok := strings.Cut(answer, `"`+name+`":"`); ok {
				value, _, _ := strings.Cut(rest, `"`)
				tokens = append(tokens, value)
			}
		}
	})
	p := &person{w: w, allow: true}
	p.w.mustGet("dev", p.at)
	if len(tokens) != 3 {
		t.Fatalf("%d secrets were seen", len(tokens))
	}
	for _, token := range tokens {
		w.wantNowhere(secret.New(token))
	}
	// And nothing that the person was shown or told holds any.
	everything := strings.Join(p.told, "\n") + p.last().body
	for _, token := range tokens {
		if strings.Contains(everything, token) {
			t.Error("a secret was shown")
		}
	}
	if entries, _ := filepath.Glob(filepath.Join(w.cache.Dir, "*.sealed")); len(entries) != 2 {
		t.Errorf("%d entries, want the sign-in and the role's", len(entries))
	}
}

// TestRoleFromASignIn: a role on top is as any other, and needs no more.
func TestRoleFromASignIn(t *testing.T) {
	w := newSSOWorld(t)
	w.signIn()
	role := w.sts.AddRole(ststest.Role{ARN: "arn:aws:iam::" + ssoAccount + ":role/Deep"})
	_ = role
	config := ssoConfig + "\n[profile deep]\nregion = eu-west-1\nrole_arn = arn:aws:iam::" + ssoAccount + ":role/Deep\nsource_profile = dev\n"
	link, err := provider.Resolve(parsed(t, config), w.env.get, provider.Request{Profile: "deep"})
	if err != nil {
		t.Fatal(err)
	}
	if text := provider.Describe(link); text != "role deep ← sso dev" {
		t.Errorf("%q", text)
	}
	var got aws.Credentials
	if got, err = provider.New(link, w.options()).Retrieve(within(t)); err != nil || got.SessionToken == "" {
		t.Errorf("%v\n%s", err, fault.HintOf(err))
	}
}
