//go:build unix

package e2e

import (
	"strings"
	"testing"
)

// In a shell that had no real credentials before, what export prints takes the
// stand-in's endpoint out, in whatever way it is evaluated.
func TestExportAfterLocalInTheShells(t *testing.T) {
	t.Parallel()
	l, _ := withoutMFA(t)
	const posix = `eval "$(awsmint export --local http://127.0.0.1:9)"; eval "$(awsmint export --local http://127.0.0.1:9 --service sqs)"; `
	for name, c := range map[string]struct {
		shell  string
		args   []string
		script string
	}{
		"bash":          {"bash", []string{"--norc", "-c"}, posix + `eval "$(awsmint export work)"; env`},
		"bash unquoted": {"bash", []string{"--norc", "-c"}, posix + `eval $(awsmint export work); env`},
		"bash strict":   {"bash", []string{"--norc", "-euc"}, posix + `. <(awsmint export work); env`},
		"dash":          {"dash", []string{"-c"}, posix + `eval "$(awsmint export work)"; env`},
		"zsh":           {"zsh", []string{"-f", "-c"}, posix + `eval "$(awsmint export work)"; env`},
		"fish": {"fish", []string{"--no-config", "-c"}, "awsmint export --local http://127.0.0.1:9 | source; awsmint export --local http://127.0.0.1:9 --service sqs | source; " +
			"awsmint export work | source; env"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := clean(t, l.RunProgram("", need(t, c.shell, c.shell), append(c.args, c.script)...))
			if !strings.Contains(r.Stdout, "\nAWS_ACCESS_KEY_ID=ASIA") && !strings.HasPrefix(r.Stdout, "AWS_ACCESS_KEY_ID=ASIA") {
				t.Error("the shell has no credentials")
			}
			if strings.Contains(r.Stdout, "http://127.0.0.1:9") || !strings.Contains(r.Stdout, "AWS_ENDPOINT_URL_STS="+l.AWS.URL()) {
				t.Errorf("the endpoints:\n%s", onlyLines(r.Stdout, "AWS_ENDPOINT"))
			}
		})
	}
}
