package provider_test

import (
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	neturl "net/url"
	"os"
	"path/filepath"
	"strings"
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

// oneTry leaves AWS time for one answer, and none for another try.
func oneTry(o *provider.Options) { o.Timeout = time.Second }

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
	w.forgetRoles("dev")
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

// tap is the same server with somebody who reads its answers, and passes on
// what they make of them.
func (w *ssoWorld) tap(read func(answer string) string) (url string) {
	target, err := neturl.Parse(w.sts.URL())
	if err != nil {
		w.t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ErrorLog = discard
	proxy.ModifyResponse = func(r *http.Response) error {
		body, err := io.ReadAll(r.Body)
		answer := read(string(body))
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(answer)), int64(len(answer))
		r.Header.Del("Content-Length")
		return err
	}
	server := httptest.NewServer(proxy)
	w.t.Cleanup(server.Close)
	return server.URL
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
