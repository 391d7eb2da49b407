//go:build unix

package e2e

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/lab"
)

// One sign-in serves every profile of its sso-session, and a token that is
// over is renewed without a browser.
func TestOneSignInServesAllProfiles(t *testing.T) {
	t.Parallel()
	l, d := ssoLab(t)
	signIn(t, l, d, "dev")
	dev, ops := succeeded(t, l.Run("", "process", "dev")), succeeded(t, l.Run("", "process", "ops"))
	if dev == ops || dev.AccountID != ssoAccount {
		t.Errorf("accounts %q and %q, the same credentials: %v", dev.AccountID, ops.AccountID, dev == ops)
	}
	if again := succeeded(t, l.Run("", "process", "dev")); again != dev {
		t.Error("the hit differs from the mint")
	}
	for action, want := range map[string]int{"RegisterClient": 1, "CreateToken": 1, "GetRoleCredentials": 2} {
		wantCalls(t, l.AWS, action, want)
	}
	// A second login has nothing to do; with --force it signs in anew.
	if r := l.Run("", "login", "ops"); r.Err != nil || r.Stderr != "" {
		t.Errorf("status %d, stderr %q", r.Status, r.Stderr)
	}
	d.wantOpened(t, 1)
	s := start(t, l, "login", "--force", "ops")
	answer(t, l, d.page(t), true)
	if r := s.end(t); r.Err != nil || !strings.HasPrefix(r.Stdout, "ops: credentials until") {
		t.Errorf("status %d, stdout %q, stderr %q", r.Status, r.Stdout, r.Stderr)
	}
	d.wantOpened(t, 2)
}

// A program never gets a browser opened: it is told what to run.
func TestNotSignedIn(t *testing.T) {
	t.Parallel()
	l, d := ssoLab(t)
	for _, args := range [][]string{{"process", "dev"}, {"process", "dev", "--no-input"}} {
		r := l.Run("", args...)
		failed(t, r, 3, "awsmint login dev", startURL)
	}
	l.Set("AWSMINT_NO_INPUT", "1")
	for _, args := range [][]string{{"login", "dev"}, {"login", "--device-code", "dev"}, {"login", "--force", "dev"}} {
		r := l.Run("", args...)
		failed(t, r, 3, "not signed in to IAM Identity Center")
	}
	d.wantOpened(t, 0)
	wantCalls(t, l.AWS, "", 0)
}

// The page and the code are on stderr; stdout is for what came of it.
func TestDeviceCode(t *testing.T) {
	t.Parallel()
	l, d := ssoLab(t)
	r := signInByCode(t, l, "dev")
	page := l.AWS.URL() + "/device?user_code=" + userCode.FindString(r.Stderr)
	if !strings.Contains(r.Stderr, "\n"+page+"\n") || strings.Count(r.Stdout, "\n") != 1 || !strings.HasPrefix(r.Stdout, "dev: credentials until") {
		t.Errorf("stdout %q, stderr %q", r.Stdout, r.Stderr)
	}
	d.wantOpened(t, 0)
	succeeded(t, l.Run("", "process", "ops"))

	l, _ = ssoLab(t)
	s := start(t, l, "login", "--device-code", "dev")
	if err := l.AWS.ApproveDevice(userCode.FindString(s.expect(t, "shows the code")), false); err != nil {
		t.Fatal(err)
	}
	if r := s.end(t); r.Status != 3 || r.Stdout != "" || !strings.Contains(r.Stderr, "declined in the browser") {
		t.Errorf("status %d, stdout %q, stderr %q", r.Status, r.Stdout, r.Stderr)
	}
}

// Where no browser can be opened, the device code is what there is.
func TestNoBrowser(t *testing.T) {
	t.Parallel()
	for name, browser := range map[string]string{"none": "", "one that is not there": "/nosuch/browser"} {
		t.Run(name, func(t *testing.T) {
			l, _ := ssoLab(t)
			l.Set("BROWSER", browser)
			s := start(t, l, "login", "dev")
			if err := l.AWS.ApproveDevice(userCode.FindString(s.expect(t, "shows the code")), true); err != nil {
				t.Fatal(err)
			}
			if r := s.end(t); r.Err != nil {
				t.Errorf("status %d, stderr %q", r.Status, r.Stderr)
			}
		})
	}
}

