//go:build unix

package cli

import (
	"os/exec"
	"testing"
)

// What is typed again as it was told means the same to a shell.
func TestQuotedIsOneWord(t *testing.T) {
	for _, value := range []string{"work", "arn:aws:iam::111122223333:role/Admin", "my profile", "", "it's", `a"b`, "$HOME", "a`id`", `back\slash`, "http://localhost:1?a=b&c=d", "a;b", "wow!", "=ls", "~"} {
		out, err := exec.Command("/bin/sh", "-c", "printf %s "+quoted(value)).Output()
		if err != nil || string(out) != value {
			t.Errorf("%q is typed as %s, which is %q, %v", value, quoted(value), out, err)
		}
	}
	for value, want := range map[string]string{"work": "work", "my profile": `"my profile"`} {
		if got := quoted(value); got != want {
			t.Errorf("%q is typed as %s, want %s", value, got, want)
		}
	}
	e := Export{Source: Source{Profile: "my profile", Narrowing: Narrowing{PolicyARNs: []string{"a b"}}, Wish: Wish{ExternalID: "c d"}}, Format: "env"}
	if got, want := e.words(), `awsmint export "my profile" --external-id "c d" --policy-arn "a b" --format env`; got != want {
		t.Errorf("to type again: %s, want %s", got, want)
	}
}
