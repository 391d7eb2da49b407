package awsconfig

import (
	"fmt"
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/fault"
)

func TestServicesAndSessions(t *testing.T) {
	config := mustParse(t, `[services s]
sts =
  # a comment
  endpoint_url = http://one
  Endpoint_URL = "http://two"
iam = flat
  endpoint_url = http://promoted
[sso-session s]
sso_region = eu-west-1
[services "my own"]
s3 =
  x = a=b # kept
`, "[services s]\nsts = x\n")
	s, err := config.Services("s")
	if err != nil {
		t.Fatal(err)
	}
	own, err := config.Services("my own")
	if err != nil {
		t.Fatal(err)
	}
	session, err := config.SSOSession("s")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ got, want string }{
		{s.Sub("STS", "endpoint_url"), "http://two"},
		{s.Sub("sts", "none"), ""},
		{s.Sub("iam", "endpoint_url"), ""},
		{s.Sub("none", "endpoint_url"), ""},
		{s.Get("endpoint_url"), "http://promoted"},
		{own.Sub("s3", "x"), "a=b # kept"},
		{session.Get("sso_region"), "eu-west-1"},
		{session.Name(), "s"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
	_, err = config.SSOSession("t")
	wantFault(t, err, fault.Missing, `no section "[sso-session t]" in "config"`)
	_, err = mustParse(t, "[services s]\njunk\n", "").Services("s")
	wantFault(t, err, fault.Failure, "config:2: ")
}

// Neither file's content shows, whatever one prints.
func TestNothingShows(t *testing.T) {
	const secret = "wJalrXUtnFEMI"
	text := "[default]\naws_secret_access_key = " + secret + "\n"
	config := mustParse(t, text, text)
	section, err := config.Profile("default")
	if err != nil {
		t.Fatal(err)
	}
	document := NewDocument([]byte(text))
	for _, v := range []any{config, *config, section, *section, document, *document} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
			if shown := fmt.Sprintf(verb, v); strings.Contains(shown, secret) || strings.Contains(shown, fmt.Sprintf("%x", secret)) {
				t.Errorf("%s of %T shows the secret", verb, v)
			}
		}
	}
}