// However many processes find the token over, one of them renews it.
func TestOneRefreshServesAll(t *testing.T) {
	t.Parallel()
	const n = 20
	for _, c := range []struct {
		name     string
		profiles int
	}{{"one profile", 1}, {"a profile each", n}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l, d := ssoLab(t)
			var config strings.Builder
			for i := range c.profiles {
				config.WriteString(ssoProfile(l, fmt.Sprint("p", i), "Dev"))
			}
			configure(t, l, config.String())
			signIn(t, l, d, "dev")
			l.AWS.ExpireSSOAccessTokens(startURL)
			l.AWS.Reset()
			results := make([]lab.Result, n)
			var group sync.WaitGroup
			for i := range n {
				group.Go(func() { results[i] = l.Run("", "process", fmt.Sprint("p", i%c.profiles)) })
			}
			group.Wait()
			for _, r := range results {
				succeeded(t, r)
			}
			wantCalls(t, l.AWS, "CreateToken", 1)
			if got := l.AWS.Succeeded("GetRoleCredentials"); got != c.profiles {
				t.Errorf("%d times role credentials, want %d", got, c.profiles)
			}
			d.wantOpened(t, 1)
		})
	}
}

// A token that ended by its own clock is renewed before the portal is asked.
func TestExpiredToken(t *testing.T) {
	t.Parallel()
	l, d := ssoLab(t)
	offerSSO(l, time.Second)
	signIn(t, l, d, "dev")
	offerSSO(l, time.Hour)
	l.AWS.ExpireSSOAccessTokens(startURL)
	l.AWS.Reset()
	results := make([]lab.Result, 20)
	var group sync.WaitGroup
	for i := range results {
		group.Go(func() { results[i] = l.Run("", "process", "ops") })
	}
	group.Wait()
	wantEqual(t, results)
	wantCalls(t, l.AWS, "CreateToken", 1)
	wantCalls(t, l.AWS, "GetRoleCredentials", 1)
}

// A session that an administrator ended asks for a new sign-in, and the
// credentials that are there live on.
func TestEndedSession(t *testing.T) {
	t.Parallel()
	l, d := ssoLab(t)
	signIn(t, l, d, "dev")
	cached := succeeded(t, l.Run("", "process", "dev"))
	l.AWS.ExpireSSOTokens(startURL)
	failed(t, l.Run("", "process", "ops"), 3, "awsmint login ops")
	if succeeded(t, l.Run("", "process", "dev")) != cached {
		t.Error("the credentials that live were thrown away")
	}
	signIn(t, l, d, "ops")
	succeeded(t, l.Run("", "process", "ops"))
}

// Two people, or one in two terminals, sign in to one sso-session at once: one
// page is opened, and both have what they need.
func TestTwoLoginsAtOnce(t *testing.T) {
	t.Parallel()
	l, d := ssoLab(t)
	dev, ops := start(t, l, "login", "dev"), start(t, l, "login", "ops")
	answer(t, l, d.page(t), true)
	for _, s := range []*started{dev, ops} {
		if r := s.end(t); r.Err != nil {
			t.Errorf("status %d, stdout %q, stderr %q", r.Status, r.Stdout, r.Stderr)
		}
	}
	d.wantOpened(t, 1)
	wantCalls(t, l.AWS, "RegisterClient", 1)
	wantCalls(t, l.AWS, "CreateToken", 1)
	succeeded(t, l.Run("", "process", "dev"))
	succeeded(t, l.Run("", "process", "ops"))
	wantCalls(t, l.AWS, "GetRoleCredentials", 2)
}

// Who waits for another's sign-in takes over where that one gives up.
func TestSecondLoginTakesOver(t *testing.T) {
	t.Parallel()
	l, d := ssoLab(t)
	first := start(t, l, "login", "dev")
	page := d.page(t)
	second := start(t, l, "login", "ops")
	answer(t, l, page, false)
	if r := first.end(t); r.Status != 3 {
		t.Errorf("the first: status %d, stderr %q", r.Status, r.Stderr)
	}
	answer(t, l, d.page(t), true)
	if r := second.end(t); r.Err != nil {
		t.Errorf("the second: status %d, stderr %q", r.Status, r.Stderr)
	}
}
