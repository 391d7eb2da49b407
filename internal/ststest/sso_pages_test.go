package ststest_test

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/ststest"
)

// shown is a page as the browser gets it.
type shown struct {
	status   int
	location string
	body     string
}

// browse gets a page, or sends a form when there is one, and follows no
// redirect.
func browse(t *testing.T, address string, form url.Values) shown {
	t.Helper()
	method, body := http.MethodGet, ""
	if form != nil {
		method, body = http.MethodPost, form.Encode()
	}
	r, err := http.NewRequestWithContext(within(t), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	browser := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := browser.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got := resp.Header.Get("Content-Type"); got != "text/html; charset=utf-8" || !strings.HasSuffix(string(b), "</html>\n") {
		t.Errorf("%s: no whole page: %s %s", address, got, b)
	}
	if resp.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s may be kept", address)
	}
	return shown{resp.StatusCode, resp.Header.Get("Location"), string(b)}
}

var button = regexp.MustCompile(`<button id="(\w+)" name="answer" value="(\w+)">`)

// wantButtons checks that the page's form is sent to the page's own address
// by Allow and by Deny.
func (p shown) wantButtons(t *testing.T) {
	t.Helper()
	found := button.FindAllStringSubmatch(p.body, -1)
	if p.status != 200 || len(found) != 2 || found[0][1] != "allow" || found[0][2] != "allow" || found[1][1] != "deny" || found[1][2] != "deny" ||
		!strings.Contains(p.body, `<form method="post">`) {
		t.Errorf("%d, no two buttons: %s", p.status, p.body)
	}
}

func (p shown) wantRefusal(t *testing.T, status int, code string) {
	t.Helper()
	if p.status != status || p.location != "" || !strings.Contains(p.body, code+": ") || strings.Contains(p.body, "<form") {
		t.Errorf("got %d %q %s, want %d %s", p.status, p.location, p.body, status, code)
	}
}

func TestTheBrowserAllowsOrDeniesAClient(t *testing.T) {
	c := identityCentre(t)
	in := codeRegistration()
	in.ClientName = aws.String("<b>a tool</b>")
	as := c.register(t, in)
	page := browse(t, c.authorizeURL(as), nil)
	page.wantButtons(t)
	if !strings.Contains(page.body, "&lt;b&gt;a tool&lt;/b&gt;") {
		t.Errorf("the client's name is missing, or raw: %s", page.body)
	}
	for _, test := range []struct{ answer, want string }{{"allow", "code"}, {"deny", "error"}} {
		sent := browse(t, c.authorizeURL(as), url.Values{"answer": {test.answer}})
		u, err := url.Parse(sent.location)
		if err != nil {
			t.Fatal(err)
		}
		if sent.status != http.StatusFound || u.Host != "127.0.0.1:34567" || u.Path != "/oauth/callback" || u.Query().Get("state") != "a state & more" || !u.Query().Has(test.want) || len(u.Query()) != 2 {
			t.Errorf("%s: %d, sent to %q", test.answer, sent.status, sent.location)
		}
		if test.answer == "deny" {
			if u.Query().Get("error") != "access_denied" {
				t.Errorf("sent to %q", sent.location)
			}
			continue
		}
		out, err := c.token(t, as, codeInput(u.Query().Get("code")))
		if err != nil {
			t.Fatal(err)
		}
		c.wantToken(t, out, 3600e9, true)
	}
	// Without a browser it is the same, but no call.
	denied, err := c.Authorize(c.authorizeURL(as), false)
	if err != nil || denied != "http://127.0.0.1:34567/oauth/callback?error=access_denied&state=a+state+%26+more" {
		t.Errorf("sent to %q, %v", denied, err)
	}
	if c.Succeeded("AuthorizePage") != 1 || c.Succeeded("AuthorizeAnswer") != 2 || c.Calls("") != 6 {
		t.Errorf("%d pages, %d answers, %d calls", c.Succeeded("AuthorizePage"), c.Succeeded("AuthorizeAnswer"), c.Calls(""))
	}
}

