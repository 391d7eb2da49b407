//go:build unix

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/ststest"
)

// trouble is what can become of a request, and the exit status that it gives.
type trouble struct {
	name   string
	fault  ststest.Fault
	status int
}

func troubles() []trouble {
	return []trouble{
		{"no answer", ststest.Fault{Hang: true}, 6},
		{"a connection that breaks", ststest.Fault{ResetConn: true}, 6},
		{"an error inside AWS", ststest.Fault{Status: 503, Code: "ServiceUnavailable"}, 6},
		{"throttling", ststest.Fault{Status: 400, Code: "ThrottlingException"}, 6},
		{"a refusal", ststest.Fault{Status: 403, Code: "AccessDeniedException", Message: "User is not authorized to perform this"}, 5},
	}
}

// suffer runs a profile's process through every trouble with one action. Each
// time the message is short and nothing comes on stdout.
func suffer(t *testing.T, l *lab.Lab, profile, action string) {
	t.Helper()
	l.Set("AWSMINT_TIMEOUT", "2s")
	for _, x := range troubles() {
		if x.fault.Code == "ThrottlingException" && strings.HasPrefix(action, "IMDS") {
			x.fault.Status = 429 // the metadata service has no codes
		}
		l.AWS.Reset()
		x.fault.Action = action
		l.AWS.Inject(x.fault)
		r := l.Run("", "process", profile)
		failed(t, r, x.status, "awsmint: ")
		if r.Took > soon {
			t.Errorf("%s at %s: it took %v", x.name, action, r.Took)
		}
		if l.AWS.Calls(action) == 0 {
			t.Errorf("%s was not called", action)
		}
		if t.Failed() {
			t.Fatalf("with %s at %s", x.name, action)
		}
	}
	l.AWS.Reset()
	l.Set("AWSMINT_TIMEOUT", "")
}

// Each call of a chain in turn does not answer, breaks, fails, is too much, is
// refused. Then all is well again, and so is the chain.
func TestTroubleAtEachCallOfAChain(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	// Without MFA, so that no run has to wait for the next code.
	edit(t, l.ConfigFile(), "awsmint_mfa_serial", "# awsmint_mfa_serial")
	l.AWS.AddRole(ststest.Role{ARN: admin})
	l.AWS.AddRole(ststest.Role{ARN: audit, TrustedARNs: []string{admin}})
	configure(t, l, "[profile admin]\n"+own(l, "admin")+"awsmint_role_arn = "+admin+"\nawsmint_source_profile = work\n"+
		"[profile audit]\n"+own(l, "audit")+"awsmint_role_arn = "+audit+"\nawsmint_source_profile = admin\n")

	suffer(t, l, "audit", "GetSessionToken")
	suffer(t, l, "audit", "AssumeRole") // of admin
	succeeded(t, l.Run("", "process", "admin"))
	suffer(t, l, "audit", "AssumeRole") // of audit
	succeeded(t, l.Run("", "process", "audit"))
	wantCalls(t, l.AWS, "GetSessionToken", 0) // since the last of the troubles
	wantCalls(t, l.AWS, "AssumeRole", 1)
}

// So with the other places that credentials come from.
func TestTroubleAtEachSource(t *testing.T) {
	t.Parallel()
	const overRole = "awsmint_role_arn = " + admin + "\n"
	for _, c := range []struct {
		name     string
		prepare  func(t *testing.T, l *lab.Lab)
		settings string
		actions  []string
	}{
		{"web identity", webToken, "awsmint_role_arn = " + ci + "\nawsmint_web_identity_token_file = {dir}/token\n", []string{"AssumeRoleWithWebIdentity"}},
		{"the instance", onInstance, overRole + "awsmint_credential_source = Ec2InstanceMetadata\n", []string{"IMDSToken", "IMDSRole", "IMDSCredentials", "AssumeRole"}},
		{"the container", inContainer, overRole + "awsmint_credential_source = EcsContainer\n", []string{"ContainerCredentials", "AssumeRole"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			l.AWS.AddRole(ststest.Role{ARN: ci, WebIdentity: true})
			c.prepare(t, l)
			k := kind{settings: c.settings}
			k.fill(l)
			write(t, l.ConfigFile(), "[profile it]\nregion = eu-west-1\n"+own(l, "it")+k.settings, 0o600)
			for _, action := range c.actions {
				suffer(t, l, "it", action)
			}
			succeeded(t, l.Run("", "process", "it"))
		})
	}
}

// And with IAM Identity Center: the token's renewal and the portal.
func TestTroubleAtIdentityCenter(t *testing.T) {
	t.Parallel()
	l, d := ssoLab(t)
	signIn(t, l, d, "dev")
	suffer(t, l, "ops", "GetRoleCredentials")
	succeeded(t, l.Run("", "process", "ops"))

	// What AWS refuses for good needs a person; the rest passes.
	configure(t, l, ssoProfile(l, "late", "Dev"))
	l.AWS.ExpireSSOAccessTokens(startURL)
	l.Set("AWSMINT_TIMEOUT", "3s")
	for _, x := range troubles() {
		l.AWS.Reset()
		x.fault.Action = "CreateToken"
		l.AWS.Inject(x.fault)
		if x.status == 5 {
			x.status = 3
		}
		failed(t, l.Run("", "process", "late"), x.status, "awsmint: ")
		if l.AWS.Calls("CreateToken") == 0 {
			t.Errorf("%s: no token was asked for", x.name)
		}
	}
	l.AWS.Reset()
	failed(t, l.Run("", "process", "late"), 3, "awsmint login late")
	signIn(t, l, d, "late")
	succeeded(t, l.Run("", "process", "late"))
}

// And with a login session of the AWS CLI, whose credentials are over.
func TestTroubleAtSignIn(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	loginSession("")(t, l)
	files, err := filepath.Glob(filepath.Join(l.Home, ".aws", "login", "cache", "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%q, %v", files, err)
	}
	expireLogin(t, files[0])
	before, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	write(t, l.ConfigFile(), "[profile it]\nregion = eu-west-1\n"+own(l, "it")+"awsmint_login_session = "+aliceARN+"\n", 0o600)
	l.Set("AWSMINT_TIMEOUT", "3s")
	for _, x := range troubles() {
		l.AWS.Reset()
		x.fault.Action = "CreateOAuth2Token"
		l.AWS.Inject(x.fault)
		if x.status == 5 {
			x.status = 3 // a person has to sign in again
		}
		failed(t, l.Run("", "process", "it"), x.status, "awsmint: ")
	}
	if after, err := os.ReadFile(files[0]); err != nil || string(after) != string(before) {
		t.Errorf("the AWS CLI's file changed: %v", err)
	}
	l.AWS.Reset()
	l.Set("AWSMINT_TIMEOUT", "")
	succeeded(t, l.Run("", "process", "it"))
	wantCalls(t, l.AWS, "CreateOAuth2Token", 1)
	l.AWS.EndLogin(aliceARN)
	expireLogin(t, files[0])
	if r := l.Run("", "logout", "it"); r.Err != nil {
		t.Fatal(r.Stderr)
	}
	failed(t, l.Run("", "process", "it"), 3, "aws login --profile it")
}
