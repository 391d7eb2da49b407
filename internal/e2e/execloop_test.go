//go:build unix

package e2e

import (
	"path/filepath"
	"strings"
	"testing"
)

// Ctrl-C ends a shell's loop round a command, as it does without awsmint.
func TestExecInALoop(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), ".env")
	for _, flags := range [][]string{nil, {"--server"}, {"--env-file", file}} {
		l, _ := withKey(t, true)
		p := atBash(t, l)
		p.run("for i in 1 2 3; do awsmint " + strings.Join(execs(flags, "work"), " ") + " sh -c 'echo round $0 begun; exec cat' $i; done")
		p.Expect("round 1 begun\r\n")
		p.Type("\x03")
		p.Expect("ready> ")
		p.run("echo status $?")
		p.Expect("status 130\r\n")
		p.leave(t)
		if strings.Contains(p.Screen(), "round 2 begun") {
			t.Errorf("%q: the loop went on:\n%s", flags, p.Screen())
		}
	}
}
