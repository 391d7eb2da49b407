//go:build unix

package e2e

import (
	"strings"
	"testing"
	"time"
)

// An interactive shell has the foreground for itself; whoever sits at its prompt
// is told all the same, and what to type is what gets those very credentials.
func TestExecServerTellsTheShellsPrompt(t *testing.T) {
	t.Parallel()
	l, alice := withKey(t, false)
	l.AWS.SetSessionLifetime(4 * time.Second)
	p := atBash(t, l)
	p.run("PS1='inner> ' awsmint exec --server --duration 1h work bash --norc --noprofile -i")
	p.Expect("MFA code for")
	p.Type(code(alice) + "\n")
	p.Expect("inner> ")
	p.Expect("awsmint: the credentials of profile \"work\" can't be renewed without you; run in another terminal: awsmint login work --duration 1h\r\n")
	p.run("echo still $((40+2))")
	p.Expect("still 42\r\n")
	p.Expect("inner> ")
	p.run("exit 3")
	p.Expect("ready> ")
	p.leave(t)
	if told := strings.Count(p.Screen(), "can't be renewed"); told != 1 {
		t.Errorf("told %d times:\n%s", told, p.Screen())
	}
}
