//go:build unix

package shellword

import (
	"os/exec"
	"testing"
)

// What is typed again as it was told means the same to a shell.
func TestQuoteIsOneWord(t *testing.T) {
	for _, value := range []string{"work", "arn:aws:iam::111122223333:role/Admin", "my profile", "", "it's", `a"b`, "$HOME", "a`id`", `back\slash`, "http://localhost:1?a=b&c=d", "a;b", "wow!", "=ls", "~"} {
		out, err := exec.Command("/bin/sh", "-c", "printf %s "+Quote(value)).Output()
		if err != nil || string(out) != value {
			t.Errorf("%q is typed as %s, which is %q, %v", value, Quote(value), out, err)
		}
	}
	for value, want := range map[string]string{"work": "work", "my profile": `"my profile"`} {
		if got := Quote(value); got != want {
			t.Errorf("%q is typed as %s, want %s", value, got, want)
		}
	}
}
