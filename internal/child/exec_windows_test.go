package child_test

import (
	"os"
	"testing"

	"github.com/awsmint/awsmint/internal/child"
	"github.com/awsmint/awsmint/internal/fault"
)

func TestRunReturnsTheStatus(t *testing.T) {
	for _, run := range []func(string, []string, []string) (child.End, error){child.Run, child.Replace} {
		for arguments, want := range map[string]int{"exit 0": 0, "exit 1": 1, "exit 143": 143} {
			if end, err := run("cmd", []string{"/D", "/C", arguments}, os.Environ()); end.Status() != want || err != nil {
				t.Errorf("%s: %v, %v", arguments, end, err)
			}
		}
		if _, err := run("no-such-command", nil, os.Environ()); fault.StatusOf(err) != child.NotFound {
			t.Error(err)
		}
		if _, err := run(os.TempDir(), nil, os.Environ()); err == nil {
			t.Error("a directory was run")
		}
	}
}
