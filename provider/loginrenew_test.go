package provider_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

// left makes the file's credentials live on for a while.
func (w *loginWorld) left(d time.Duration) {
	w.t.Helper()
	content := w.read()
	content["accessToken"].(map[string]any)["expiresAt"] = w.clock.Now().Add(d).UTC().Format(time.RFC3339)
	data, err := json.Marshal(content)
	if err != nil {
		w.t.Fatal(err)
	}
	w.write(data)
}

// wantAlone checks that nothing but the file, which only its owner reads, is
// in its directory.
func (w *loginWorld) wantAlone() {
	w.t.Helper()
	entries, err := os.ReadDir(filepath.Dir(w.file))
	if err != nil || len(entries) != 1 {
		w.t.Errorf("%v, %v; want the AWS CLI's file alone", entries, err)
	}
	if info, err := os.Stat(w.file); err != nil || os.PathSeparator == '/' && info.Mode().Perm() != 0o600 {
		w.t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

// TestLoginSessionIsRenewedInItsWindow, a third of the 15 minutes, and not only
// when it is over; as long as that can't be had, what lives is used.
func TestLoginSessionIsRenewedInItsWindow(t *testing.T) {
	w := newLoginWorld(t)
	id := w.read()["accessToken"].(map[string]any)["accessKeyId"]
	forced := func(o *provider.Options) { o.Force = true; oneTry(o) }
	get := func() string {
		t.Helper()
		got, err := w.provider(forced).Retrieve(within(t))
		if err != nil {
			t.Fatalf("%v\n%s", err, fault.HintOf(err))
		}
		return got.AccessKeyID
	}
	w.left(5*time.Minute + time.Second)
	if got := get(); got != id || w.sts.Calls("CreateOAuth2Token") != 0 {
		t.Errorf("outside of the window: %q, want %q", got, id)
	}
	w.left(5 * time.Minute)
	w.sts.Inject(ststest.Fault{Action: "CreateOAuth2Token", Times: 1, Status: 400, Code: "INVALID_REQUEST", Message: "not today"})
	if got := get(); got != id || w.sts.Calls("CreateOAuth2Token") != 1 {
		t.Errorf("where AWS says no: %q, want %q", got, id)
	}
	w.wantAlone()
	if got := get(); got == id || w.sts.Calls("CreateOAuth2Token") != 2 {
		t.Errorf("inside of the window: %q, the old credentials", got)
	}
	w.wantAlone()
	expires, err := time.Parse(time.RFC3339, w.read()["accessToken"].(map[string]any)["expiresAt"].(string))
	if err != nil || expires.Sub(w.clock.Now()) < 10*time.Minute {
		t.Errorf("the file's credentials expire at %s, %v", expires, err)
	}
	get()
	if n := w.sts.Calls("CreateOAuth2Token"); n != 2 {
		t.Errorf("renewed %d times", n)
	}
}

// TestLoginSessionThatWasLeftRenewed: a run was ended before it could put what
// AWS gave it in place. The refresh token in the file is spent.
func TestLoginSessionThatWasLeftRenewed(t *testing.T) {
	w := newLoginWorld(t)
	w.expire()
	old, err := os.ReadFile(w.file)
	if err != nil {
		t.Fatal(err)
	}
	first, err := w.provider().Retrieve(within(t))
	if err != nil {
		t.Fatal(err)
	}
	left := filepath.Join(filepath.Dir(w.file), "."+filepath.Base(w.file)+".awsmint-tmp-renewal")
	if err := os.Rename(w.file, left); err != nil {
		t.Fatal(err)
	}
	w.write(old)
	if got, err := w.provider(func(o *provider.Options) { o.Force = true }).Retrieve(within(t)); err != nil || got.AccessKeyID != first.AccessKeyID {
		t.Errorf("%q, %v; want what was left, %q", got.AccessKeyID, err, first.AccessKeyID)
	}
	w.wantAlone()
	if n := w.sts.Calls("CreateOAuth2Token"); n != 1 {
		t.Errorf("renewed %d times", n)
	}
}

// TestLoginBesideARenewal: who signs in while a renewal is under way keeps the
// new session.
func TestLoginBesideARenewal(t *testing.T) {
	w := newLoginWorld(t)
	w.expire()
	var signedIn []byte
	url := w.tap(func(answer string) string {
		signedIn = w.sts.Login(w.user.ARN)
		w.write(signedIn)
		return answer
	})
	w.env["AWS_ENDPOINT_URL_SIGNIN"] = url
	if _, err := w.provider().Retrieve(within(t)); err != nil {
		t.Error(err)
	}
	if now, err := os.ReadFile(w.file); err != nil || string(now) != string(signedIn) {
		t.Errorf("the session that was begun meanwhile is lost: %v", err)
	}
	w.wantAlone()
}

func TestLoginFileThatIsALink(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has, for most users, no symbolic links")
	}
	w := newLoginWorld(t)
	w.expire()
	target := filepath.Join(t.TempDir(), "login.json")
	if err := errors.Join(os.Rename(w.file, target), os.Symlink(target, w.file)); err != nil {
		t.Fatal(err)
	}
	before := w.read()["refreshToken"]
	if _, err := w.provider().Retrieve(within(t)); err != nil {
		t.Error(err)
	}
	if info, err := os.Lstat(w.file); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("%v, %v: the link is gone", info.Mode(), err)
	}
	if w.read()["refreshToken"] == before {
		t.Error("its target was not renewed")
	}
}
