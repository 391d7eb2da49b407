//go:build unix

package child_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/child"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/lab"
)

func TestCommandsThatCantBeRun(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	file("plain", "#!/bin/sh\n", 0o600)
	file("lost", "#!/no/such/interpreter\n", 0o700)
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	long := []string{strings.Repeat("x", 4<<20)}
	for _, test := range []struct {
		program   string
		arguments []string
		status    fault.Status
		word      string
	}{
		{"no-such-command", nil, child.NotFound, "not found"},
		{"", nil, child.NotFound, "not found"},
		{dir + "/none", nil, child.NotFound, "not found"},
		{dir + "/plain/below", nil, child.NotFound, "not found"},
		{"plain", nil, child.NotExecutable, "permission denied"},
		{dir + "/plain", nil, child.NotExecutable, "permission denied"},
		{"folder", nil, child.NotExecutable, "directory"},
		{dir, nil, child.NotExecutable, "directory"},
		{"lost", nil, child.NotExecutable, "interpreter"},
		{"false", long, child.NotExecutable, "environment"},
	} {
		environ := []string{"PATH=/no/such:" + dir + ":/usr/bin:/bin"}
		// What is known beforehand is said in the same words.
		if err := child.Check(test.program, environ); test.word != "interpreter" && test.word != "environment" {
			if _, want := child.Replace(test.program, nil, environ); err == nil || err.Error() != want.Error() {
				t.Errorf("Check %q: %v, want %v", test.program, err, want)
			}
		} else if err != nil {
			t.Errorf("Check %q: %v", test.program, err)
		}
		for name, run := range map[string]func(string, []string, []string) (child.End, error){"Run": child.Run, "Replace": child.Replace} {
			end, err := run(test.program, test.arguments, environ)
			if end != (child.End{}) || fault.StatusOf(err) != test.status || fault.HintOf(err) == "" || !strings.Contains(err.Error(), test.word) {
				t.Errorf("%s %q: %v, %v (status %d, hint %q)", name, test.program, end, err, fault.StatusOf(err), fault.HintOf(err))
			}
		}
	}
}

func TestCommandsAreFoundAsByAShell(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	write := func(dir, name, text string) {
		if err := lab.WriteProgram(filepath.Join(dir, name), text); err != nil {
			t.Fatal(err)
		}
	}
	write(first, "tool", "#!/bin/sh\necho first $0 \"$@\"\n")
	write(second, "tool", "#!/bin/sh\necho second\n")
	write(second, "bare", "echo no first line: \"$@\"\n")
	write(second, "blocked", "#!/bin/sh\necho better\n")
	if err := os.WriteFile(filepath.Join(first, "blocked"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	both(t, func(t *testing.T, how string) {
		for _, test := range []struct {
			path, program, want string
		}{
			{first + ":" + second, "tool", "first " + first + "/tool a b"},
			{second + ":" + first, "tool", "second"},
			{second, first + "/tool", "first " + first + "/tool a b"},
			{second, "./tool", "first ./tool a b"},
			{":" + second, "tool", "first ./tool a b"},
			{second, "bare", "no first line: a b"},
			{first + ":" + second, "blocked", "better"},
		} {
			cmd := exec.CommandContext(t.Context(), os.Args[0], test.program, "a", "b")
			cmd.Env, cmd.Dir = append(parent(t, how).Env, "PATH="+test.path), first
			out, err := cmd.CombinedOutput()
			if string(out) != test.want+"\n" || err != nil {
				t.Errorf("PATH=%s %s: %q, %v, want %q", test.path, test.program, out, err, test.want)
			}
		}
	})
}
