package provider_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

// TestAuthorizePage has the query that the AWS CLI sends, and is told to the
// person too.
func TestAuthorizePage(t *testing.T) {
	w := newSSOWorld(t)
	p := &person{w: w, allow: true}
	w.mustGet("dev", p.at)
	page, err := url.Parse(p.opened[0])
	if err != nil || !strings.HasPrefix(p.opened[0], w.sts.URL()+"/authorize?") {
		t.Fatalf("%q, %v", p.opened, err)
	}
	query := page.Query()
	redirect, err := url.Parse(query.Get("redirect_uri"))
	if err != nil || redirect.Hostname() != "127.0.0.1" || redirect.Port() == "" || redirect.Path != "/oauth/callback" || redirect.Scheme != "http" {
		t.Errorf("redirect %v, %v", redirect, err)
	}
	for _, name := range []string{"state", "code_challenge"} {
		if random, err := base64.RawURLEncoding.DecodeString(query.Get(name)); len(random) != 32 || err != nil {
			t.Errorf("%s %q", name, query.Get(name))
		}
		query.Del(name)
	}
	if query.Get("client_id") == "" {
		t.Error("no client")
	}
	query.Del("client_id")
	query.Del("redirect_uri")
	want := url.Values{"response_type": {"code"}, "code_challenge_method": {"S256"}, "scopes": {"sso:account:access"}}
	if diff := cmp.Diff(want, query); diff != "" {
		t.Error(diff)
	}
	if len(p.told) != 1 || !strings.Contains(p.told[0], p.opened[0]) || !strings.Contains(p.told[0], "within 10 minutes") {
		t.Errorf("told: %q", p.told)
	}
	other := &person{w: w, allow: true}
	if _, err := provider.SignInTo(within(t), w.linkOf("dev"), other.options(), true); err != nil {
		t.Fatal(err)
	}
	again, _ := url.Parse(other.opened[0])
	for _, name := range []string{"state", "code_challenge"} {
		if again.Query().Get(name) == page.Query().Get(name) {
			t.Errorf("the same %s twice", name)
		}
	}
}

// TestPageThatTheBrowserEndsOn says what came of it, whole, and loads nothing.
func TestPageThatTheBrowserEndsOn(t *testing.T) {
	for _, c := range []struct {
		name         string
		allow        bool
		token        *ststest.Fault
		status       fault.Status
		words, other string
	}{
		{"allowed", true, nil, 0, "<h1>Signed in</h1>", "awsmint can use AWS now. You can close this window"},
		{"declined", false, nil, fault.Person, "<h1>Not signed in</h1>", "declined"},
		{"allowed, and refused afterwards", true, &ststest.Fault{Action: "CreateToken", Code: "InvalidGrantException"}, fault.Refused, "<h1>The sign-in did not finish</h1>", "The terminal says why."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newSSOWorld(t)
			if c.token != nil {
				w.sts.Inject(*c.token)
			}
			p := &person{w: w, allow: c.allow}
			_, err := provider.SignInTo(within(t), w.linkOf("dev"), p.options(), false)
			if c.status == 0 && err != nil {
				t.Fatal(err)
			}
			if c.status != 0 {
				wantFault(t, err, c.status)
			}
			wantPage(t, p.last(), http.StatusOK, c.words, c.other)
		})
	}
}

