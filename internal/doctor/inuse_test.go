package doctor_test

import (
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/doctor"
)

func find(findings []doctor.Finding, id string) (all []doctor.Finding) {
	for _, f := range findings {
		if f.ID == id {
			all = append(all, f)
		}
	}
	return all
}

// What a program would use, in the SDKs' order: each of these goes before those
// above it.
func TestCredentialsInUse(t *testing.T) {
	w := newWorld(t)
	w.offline = true
	for _, c := range []struct {
		set  map[string]string
		fact string
	}{
		{nil, "finds no credentials here"},
		{map[string]string{"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/"}, "asks the container"},
		{map[string]string{"AWS_DEFAULT_PROFILE": "work"}, `uses the profile "work": AWS_DEFAULT_PROFILE names it`},
		{map[string]string{"AWS_PROFILE": "work"}, `uses the profile "work": AWS_PROFILE names it`},
		{map[string]string{"AWS_WEB_IDENTITY_TOKEN_FILE": "/token", "AWS_ROLE_ARN": admin}, "assumes the role in AWS_ROLE_ARN"},
		{map[string]string{"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": strings.Repeat("a", 40)}, "uses the key …MPLE in AWS_ACCESS_KEY_ID, without a session token"},
		{map[string]string{"AWS_SESSION_TOKEN": "x"}, "with a session token"},
	} {
		for name, value := range c.set {
			w.env[name] = value
		}
		got := find(w.examine(), "credentials-in-use")
		if len(got) != 1 || !strings.Contains(got[0].Fact, c.fact) || got[0].Severity != doctor.OK {
			t.Errorf("got %+v; want %q", got, c.fact)
		}
	}
}

// What is not there is used by nobody.
func TestAProfileThatIsNotThereIsNotInUse(t *testing.T) {
	w := newWorld(t)
	w.env["AWS_PROFILE"] = "nosuch"
	if got := find(w.examine(), "credentials-in-use"); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

// Two profiles over one key: what is so of the key is told once.
func TestSharedTroubleIsToldOnce(t *testing.T) {
	w := newWorld(t)
	w.configure(role(w, "awsmint_"))
	w.profile = ""
	delete(w.keys.items, "key/work")
	if got := find(w.examine(), "key-missing"); len(got) != 1 {
		t.Errorf("%+v", got)
	}
	w.store(w.key())
	w.login()
	if got := find(w.examine(), "session-works"); len(got) != 1 {
		t.Errorf("%+v", got)
	}
}

// From 15 minutes on AWS refuses all requests.
func TestSeverityOfAWrongClock(t *testing.T) {
	w := newWorld(t)
	for skew, want := range map[time.Duration]doctor.Severity{2 * time.Minute: doctor.Warning, 20 * time.Minute: doctor.Error} {
		w.aws.SetSkew(skew)
		if got := find(w.examine(), "clock-off"); len(got) != 1 || got[0].Severity != want {
			t.Errorf("%s: %+v", skew, got)
		}
	}
}

// What a local stand-in for AWS takes is not looked at as a key of AWS's; a key
// of AWS's is, endpoint or not.
func TestCredentialsForALocalEndpoint(t *testing.T) {
	w := newWorld(t)
	w.env["AWS_REGION"] = "eu-west-1"
	w.env["AWS_ACCESS_KEY_ID"], w.env["AWS_SECRET_ACCESS_KEY"], w.env["AWS_SESSION_TOKEN"] = "local", "local", "local"
	findings := w.examine()
	if bad(findings) != "" || len(find(findings, "local-credentials")) != 1 {
		t.Errorf("%+v", findings)
	}
	w.env["AWS_ACCESS_KEY_ID"], w.env["AWS_SESSION_TOKEN"] = "ASIAIOSFODNN7EXAMPLE", ""
	if got := bad(w.examine()); got != "secret-length session-token-missing" {
		t.Errorf("%s", got)
	}
}
