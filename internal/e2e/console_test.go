//go:build unix

package e2e

import (
	"html"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/ststest"
)

// consolePage is what the console shows at an address.
func consolePage(t *testing.T, address string) string {
	t.Helper()
	response, err := (&http.Client{Timeout: patience}).Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("status %d, %v:\n%s", response.StatusCode, err, body)
	}
	return html.UnescapeString(string(body))
}

func wantPage(t *testing.T, page string, words ...string) {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(page, word) {
			t.Errorf("the console shows no %q:\n%s", word, page)
		}
	}
}

// The address that is printed begins the session that was asked for: whose, with
// what policies, how long and on which page.
func TestConsolePrints(t *testing.T) {
	t.Parallel()
	l, _ := withRole(t)
	// The role that is to live long is minted straight from the key, with the
	// device's next code: this one trusts without.
	const long = "arn:aws:iam::111122223333:role/Long"
	l.AWS.AddRole(ststest.Role{ARN: long, MaxSession: 12 * time.Hour})
	configure(t, l, "[profile long]\nregion = us-east-2\n"+own(l, "long")+"awsmint_role_arn = "+long+"\nawsmint_source_profile = plain\nawsmint_duration = 8h\n[profile plain]\nregion = us-east-2\n"+own(l, "plain"))
	if r := l.Run(withoutDevice(l.AWS.AddUser("bob")), "add", "plain", "--stdin", "--no-verify"); r.Err != nil {
		t.Fatal(r.Stderr)
	}
	for _, c := range []struct {
		args   []string
		policy []string
		life   time.Duration
		words  []string
	}{
		{[]string{"prod"}, nil, time.Hour, []string{":assumed-role/Admin/alice ", " at https://console.aws.amazon.com/console/home?region=eu-west-1<"}},
		{[]string{"prod", "--service", "s3", "--region", "us-west-2"}, nil, time.Hour, []string{" at https://console.aws.amazon.com/s3/home?region=us-west-2<"}},
		{[]string{"prod", "--path", "/cloudwatch/home#alarmsV2:"}, nil, time.Hour, []string{" at https://console.aws.amazon.com/cloudwatch/home?region=eu-west-1#alarmsV2:<"}},
		{[]string{"prod", "--read-only"}, []string{readOnlyPolicy}, time.Hour, []string{":assumed-role/Admin/alice "}},
		{[]string{"work"}, []string{readOnlyPolicy}, 12 * time.Hour, []string{":federated-user/alice "}},
		{[]string{"work", "--policy-arn", bucketsPolicy, "--duration", "2h"}, []string{bucketsPolicy}, 2 * time.Hour, []string{":federated-user/alice "}},
		{[]string{"long"}, nil, 8 * time.Hour, []string{":assumed-role/Long/bob ", "region=us-east-2<"}},
	} {
		before := l.AWS.Calls("GetSigninToken")
		r := clean(t, l.Run("", append([]string{"console", "--print"}, c.args...)...))
		if strings.Count(r.Stdout, "\n") != 1 || !strings.HasPrefix(r.Stdout, l.AWS.URL()+"/federation?") {
			t.Fatalf("%q: stdout %q", c.args, r.Stdout)
		}
		page := consolePage(t, strings.TrimSpace(r.Stdout))
		wantPage(t, page, c.words...)
		_, rest, _ := strings.Cut(page, " until ")
		end, _, _ := strings.Cut(rest, " at ")
		until, err := time.Parse(time.RFC3339, end)
		if short := time.Until(until.Add(-c.life)); err != nil || short > time.Second || short < -patience {
			t.Errorf("%q: until %q, want %v from now", c.args, end, c.life)
		}
		wantCalls(t, l.AWS, "GetSigninToken", before+1)
		if got := made(t, l, append([]string{c.args[0]}, narrowing(c.args, c.policy)...)); strings.Join(got, " ") != strings.Join(c.policy, " ") {
			t.Errorf("%q: with %q, want %q", c.args, got, c.policy)
		}
	}
	wantCalls(t, l.AWS, "GetSessionToken", 1)
	wantCalls(t, l.AWS, "GetFederationToken", 2)
}

// narrowing are the flags by which export finds the same credentials in the
// cache as console, which narrows a user's without being told.
func narrowing(args, policy []string) []string {
	var flags []string
	for i, arg := range args {
		if arg == "--duration" {
			flags = append(flags, arg, args[i+1])
		}
	}
	for _, arn := range policy {
		flags = append(flags, "--policy-arn", arn)
	}
	return flags
}

// made are the policies of the session that export finds.
func made(t *testing.T, l *lab.Lab, args []string) []string {
	t.Helper()
	c := fromVariables(variables(t, clean(t, l.Run("", append([]string{"export", "--format", "dotenv"}, args...)...)).Stdout))
	session, ok := l.AWS.Session(c.AccessKeyID)
	if !ok {
		t.Fatalf("%q: no session", args)
	}
	return session.PolicyARNs
}