// Nothing is sent to an address that the client did not register, not even an
// error.
func TestThePagesRefusals(t *testing.T) {
	c := identityCentre(t)
	as := c.register(t, codeRegistration())
	elsewhere := c.authorizeURL(as, "redirect_uri", "http://192.0.2.1/")
	allow := url.Values{"answer": {"allow"}}
	browse(t, elsewhere, nil).wantRefusal(t, 400, "InvalidRedirectUriException")
	browse(t, elsewhere, allow).wantRefusal(t, 400, "InvalidRedirectUriException")
	browse(t, elsewhere, url.Values{"answer": {"deny"}}).wantRefusal(t, 400, "InvalidRedirectUriException")
	browse(t, c.authorizeURL(as, "client_id", "x"), nil).wantRefusal(t, 401, "InvalidClientException")
	browse(t, c.authorizeURL(as), url.Values{"answer": {"perhaps"}}).wantRefusal(t, 400, "InvalidRequestException")
	browse(t, c.URL()+"/device?user_code=WRNG-CODE", nil).wantRefusal(t, 400, "InvalidRequestException")
	browse(t, c.URL()+"/device", url.Values{"answer": {"allow"}, "user_code": {"WRNG-CODE"}}).wantRefusal(t, 400, "InvalidRequestException")
	browse(t, c.URL()+"/device", url.Values{}).wantRefusal(t, 400, "InvalidRequestException")
	c.Inject(ststest.Fault{Action: "AuthorizePage", Times: 1, Status: 503})
	browse(t, c.authorizeURL(as), nil).wantRefusal(t, 503, "InternalFailure")
}

func TestTheBrowserAllowsOrDeniesADevice(t *testing.T) {
	c := identityCentre(t)
	as := c.register(t, deviceRegistration())
	for _, test := range []struct {
		answer, title string
		check         func(error)
	}{
		{"allow", "Request approved", func(err error) {
			if err != nil {
				t.Error(err)
			}
		}},
		{"deny", "Request denied", func(err error) {
			wantOAuth(t, err, 400, "AccessDeniedException", "access_denied", "User denied the request")
		}},
	} {
		d := c.device(t, as)
		page := browse(t, *d.VerificationUriComplete, nil)
		page.wantButtons(t)
		if !strings.Contains(page.body, `name="user_code" value="`+*d.UserCode+`"`) {
			t.Errorf("the code is not shown: %s", page.body)
		}
		_, err := c.poll(t, as, d.DeviceCode)
		wantPending(t, err)
		done := browse(t, *d.VerificationUriComplete, url.Values{"answer": {test.answer}, "user_code": {*d.UserCode}})
		if done.status != 200 || !strings.Contains(done.body, test.title) {
			t.Errorf("%d %s", done.status, done.body)
		}
		_, err = c.poll(t, as, d.DeviceCode)
		test.check(err)
		browse(t, *d.VerificationUriComplete, nil).wantRefusal(t, 400, "InvalidRequestException")
	}
	empty := browse(t, c.URL()+"/device", nil)
	empty.wantButtons(t)
	if !strings.Contains(empty.body, `name="user_code" value=""`) {
		t.Errorf("no field for the code: %s", empty.body)
	}
}

// The log has the operations' names and nothing that opens a door.
func TestTheLogHoldsNoSecretOfSSO(t *testing.T) {
	var log bytes.Buffer // guarded by the server's own lock until Close
	s, err := ststest.Start(ststest.Options{Log: &log})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.AddSSO(assigned())
	c := centreOn(s)
	as, out := c.logIn(t)
	role, err := c.credentials(t, *out.AccessToken)
	if err != nil {
		t.Fatal(err)
	}
	next, err := c.renew(t, as, out.RefreshToken)
	if err != nil {
		t.Fatal(err)
	}
	device := c.register(t, deviceRegistration())
	d := c.device(t, device)
	browse(t, *d.VerificationUriComplete, nil)
	_, err = c.poll(t, device, d.DeviceCode)
	wantPending(t, err)
	code := browse(t, c.authorizeURL(as), url.Values{"answer": {"allow"}}).location
	u, err := url.Parse(code)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.credentials(t, "unknown-token")
	wantPortal(t, err, 401, "UnauthorizedException", "")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{
		*as.ClientId, *as.ClientSecret, *out.AccessToken, *out.RefreshToken, *next.AccessToken, *next.RefreshToken, *role.SecretAccessKey,
		*role.SessionToken, *d.DeviceCode, *d.UserCode, u.Query().Get("code"), "unknown-token", verifier, "a state",
	} {
		if secret == "" || strings.Contains(log.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	for _, line := range []string{
		" RegisterClient key=none 200\n", " CreateToken key=none 200\n", " GetRoleCredentials key=none 200\n",
		" StartDeviceAuthorization key=none 200\n", " DevicePage key=none 200\n", " AuthorizeAnswer key=none 302\n",
		" CreateToken key=none 400 AuthorizationPendingException\n", " GetRoleCredentials key=none 401 UnauthorizedException\n",
	} {
		if !strings.Contains(log.String(), line) {
			t.Errorf("no line %q in %s", line, log.String())
		}
	}
}
