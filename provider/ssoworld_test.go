package provider_test

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

const (
	startURL   = "https://acme.awsapps.com/start"
	ssoAccount = "222233334444"
)

const ssoConfig = `
[sso-session acme]
sso_start_url = https://acme.awsapps.com/start
sso_region = eu-west-1

[profile dev]
sso_session = acme
sso_account_id = 222233334444
sso_role_name = Dev

[profile ops]
sso_session = acme
sso_account_id = 222233334444
sso_role_name = Ops

[profile alien]
sso_session = acme
sso_account_id = 222233334444
sso_role_name = Alien

[profile old]
sso_start_url = https://acme.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 222233334444
sso_role_name = Dev
`

// ssoWorld is a world with an IAM Identity Center and an empty home. Access
// tokens live an hour, sign-ins eight.
type ssoWorld struct {
	*world
	home string
}

func newSSOWorld(t *testing.T) *ssoWorld {
	t.Helper()
	w := newWorld(t)
	w.sts.AddSSO(ststest.SSO{StartURL: startURL, Region: "eu-west-1", Assignments: []ststest.Assignment{
		{AccountID: ssoAccount, RoleName: "Dev"}, {AccountID: ssoAccount, RoleName: "Ops"},
	}})
	for _, service := range []string{"SSO", "SSO_OIDC", "SIGNIN"} {
		w.env["AWS_ENDPOINT_URL_"+service] = w.sts.URL()
	}
	return &ssoWorld{w, t.TempDir()}
}

// options are those of a process of its own that can ask nobody.
func (w *ssoWorld) options() provider.Options {
	return provider.Options{Keychain: w.keys, Cache: w.cache, Now: w.clock.Now, Timeout: 10 * time.Second, NoInput: true, Home: w.home}
}

func (w *ssoWorld) linkOf(profile string) provider.Link {
	w.t.Helper()
	link, err := provider.Resolve(parsed(w.t, ssoConfig), w.env.get, provider.Request{Profile: profile})
	if err != nil {
		w.t.Fatalf("%v\n%s", err, fault.HintOf(err))
	}
	return link
}

// get is what a process does that wants a profile's credentials.
func (w *ssoWorld) get(profile string, change ...func(*provider.Options)) (aws.Credentials, error) {
	w.t.Helper()
	o := w.options()
	for _, f := range change {
		f(&o)
	}
	return provider.New(w.linkOf(profile), o).Retrieve(within(w.t))
}

func (w *ssoWorld) mustGet(profile string, change ...func(*provider.Options)) aws.Credentials {
	w.t.Helper()
	got, err := w.get(profile, change...)
	if err != nil {
		w.t.Fatalf("%v\n%s", err, fault.HintOf(err))
	}
	return got
}

// forgetRoles drops the role credentials of a profile, not the sign-in.
func (w *ssoWorld) forgetRoles(profile string) {
	w.t.Helper()
	if _, err := w.cache.RemoveScope(provider.Scope(profile)); err != nil {
		w.t.Fatal(err)
	}
}

// signIn signs in with a browser and leaves no role credentials.
func (w *ssoWorld) signIn() {
	w.t.Helper()
	p := &person{w: w, allow: true}
	if at, err := provider.SignInTo(within(w.t), w.linkOf("dev"), p.options(), false); err != nil || at == nil {
		w.t.Fatalf("%v, %v\n%s", at, err, fault.HintOf(err))
	}
	w.sts.Reset()
}

// want checks how many requests of each kind there were since the last Reset.
func (w *ssoWorld) want(register, token, credentials int) {
	w.t.Helper()
	for action, want := range map[string]int{"RegisterClient": register, "CreateToken": token, "GetRoleCredentials": credentials} {
		if got := w.sts.Calls(action); got != want {
			w.t.Errorf("%d calls of %s, want %d", got, action, want)
		}
	}
}

// cliFile writes what `aws sso login` would leave under a name.
func (w *ssoWorld) cliFile(name string, content map[string]string) (path string) {
	w.t.Helper()
	sum := sha1.Sum([]byte(name))
	path = filepath.Join(w.home, ".aws", "sso", "cache", hex.EncodeToString(sum[:])+".json")
	data, err := json.Marshal(content)
	if err == nil {
		err = errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, data, 0o600))
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return path
}

// cliToken is a token of `aws sso login`, and its file's content.
func (w *ssoWorld) cliToken() (token string, content map[string]string) {
	token, expires := w.sts.SSOAccessToken(startURL)
	return token, map[string]string{
		"startUrl": startURL, "region": "eu-west-1", "accessToken": token, "expiresAt": expires.Format(time.RFC3339),
	}
}

// person sits before a browser. What they are told, and the pages that they
// end on, are kept.
type person struct {
	w     *ssoWorld
	allow bool

	// before, where set, is done to the redirect before it is followed.
	before func(redirect string)

	mu     sync.Mutex
	opened []string
	told   []string
	pages  []shown
	wg     sync.WaitGroup
}

type shown struct {
	status int
	header http.Header
	body   string
}

func (p *person) options() provider.Options {
	o := p.w.options()
	p.at(&o)
	return o
}

// at puts the person before a run.
func (p *person) at(o *provider.Options) {
	o.SignIn = &provider.SignIn{Browser: p.open, Tell: p.tell}
	o.NoInput = false
}

func (p *person) tell(text string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.told = append(p.told, text)
	return nil
}

// open presses the button, and lets the browser follow.
func (p *person) open(url string) error {
	p.mu.Lock()
	p.opened = append(p.opened, url)
	p.mu.Unlock()
	redirect, err := p.w.sts.Authorize(url, p.allow)
	if err != nil {
		return err
	}
	p.wg.Go(func() {
		if p.before != nil {
			p.before(redirect)
		}
		p.follow(redirect)
	})
	return nil
}

func (p *person) follow(url string) {
	page, err := fetch(http.MethodGet, url, "")
	if err != nil {
		p.w.t.Errorf("the browser: %v", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pages = append(p.pages, page)
}

// last waits for the browser and returns the page that it ends on.
func (p *person) last() shown {
	p.w.t.Helper()
	p.wg.Wait()
	if len(p.pages) == 0 {
		p.w.t.Fatal("no page was shown")
	}
	return p.pages[len(p.pages)-1]
}

func fetch(method, url, host string) (shown, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		return shown{}, err
	}
	if host != "" {
		request.Host = host
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return shown{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return shown{response.StatusCode, response.Header, string(body)}, err
}

// device is a person without a browser on this machine. decide is asked at
// each poll, and may answer the page that has the code.
type device struct {
	w      *ssoWorld
	decide func(code string, poll int)

	told  []string
	waits []time.Duration
}

func (d *device) at(o *provider.Options) {
	o.NoInput = false
	o.SignIn = &provider.SignIn{
		Tell: func(text string) error { d.told = append(d.told, text); return nil },
		Wait: func(ctx context.Context, pause time.Duration) error {
			d.waits = append(d.waits, pause)
			d.w.clock.advance(pause)
			d.decide(d.code(), len(d.waits))
			return ctx.Err()
		},
	}
}

// code is the last word of what was told.
func (d *device) code() string {
	words := strings.Fields(d.told[len(d.told)-1])
	return words[len(words)-1]
}
