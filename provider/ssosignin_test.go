package provider_test

import (
	"net/url"
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
	w.want(1, 1, 2)
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
	w.want(1, 1, 1)

	// Somebody ended the sign-in elsewhere: that shows, and the person is asked.
	w.sts.ExpireSSOTokens(startURL)
	w.forgetRoles("dev")
	if _, err := provider.SignInTo(within(t), w.linkOf("dev"), p.options(), false); err != nil || len(p.opened) != 2 {
		t.Errorf("%v, %d pages", err, len(p.opened))
	}
	other := w.link(noMFA)
	if at, err := provider.SignInTo(within(t), other, p.options(), true); at != nil || err != nil {
		t.Errorf("no chain of IAM Identity Center: %v, %v", at, err)
	}
}

// TestForcedSignInRegistersAnew: a browser only shows that AWS does not know a
// registration any more, so there must be a way out that needs no answer of it.
func TestForcedSignInRegistersAnew(t *testing.T) {
	w := newSSOWorld(t)
	w.signIn()
	p := &person{w: w, allow: true}
	o := p.options()
	var first, second string
	for _, client := range []*string{&first, &second} {
		if _, err := provider.SignInTo(within(t), w.linkOf("dev"), o, true); err != nil {
			t.Fatal(err)
		}
		u, _ := url.Parse(p.opened[len(p.opened)-1])
		*client = u.Query().Get("client_id")
	}
	if first == second {
		t.Error("the same registration twice")
	}
	w.want(2, 2, 0)
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
	w.env["AWS_ENDPOINT_URL_SSO_OIDC"] = w.tap(func(answer string) string {
		for _, name := range []string{"accessToken", "refreshToken", "clientSecret"} {
			if _, rest, ok := strings.Cut(answer, `"`+name+`":"`); ok {
				value, _, _ := strings.Cut(rest, `"`)
				tokens = append(tokens, value)
			}
		}
		return answer
	})
	p := &person{w: w, allow: true}
	w.mustGet("dev", p.at)
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
	w.sts.AddRole(ststest.Role{ARN: "arn:aws:iam::" + ssoAccount + ":role/Deep"})
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
