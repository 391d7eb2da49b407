//go:build unix

package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/ststest"
)

// soon is how long a run may take that finds everything in order; a lock that
// was left behind would hold it up for longer.
const soon = 20 * time.Second

// onceMore is the run after a killed one: it has credentials, or says that a
// new sign-in is needed, and reports which. Neither takes long.
func onceMore(t *testing.T, l *lab.Lab, profile string) (works bool) {
	t.Helper()
	r := l.Run("", "process", profile)
	if r.Took > soon {
		t.Errorf("it took %v", r.Took)
	}
	if r.Status == 0 {
		succeeded(t, r)
		return true
	}
	failed(t, r, 3, "not signed in to IAM Identity Center", "awsmint login "+profile)
	return false
}

// manyProfiles adds n profiles of the same role, so that each run has something
// to fetch.
func manyProfiles(t *testing.T, l *lab.Lab, n int) (names []string) {
	t.Helper()
	var config strings.Builder
	for i := range n {
		names = append(names, fmt.Sprint("p", i))
		config.WriteString(ssoProfile(l, names[i], "Dev"))
	}
	configure(t, l, config.String())
	return names
}

// A run that is killed while it waits for IAM Identity Center takes its lock
// along. A refresh token works once: where AWS had used it up already, a person
// has to sign in, and anything else goes on as before.
func TestKilledWhileItWaits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		action string
		late   bool // AWS did it, and the answer is lost
		works  bool // afterwards
	}{
		{"for role credentials", "GetRoleCredentials", false, true},
		{"for role credentials that were made", "GetRoleCredentials", true, true},
		{"for a new token", "CreateToken", false, true},
		{"for a new token that was made", "CreateToken", true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			const rounds = 4
			l, d := ssoLab(t)
			names := manyProfiles(t, l, rounds)
			signIn(t, l, d, "dev")
			for _, name := range names {
				l.AWS.ExpireSSOAccessTokens(startURL)
				l.AWS.Reset()
				wait := 1
				if c.action == "GetRoleCredentials" {
					// The first is refused for the token that is over.
					wait = 2
					l.AWS.Inject(ststest.Fault{Action: c.action, Times: 1})
				}
				l.AWS.Inject(ststest.Fault{Action: c.action, Times: 1, Hang: true, Late: c.late})
				s := start(t, l, "process", name)
				waitFor(t, l, c.action, wait)
				if err := s.cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
				if r := s.end(t); r.Status != -1 || r.Stdout != "" {
					t.Fatalf("it was not killed: status %d, stdout %q", r.Status, r.Stdout)
				}
				if works := onceMore(t, l, name); works != c.works {
					t.Errorf("the next run works: %v, want %v", works, c.works)
				}
				if !c.works {
					signIn(t, l, d, name)
				}
			}
		})
	}
}

// Killed at any moment of a run that renews the token and fetches credentials,
// the next one works or asks for a sign-in, and a sign-in mends everything.
func TestKilledAtAnyMomentOfARefresh(t *testing.T) {
	t.Parallel()
	const rounds = 30
	l, d := ssoLab(t)
	names := manyProfiles(t, l, rounds)
	signIn(t, l, d, "dev")
	l.AWS.ExpireSSOAccessTokens(startURL)
	r := l.Run("", "process", "ops")
	succeeded(t, r)
	killed, again := 0, 0
	for i, delay := range delays(rounds, 2*r.Took) {
		l.AWS.ExpireSSOAccessTokens(startURL)
		if killAfter(t, l, "", delay, "process", names[i]) {
			killed++
		}
		if !onceMore(t, l, names[i]) {
			again++
			signIn(t, l, d, names[i])
			succeeded(t, l.Run("", "process", names[i]))
		}
	}
	t.Logf("%d of %d runs were killed, %d times a sign-in was needed", killed, rounds, again)
	if killed == 0 {
		t.Error("no run was killed: the test shows nothing")
	}
}

// Killed at any moment of a sign-in, the next sign-in works.
func TestKilledSignIn(t *testing.T) {
	t.Parallel()
	l, d := ssoLab(t)
	for _, action := range []string{"RegisterClient", "CreateToken", "GetRoleCredentials"} {
		for _, late := range []bool{false, true} {
			l.AWS.Reset()
			l.AWS.Inject(ststest.Fault{Action: action, Times: 1, Hang: true, Late: late})
			s := start(t, l, "login", "--force", "dev")
			if action != "RegisterClient" {
				redirect, err := l.AWS.Authorize(d.page(t), true)
				if err != nil {
					t.Fatal(err)
				}
				go func() { _ = get(redirect) }() // whose page never comes
			}
			waitFor(t, l, action, 1)
			if err := s.cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			if r := s.end(t); r.Status != -1 {
				t.Fatalf("%s: it was not killed: status %d", action, r.Status)
			}
			if action == "GetRoleCredentials" {
				// The sign-in itself was done and kept: nobody is asked again.
				if r := l.Run("", "login", "dev"); r.Err != nil || r.Stderr != "" {
					t.Errorf("status %d, stderr %q", r.Status, r.Stderr)
				}
			} else {
				signIn(t, l, d, "dev")
			}
			succeeded(t, l.Run("", "process", "dev"))
			if r := l.Run("", "logout", "dev"); r.Err != nil {
				t.Fatal(r.Stderr)
			}
		}
	}
}
