package child_test

import (
	"context"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/child"
)

func TestShellGetsNoSecret(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the command line is one for sh")
	}
	environ := []string{"AWSMINT_PASSPHRASE=s1", "awsmint_passphrase_command=s2", "AWSMINT_LOG=f", "PATH=/usr/bin:/bin"}
	out, err := child.Shell(context.Background(), `echo "out $0" | tr a-z A-Z; env`, environ).Output()
	if err != nil {
		t.Fatal(err)
	}
	text := string(out)
	if !strings.HasPrefix(text, "OUT") || !strings.Contains(text, "AWSMINT_LOG=f") {
		t.Errorf("the line was not run by a shell with the environment: %q", text)
	}
	if strings.Contains(strings.ToUpper(text), "PASSPHRASE") {
		t.Errorf("a passphrase reached the child: %q", text)
	}
	if len(environ) != 4 || !slices.Contains(environ, "AWSMINT_PASSPHRASE=s1") {
		t.Error("the caller's environment was changed")
	}
}