// The browser gets a page of this machine, which works once; what it leads to is
// in nobody's arguments.
func TestConsoleOpensABrowser(t *testing.T) {
	t.Parallel()
	l, _ := withRole(t)
	d := newDesk(t, l)
	s := start(t, l, "console", "prod", "--service", "ec2")
	page := d.page(t)
	u, err := url.Parse(page)
	if err != nil || u.Scheme != "http" || u.Hostname() != "127.0.0.1" || u.RawQuery != "" {
		t.Fatalf("the browser got %q", page)
	}
	for _, strange := range []string{"http://" + u.Host + "/", "http://" + u.Host + "/favicon.ico"} {
		if response, err := http.Get(strange); err != nil || response.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %v %v", strange, response, err)
		} else {
			_ = response.Body.Close()
		}
	}
	wantPage(t, consolePage(t, page), ":assumed-role/Admin/alice ", " at https://console.aws.amazon.com/ec2/home?region=eu-west-1<")
	if r := s.end(t); r.Err != nil || r.Stdout != "" || !strings.Contains(r.Stderr, "the browser is on its way to the console: role prod ← session work ← key work, credentials until ") {
		t.Errorf("status %d, stdout %q, stderr %q", r.Status, r.Stdout, r.Stderr)
	}
	if _, err := http.Get(page); err == nil {
		t.Error("the page is still served")
	}
	d.wantOpened(t, 1)
}

// So with a real browser.
func TestConsoleInTheBrowser(t *testing.T) {
	t.Parallel()
	b := openChromium(t)
	l, _ := withRole(t)
	d := newDesk(t, l)
	s := start(t, l, "console", "work")
	b.do(t, chromedp.Navigate(d.page(t)), chromedp.WaitVisible(chromedp.CSS("#text")))
	text := read(t, b, chromedp.Text(chromedp.CSS("#text")))
	wantPage(t, text, ":federated-user/alice ", " at https://console.aws.amazon.com/console/home?region=eu-west-1")
	if r := s.end(t); r.Err != nil {
		t.Errorf("status %d, stderr %q", r.Status, r.Stderr)
	}
	if referrer := read(t, b, chromedp.Evaluate[string]("document.referrer")); referrer != "" {
		t.Errorf("the console hears of the page before it: %q", referrer)
	}
}

// Where no browser can be opened that is said first, before anybody types a code
// for nothing, with what to do.
func TestConsoleWithoutABrowser(t *testing.T) {
	t.Parallel()
	for name, set := range map[string][2]string{
		"no display":                    {"DISPLAY", ""},
		"over SSH":                      {"SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22"},
		"a browser that is not there":   {"BROWSER", "/nosuch/browser"},
		"over SSH, with a display even": {"SSH_TTY", "/dev/pts/9"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, _ := withKey(t, false)
			if strings.HasSuffix(name, "even") {
				l.Set("DISPLAY", ":99")
			}
			l.Set(set[0], set[1])
			before := l.AWS.Calls("")
			c := capture(t, l, l.Binary, "console", "work")
			failed(t, c.result(t), 3, "no browser can be opened", "--print")
			if c.Screen() != "" {
				t.Errorf("the terminal shows %q", c.Screen())
			}
			wantCalls(t, l.AWS, "", before)
		})
	}
	// One that starts and does nothing is waited for, and no longer.
	t.Run("a browser that can't run", func(t *testing.T) {
		t.Parallel()
		l, _ := withRole(t)
		broken := l.Dir + "/broken"
		writeProgram(t, broken, "no program")
		l.Set("BROWSER", broken)
		r := l.Run("", "console", "prod")
		failed(t, r, 3, "no browser can be opened", "--print")
		if r.Took > soon || strings.Contains(r.Stderr, "device-code") {
			t.Errorf("it took %v; stderr %q", r.Took, r.Stderr)
		}
	})
}

// What becomes of the sign-in itself.
func TestTroubleAtTheConsole(t *testing.T) {
	t.Parallel()
	l, _ := withRole(t)
	succeeded(t, l.Run("", "process", "prod"))
	l.Set("AWSMINT_TIMEOUT", "2s")
	for _, c := range []struct {
		name   string
		fault  ststest.Fault
		status int
		words  []string
	}{
		{"no answer", ststest.Fault{Hang: true}, 6, []string{"no answer from " + l.AWS.URL(), "in 2s"}},
		{"a connection that breaks", ststest.Fault{ResetConn: true}, 6, []string{l.AWS.URL()}},
		{"an error inside AWS", ststest.Fault{Status: 503, Code: "ServiceUnavailable"}, 6, []string{"could not answer (status 503)"}},
		{"too many", ststest.Fault{Status: 429, Code: "TooManyRequests"}, 6, []string{"status 429"}},
		{"a refusal", ststest.Fault{Status: 400, Code: "AccessDenied"}, 5, []string{`refused the credentials of profile "prod" (status 400)`, "role prod ←"}},
		{"a page that is none of AWS's", ststest.Fault{Status: 302, Code: "Moved"}, 5, []string{"status 302"}},
	} {
		l.AWS.Reset()
		c.fault.Action = "GetSigninToken"
		l.AWS.Inject(c.fault)
		r := l.Run("", "console", "prod", "--print")
		failed(t, r, c.status, c.words...)
		if r.Took > soon {
			t.Errorf("%s: it took %v", c.name, r.Took)
		}
		wantCalls(t, l.AWS, "GetSigninToken", 1)
	}
	l.Set("AWS_ENDPOINT_URL_SIGNIN", "http://127.0.0.1:1")
	failed(t, l.Run("", "console", "prod", "--print"), 6, "http://127.0.0.1:1", "can't be reached", "check the network")
	l.Set("AWS_ENDPOINT_URL_SIGNIN", "nowhere")
	before := l.AWS.Calls("")
	failed(t, l.Run("", "console", "prod", "--print", "--duration", "30m"), 2, "AWS_ENDPOINT_URL_SIGNIN")
	wantCalls(t, l.AWS, "", before)
}
