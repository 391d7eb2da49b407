//go:build unix

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A machine that was set up as the README says is well, and so is one with
// other people's ways of getting credentials beside that. The status is 0.
func TestDoctorIsContentWithAPlainMachine(t *testing.T) {
	t.Parallel()
	l, alice := withKey(t, false)
	healthy := func(when string, args ...string) {
		t.Helper()
		c := capture(t, l, l.Binary, append([]string{"doctor"}, args...)...)
		if r := c.result(t); r.Status != 0 || r.Stderr != "" || !strings.HasSuffix(r.Stdout, "\nAll is well.\n") {
			t.Errorf("%s: status %d\n%s%s", when, r.Status, r.Stdout, r.Stderr)
		}
	}
	healthy("after add")
	healthy("after add, for the profile", "work")

	c := capture(t, l, l.Binary, "login", "work")
	c.Expect(`MFA code for profile "work"`)
	c.Type(code(alice) + "\n")
	if r := c.result(t); r.Err != nil {
		t.Fatal(r.Stderr)
	}
	healthy("after login")
	if r := l.Run("", "doctor"); r.Status != 0 {
		t.Errorf("in a script, with a session: status %d\n%s%s", r.Status, r.Stdout, r.Stderr)
	}

	const others = `
[profile dev]
sso_session = acme
sso_account_id = 111122223333
sso_role_name = Dev
region = eu-west-1
[sso-session acme]
sso_start_url = https://acme.awsapps.com/start
sso_region = eu-west-1
sso_registration_scopes = sso:account:access
[profile prod]
role_arn = arn:aws:iam::444455556666:role/Admin
source_profile = work
duration_seconds = 900
[profile vault]
credential_process = /bin/echo {}
cli_pager =
s3 =
  max_concurrent_requests = 20
[profile localstack]
aws_access_key_id = test
aws_secret_access_key = test
endpoint_url = http://localhost:4566
`
	const shared = `[minio]
aws_access_key_id = minioadmin
aws_secret_access_key = minioadmin
[saml]
aws_access_key_id = ASIAIOSFODNN7EXAMPLE
aws_secret_access_key = aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
aws_session_token = TOKEN
aws_security_token = TOKEN
x_principal_arn = arn:aws:sts::111122223333:assumed-role/Dev/alice
x_security_token_expires = 2126-01-02T03:04:05+01:00
`
	edit(t, l.ConfigFile(), "[profile work]", others+"[profile work]")
	token := strings.Repeat("aaaa", 60)
	if err := os.WriteFile(filepath.Join(l.Home, ".aws", "credentials"), []byte(strings.ReplaceAll(shared, "TOKEN", token)), 0o600); err != nil {
		t.Fatal(err)
	}
	healthy("with others' profiles")
}
