package child_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/awsmint/awsmint/internal/child"
)

// argumentsVariable makes the test binary a program that prints its arguments.
const argumentsVariable = "CHILD_TEST_ARGUMENTS"

func TestMain(m *testing.M) {
	if os.Getenv(argumentsVariable) != "" {
		fmt.Printf("%q", os.Args[1:])
		return
	}
	os.Exit(m.Run())
}

func TestShellKeepsTheQuotesOfTheLine(t *testing.T) {
	binary, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "with a space.exe")
	if err := os.WriteFile(program, binary, 0o700); err != nil {
		t.Fatal(err)
	}
	environ := append(os.Environ(), argumentsVariable+"=1")
	for arguments, want := range map[string]string{
		"":                        `[]`,
		` code "AWS: alice"`:      `["code" "AWS: alice"]`,
		` "one two" "three four"`: `["one two" "three four"]`,
	} {
		line := `"` + program + `"` + arguments
		out, err := child.Shell(context.Background(), line, environ).Output()
		if diff := cmp.Diff(want, string(out)); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", line, err, diff)
		}
	}
}
