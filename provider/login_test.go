package provider_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

// loginWorld is a world with a file of `aws login` for the user.
type loginWorld struct {
	*ssoWorld
	file   string
	region string // of the profile
}

func newLoginWorld(t *testing.T) *loginWorld {
	t.Helper()
	w := newSSOWorld(t)
	sum := sha256.Sum256([]byte(w.user.ARN))
	l := &loginWorld{w, filepath.Join(w.home, ".aws", "login", "cache", hex.EncodeToString(sum[:])+".json"), "eu-west-1"}
	l.write(w.sts.Login(w.user.ARN))
	return l
}

func (w *loginWorld) write(data []byte) {
	w.t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(w.file), 0o700), os.WriteFile(w.file, data, 0o600)); err != nil {
		w.t.Fatal(err)
	}
}

// read is the file as JSON.
func (w *loginWorld) read() map[string]any {
	w.t.Helper()
	data, err := os.ReadFile(w.file)
	content := map[string]any{}
	if err == nil {
		err = json.Unmarshal(data, &content)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return content
}

// expire makes the file's credentials old. The SDK looks at the real clock.
func (w *loginWorld) expire() {
	w.t.Helper()
	content := w.read()
	content["accessToken"].(map[string]any)["expiresAt"] = time.Now().Add(-time.Minute).UTC().Format(time.RFC3339)
	data, err := json.Marshal(content)
	if err != nil {
		w.t.Fatal(err)
	}
	w.write(data)
}

func (w *loginWorld) provider(change ...func(*provider.Options)) *provider.Cached {
	w.t.Helper()
	o := w.options()
	for _, f := range change {
		f(&o)
	}
	config := "[profile work]\nregion = " + w.region + "\nlogin_session = " + w.user.ARN + "\n"
	link, err := provider.Resolve(parsed(w.t, config), w.env.get, provider.Request{Profile: "work"})
	if err != nil {
		w.t.Fatalf("%v\n%s", err, fault.HintOf(err))
	}
	return provider.New(link, o)
}

// TestLoginSessionIsUsed as it is while it lives, and cached sealed.
func TestLoginSessionIsUsed(t *testing.T) {
	w := newLoginWorld(t)
	want := w.read()["accessToken"].(map[string]any)
	got, err := w.provider().Retrieve(within(t))
	if err != nil {
		t.Fatalf("%v\n%s", err, fault.HintOf(err))
	}
	if got.AccessKeyID != want["accessKeyId"] || got.SessionToken != want["sessionToken"] || got.AccountID != ststest.AccountID || !got.CanExpire {
		t.Errorf("got %q of %s", got.AccessKeyID, got.AccountID)
	}
	w.wantNowhere(secret.New(got.SessionToken))
	if err := os.Remove(w.file); err != nil {
		t.Fatal(err)
	}
	if again, err := w.provider().Retrieve(within(t)); err != nil || again.AccessKeyID != got.AccessKeyID {
		t.Errorf("not from the cache: %v", err)
	}
	if n := w.sts.Calls(""); n != 0 {
		t.Errorf("%d requests", n)
	}
}

// TestLoginCrowdRefreshesOnce: a refresh token works once, and the next one is
// in the AWS CLI's file.
func TestLoginCrowdRefreshesOnce(t *testing.T) {
	w := newLoginWorld(t)
	w.expire()
	before := w.read()["refreshToken"]
	all := make([]*provider.Cached, crowd)
	for i := range all {
		// Two profiles of the one session, which the cache tells apart.
		w.region = []string{"eu-west-1", "eu-central-1"}[i%2]
		all[i] = w.provider()
		all[i].Force = i%4 < 2 // those don't take what the cache has
	}
	together(t, all)
	if n := w.sts.Calls("CreateOAuth2Token"); n != 1 {
		t.Errorf("refreshed %d times", n)
	}
	if w.read()["refreshToken"] == before {
		t.Error("the new refresh token was not kept")
	}
	if info, err := os.Stat(w.file); err != nil || os.PathSeparator == '/' && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestLoginSessionThatFails(t *testing.T) {
	again := "run: aws login --profile work"
	for _, c := range []struct {
		name   string
		spoil  func(w *loginWorld)
		status fault.Status
		words  []string
	}{
		{"none", func(w *loginWorld) { _ = os.Remove(w.file) }, fault.Person, []string{`profile "work" is not signed in`, again}},
		{"ended", func(w *loginWorld) { w.expire(); w.sts.EndLogin(w.user.ARN) }, fault.Person, []string{"has ended", again}},
		{"empty", func(w *loginWorld) { w.write(nil) }, fault.Person, []string{"broken", again}},
		{"null", func(w *loginWorld) { w.write([]byte("null")) }, fault.Person, []string{"broken", again}},
		{"cut off", func(w *loginWorld) { w.write(w.sts.Login(w.user.ARN)[:200]) }, fault.Person, []string{"broken", again}},
		{"without a key", func(w *loginWorld) { w.without("dpopKey") }, fault.Person, []string{"broken", again}},
		{"without a refresh token", func(w *loginWorld) { w.without("refreshToken") }, fault.Person, []string{"broken", again}},
		{"without credentials", func(w *loginWorld) { w.without("accessToken") }, fault.Person, []string{"broken", again}},
		{"may not refresh", func(w *loginWorld) {
			w.expire()
			w.sts.Inject(ststest.Fault{Action: "CreateOAuth2Token", Code: "INSUFFICIENT_PERMISSIONS"})
		}, fault.Refused, []string{"not allowed to refresh", "signin:CreateOAuth2Token"}},
		{"refused otherwise", func(w *loginWorld) {
			w.expire()
			w.sts.Inject(ststest.Fault{Action: "CreateOAuth2Token", Code: "INVALID_REQUEST", Message: "no such thing"})
		}, fault.Person, []string{"no such thing", again}},
		{"no answer", func(w *loginWorld) {
			w.expire()
			w.sts.Inject(ststest.Fault{Action: "CreateOAuth2Token", ResetConn: true})
		}, fault.Network, []string{"broke off"}},
		{"busy", func(w *loginWorld) {
			w.expire()
			w.sts.Inject(ststest.Fault{Action: "CreateOAuth2Token", Status: 500, Code: "InternalServerException"})
		}, fault.Network, []string{"could not answer CreateOAuth2Token"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newLoginWorld(t)
			content, err := os.ReadFile(w.file)
			if err != nil {
				t.Fatal(err)
			}
			c.spoil(w)
			_, err = w.provider(oneTry).Retrieve(within(t))
			wantFault(t, err, c.status, c.words...)
			var file struct {
				AccessToken  struct{ SecretAccessKey, SessionToken string }
				RefreshToken string
			}
			if err := json.Unmarshal(content, &file); err != nil {
				t.Fatal(err)
			}
			for _, hidden := range []string{file.AccessToken.SecretAccessKey, file.AccessToken.SessionToken, file.RefreshToken} {
				if hidden == "" || strings.Contains(err.Error()+fault.HintOf(err), hidden) {
					t.Errorf("a secret is in the error: %v", err)
				}
			}
		})
	}
}

func (w *loginWorld) without(key string) {
	w.t.Helper()
	content := w.read()
	delete(content, key)
	data, err := json.Marshal(content)
	if err != nil {
		w.t.Fatal(err)
	}
	w.write(data)
}

// TestLoginDirectory: AWS_LOGIN_CACHE_DIRECTORY says where the files are.
func TestLoginDirectory(t *testing.T) {
	w := newLoginWorld(t)
	elsewhere := filepath.Join(t.TempDir(), filepath.Base(w.file))
	if err := os.Rename(w.file, elsewhere); err != nil {
		t.Fatal(err)
	}
	if _, err := w.provider().Retrieve(within(t)); fault.StatusOf(err) != fault.Person {
		t.Errorf("%v", err)
	}
	w.env["AWS_LOGIN_CACHE_DIRECTORY"] = filepath.Dir(elsewhere)
	if _, err := w.provider().Retrieve(within(t)); err != nil {
		t.Errorf("%v", err)
	}
}