// wantPage checks a page's bytes and headers.
func wantPage(t *testing.T, page shown, status int, words ...string) {
	t.Helper()
	if page.status != status {
		t.Errorf("status %d, want %d", page.status, status)
	}
	for _, word := range append(words, "<!doctype html>", "</html>", `name="viewport"`, "prefers-color-scheme: dark") {
		if !strings.Contains(page.body, word) {
			t.Errorf("%q is not in the page:\n%s", word, page.body)
		}
	}
	for _, word := range []string{"<script", "http:", "https:", "url(", "{{", "aoa", "aor"} {
		if strings.Contains(page.body, word) {
			t.Errorf("%q is in the page:\n%s", word, page.body)
		}
	}
	_, style, _ := strings.Cut(page.body, "<style>")
	style, _, _ = strings.Cut(style, "</style>")
	sum := sha256.Sum256([]byte(style))
	for name, want := range map[string]string{
		"Content-Type": "text/html; charset=utf-8",
		"Content-Security-Policy": "default-src 'none'; img-src data:; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
			"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
		"Cache-Control":          "no-store",
		"Referrer-Policy":        "no-referrer",
		"X-Content-Type-Options": "nosniff",
	} {
		if got := page.header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// TestOnlyTheAnswerThatWasAskedForIsTaken: anything else is turned away, and
// the right one still comes through, once.
func TestOnlyTheAnswerThatWasAskedForIsTaken(t *testing.T) {
	w := newSSOWorld(t)
	p := &person{w: w, allow: true}
	p.before = func(redirect string) {
		u, err := url.Parse(redirect)
		if err != nil {
			t.Error(err)
			return
		}
		with := func(change func(url.Values)) string {
			query := u.Query()
			change(query)
			changed := *u
			changed.RawQuery = query.Encode()
			return changed.String()
		}
		wrong := with(func(q url.Values) { q.Set("state", strings.Repeat("A", 43)) })
		for _, c := range []struct {
			method, url, host string
			status            int
		}{
			{http.MethodGet, wrong, "", http.StatusBadRequest},
			{http.MethodGet, with(func(q url.Values) { q.Del("state") }), "", http.StatusBadRequest},
			{http.MethodGet, with(func(q url.Values) { q.Del("code") }), "", http.StatusBadRequest},
			{http.MethodGet, with(func(q url.Values) { q.Set("state", "x"); q.Set("error", "access_denied") }), "", http.StatusBadRequest},
			{http.MethodGet, redirect, "localhost:" + u.Port(), http.StatusBadRequest},
			{http.MethodGet, redirect, "evil.example", http.StatusBadRequest},
			{http.MethodPost, redirect, "", http.StatusNotFound},
			{http.MethodHead, redirect, "", http.StatusNotFound},
			{http.MethodGet, strings.Replace(redirect, "/oauth/callback", "/", 1), "", http.StatusNotFound},
			{http.MethodGet, strings.Replace(redirect, "/oauth/callback", "/favicon.ico", 1), "", http.StatusNotFound},
		} {
			page, err := fetch(c.method, c.url, c.host)
			if err != nil || page.status != c.status {
				t.Errorf("%s %s for %q: %d, %v; want %d", c.method, c.url, c.host, page.status, err, c.status)
			}
		}
		page, err := fetch(http.MethodGet, wrong, "")
		if err != nil {
			t.Error(err)
		}
		wantPage(t, page, http.StatusBadRequest, "goes on waiting")
		if n := w.sts.Calls("CreateToken"); n != 0 {
			t.Errorf("%d codes were redeemed", n)
		}
	}
	w.mustGet("dev", p.at)
	wantPage(t, p.last(), http.StatusOK, "Signed in")
	w.want(1, 1, 1)
}

// TestErrorThatTheBrowserBrings is quoted to the terminal, not on the page.
func TestErrorThatTheBrowserBrings(t *testing.T) {
	w := newSSOWorld(t)
	p := &person{w: w}
	o := p.options()
	o.SignIn.Browser = func(page string) error {
		u, _ := url.Parse(page)
		back := u.Query().Get("redirect_uri") + "?" + url.Values{
			"state": {u.Query().Get("state")}, "error": {"server_error"}, "error_description": {"<b>the\nmatter</b>"},
		}.Encode()
		p.wg.Go(func() { p.follow(back) })
		return nil
	}
	_, err := provider.SignInTo(within(t), w.linkOf("dev"), o, false)
	wantFault(t, err, fault.Refused, "<b>the matter</b> (server_error)")
	if page := p.last(); strings.Contains(page.body, "matter") {
		t.Errorf("%s", page.body)
	}
}

// TestNobodyAnswers: the page on this machine closes when the time is up, or
// the run is cancelled.
func TestNobodyAnswers(t *testing.T) {
	var back string
	idle := func(w *ssoWorld, do func()) *provider.SignIn {
		return &provider.SignIn{
			Tell: func(string) error { return nil },
			Browser: func(page string) error {
				u, _ := url.Parse(page)
				back = u.Query().Get("redirect_uri")
				do()
				return nil
			},
		}
	}
	t.Run("in time", func(t *testing.T) {
		w := newSSOWorld(t)
		o := w.options()
		o.SignIn = idle(w, func() { w.clock.advance(10 * time.Minute) })
		o.SignIn.Timeout = 50 * time.Millisecond
		_, err := provider.SignInTo(within(t), w.linkOf("dev"), o, false)
		wantFault(t, err, fault.Person, "nobody signed in", startURL, "in 10m", "run: awsmint login dev; if the browser showed an error, add --force")
		if _, err := fetch(http.MethodGet, back, ""); err == nil {
			t.Error("the page is still there")
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		w := newSSOWorld(t)
		ctx, cancel := context.WithCancel(within(t))
		o := w.options()
		o.SignIn = idle(w, cancel)
		_, err := provider.SignInTo(ctx, w.linkOf("dev"), o, false)
		wantFault(t, err, fault.Person, "cancelled")
		if _, err := fetch(http.MethodGet, back, ""); err == nil {
			t.Error("the page is still there")
		}
	})
}

// TestFailedSignInLosesNothing: a forced one that is declined leaves the old.
func TestFailedSignInLosesNothing(t *testing.T) {
	w := newSSOWorld(t)
	w.signIn()
	p := &person{w: w, allow: false}
	_, err := provider.SignInTo(within(t), w.linkOf("dev"), p.options(), true)
	wantFault(t, err, fault.Person, "declined in the browser", "run: awsmint login dev")
	w.mustGet("dev")
}

// TestBrowserThatCannotBeOpened: a device code is shown instead.
func TestBrowserThatCannotBeOpened(t *testing.T) {
	w := newSSOWorld(t)
	d := &device{w: w, decide: func(code string, _ int) {
		if err := w.sts.ApproveDevice(code, true); err != nil {
			t.Error(err)
		}
	}}
	w.mustGet("dev", d.at, func(o *provider.Options) {
		o.SignIn.Browser = func(string) error { return errors.New("no display") }
	})
	w.want(2, 1, 1)
}
