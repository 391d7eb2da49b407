//go:build unix

package e2e

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/awsmint/awsmint/internal/lab"
)

// A dry run of any source leaves everything as it is, to the times of the files.
func TestDryRunChangesNothing(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	bob := l.AWS.AddUser("bob")
	pasted := session(t, l, "work")
	plainText(t, l, bob)
	files := map[string]string{
		"key.csv": "Access key ID,Secret access key\r\n" + bob.AccessKeyID + "," + bob.SecretAccessKey + "\r\n",
		".env":    "AWS_ACCESS_KEY_ID=" + bob.AccessKeyID + "\nAWS_SECRET_ACCESS_KEY=" + bob.SecretAccessKey + "\n",
	}
	for name, text := range files {
		write(t, filepath.Join(l.Home, name), text, 0o600)
	}
	tools := filepath.Join(l.Home, "tools")
	if err := os.Mkdir(tools, 0o700); err != nil {
		t.Fatal(err)
	}
	program := fmt.Sprintf("#!/bin/sh\necho '{\"AccessKeyId\":\"%s\",\"SecretAccessKey\":\"%s\"}'\n", bob.AccessKeyID, bob.SecretAccessKey)
	if err := lab.WriteProgram(filepath.Join(tools, "aws-vault"), program); err != nil {
		t.Fatal(err)
	}
	l.Set("PATH", tools+":/usr/bin:/bin")
	before := tree(t, l.Home)
	for _, c := range []struct {
		stdin string
		args  []string
	}{
		{"", []string{"work", "--force"}},
		{"", []string{"--all", "--force"}},
		{"", []string{"new", "--csv", "key.csv"}},
		{"", []string{"new", "--env-file", ".env", "--clear"}},
		{files[".env"], []string{"new", "--paste"}},
		{pasted, []string{"new", "--paste"}},
		{pasted, []string{"new", "--paste", "--yes"}},
		{"", []string{"new", "--from", "aws-vault"}},
	} {
		r := l.Run(c.stdin, append([]string{"import", "--dry-run"}, c.args...)...)
		if !strings.HasSuffix(r.Stdout, "Nothing was done.\n") || strings.Contains(r.Stdout+r.Stderr, bob.SecretAccessKey) {
			t.Errorf("%v: %d %s%s", c.args, r.Status, r.Stdout, r.Stderr)
		}
		if diff := cmp.Diff(before, tree(t, l.Home)); diff != "" {
			t.Errorf("%v changed something (-before +after):\n%s", c.args, diff)
		}
	}
}

// tree is all that is below a directory: what each file is, when it was written,
// and its content.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	if err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		all[path] = info.Mode().String() + " " + info.ModTime().String()
		if info.Mode().IsRegular() {
			all[path] += "\n" + textOf(t, path)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

// However many profiles, there is one question.
func TestAllAreConfirmedAtOnce(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	alice, bob := l.AWS.AddUser("alice"), l.AWS.AddUser("bob")
	plainText(t, l, alice)
	write(t, credentialsFile(l), "[work]\naws_access_key_id = "+alice.AccessKeyID+"\naws_secret_access_key = "+alice.SecretAccessKey+
		"\n# mine\n[play]\naws_access_key_id = "+bob.AccessKeyID+"\naws_secret_access_key = "+bob.SecretAccessKey+"\n", 0o600)
	c := capture(t, l, l.Binary, "import", "--all")
	c.Expect("work: the key")
	c.Expect("play: the key")
	c.Expect("Do this? [y/N]")
	c.Type("y\n")
	if r := c.result(t); r.Err != nil || !strings.Contains(r.Stdout, "profile: work in ") || !strings.Contains(r.Stdout, "profile: play in ") {
		t.Errorf("%d %s%s", r.Status, r.Stdout, r.Stderr)
	}
	if n := strings.Count(c.Screen(), "[y/N]"); n != 1 {
		t.Errorf("%d questions", n)
	}
	if got := textOf(t, credentialsFile(l)); got != "[work]\n# mine\n" {
		t.Errorf("the credentials file is %q", got)
	}
}
