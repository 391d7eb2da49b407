//go:build unix

package e2e

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/ststest"
)

const admin = "arn:aws:iam::444455556666:role/Admin"

// configure adds lines to ~/.aws/config.
func configure(t *testing.T, l *lab.Lab, text string) {
	t.Helper()
	old, err := os.ReadFile(l.ConfigFile())
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if err := os.WriteFile(l.ConfigFile(), append(old, "\n"+text...), 0o600); err != nil {
		t.Fatal(err)
	}
}

// own is the line that runs awsmint for a profile.
func own(l *lab.Lab, profile string) string {
	return "credential_process = " + l.Binary + " process " + profile + "\n"
}

// Two hundred role profiles over one key, at once and cold: one code, one
// session, a role each; and once more: no call at all.
func TestTwoHundredRolesOneCode(t *testing.T) {
	t.Parallel()
	const n = 200
	l, _ := withKey(t, true)
	var config strings.Builder
	for i := range n {
		arn := fmt.Sprintf("%s%d", admin, i)
		l.AWS.AddRole(ststest.Role{ARN: arn, RequireMFA: true})
		fmt.Fprintf(&config, "[profile role-%d]\nregion = eu-west-1\n%sawsmint_role_arn = %s\nawsmint_source_profile = work\n", i, own(l, fmt.Sprint("role-", i)), arn)
	}
	configure(t, l, config.String())
	before := l.AWS.Calls("")
	for round := range 2 {
		var group sync.WaitGroup
		results := make([]lab.Result, n)
		for i := range n {
			group.Go(func() { results[i] = l.Run("", "process", fmt.Sprint("role-", i)) })
		}
		group.Wait()
		for i, r := range results {
			if c := succeeded(t, r); c.AccountID != "444455556666" {
				t.Fatalf("round %d, role %d: account %q", round, i, c.AccountID)
			}
		}
		wantCalls(t, l.AWS, "GetSessionToken", 1)
		wantCalls(t, l.AWS, "AssumeRole", n)
		if got := l.AWS.Calls("") - before; got != n+1 {
			t.Errorf("round %d: %d calls in all, want %d", round, got, n+1)
		}
	}
}

// One role that a hundred processes ask for at once is assumed once.
func TestOneRoleServesAHundredProcesses(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	l.AWS.AddRole(ststest.Role{ARN: admin, RequireMFA: true})
	if r := l.Run("", "add", "prod", "--role-arn", admin, "--source-profile", "work"); r.Err != nil {
		t.Fatal(r.Stderr)
	}
	results := make([]lab.Result, processes)
	var group sync.WaitGroup
	for i := range results {
		group.Go(func() { results[i] = l.Run("", "process", "prod") })
	}
	group.Wait()
	wantEqual(t, results)
	wantCalls(t, l.AWS, "GetSessionToken", 1)
	wantCalls(t, l.AWS, "AssumeRole", 1)
}
