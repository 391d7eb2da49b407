//go:build unix

package e2e

import (
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/ststest"
)

// Whoever signs in gets credentials of their own, and nothing that the person
// before them left in the cache, whichever profile asks.
func TestAnotherPersonSignsIn(t *testing.T) {
	t.Parallel()
	aws := awsCLI(t)
	l, d := ssoLab(t)
	who := func(profile string) string {
		t.Helper()
		r := l.RunProgram("", aws, "--profile", profile, "--region", "eu-west-1", "--output", "text", "--query", "Arn",
			"sts", "get-caller-identity", "--endpoint-url", l.AWS.URL())
		if r.Err != nil {
			t.Fatalf("status %d, stderr %q", r.Status, r.Stderr)
		}
		return strings.TrimSpace(r.Stdout)
	}
	signIn(t, l, d, "dev")
	for _, profile := range []string{"dev", "ops"} {
		if arn := who(profile); !strings.HasSuffix(arn, "/alice") {
			t.Errorf("%s is %s", profile, arn)
		}
	}
	l.AWS.AddSSO(ststest.SSO{StartURL: startURL, Region: "eu-west-1", User: "bob", Assignments: []ststest.Assignment{
		{AccountID: ssoAccount, RoleName: "Dev"}, {AccountID: ssoAccount, RoleName: "Ops"},
	}})
	s := start(t, l, "login", "--force", "dev")
	answer(t, l, d.page(t), true)
	if r := s.end(t); r.Err != nil {
		t.Fatalf("status %d, stderr %q", r.Status, r.Stderr)
	}
	for _, profile := range []string{"dev", "ops"} {
		if arn := who(profile); !strings.HasSuffix(arn, "/bob") {
			t.Errorf("after bob's sign-in %s is %s", profile, arn)
		}
	}
	// Signing out of one signs out of all.
	if r := l.Run("", "logout", "dev"); r.Err != nil || !strings.Contains(r.Stdout, "ops: cached credentials removed") {
		t.Errorf("status %d, stdout %q, stderr %q", r.Status, r.Stdout, r.Stderr)
	}
	failed(t, l.Run("", "process", "ops"), 3, "awsmint login ops")
}
