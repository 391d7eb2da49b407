//go:build unix

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/lab"
)

// loops is a lab whose profiles' credential_process may lead back to awsmint,
// and counts the programs that are started on the way.
type loops struct {
	*lab.Lab
	t      *testing.T
	dir    string
	starts string
}

func newLoops(t *testing.T) *loops {
	t.Helper()
	l := &loops{Lab: newLab(t), t: t}
	l.dir = filepath.Join(l.Dir, "tools")
	l.starts = filepath.Join(l.dir, "starts")
	for _, dir := range []string{l.dir, filepath.Dir(l.ConfigFile())} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

// script writes a program that notes its start and asks awsmint for a profile.
func (l *loops) script(name, profile string) (path string) {
	l.t.Helper()
	path = filepath.Join(l.dir, name)
	text := fmt.Sprintf("#!/bin/sh\necho %s >>'%s'\n'%s' process %s\n", name, l.starts, l.Binary, profile)
	writeProgram(l.t, path, text)
	return path
}

// configure gives each profile its credential_process.
func (l *loops) configure(lines map[string]string) {
	l.t.Helper()
	var config strings.Builder
	for profile, line := range lines {
		fmt.Fprintf(&config, "[profile %s]\nregion = eu-west-1\ncredential_process = %s\n", profile, line)
	}
	if err := os.WriteFile(l.ConfigFile(), []byte(config.String()), 0o600); err != nil {
		l.t.Fatal(err)
	}
}

func (l *loops) wantStarts(want ...string) {
	l.t.Helper()
	data, err := os.ReadFile(l.starts)
	if err != nil && !os.IsNotExist(err) {
		l.t.Fatal(err)
	}
	if got := strings.Fields(string(data)); strings.Join(got, " ") != strings.Join(want, " ") {
		l.t.Errorf("started %q, want %q", got, want)
	}
}

// What can be seen in the config file is not run at all.
func TestOwnLinesAreNotRun(t *testing.T) {
	t.Parallel()
	l := newLoops(t)
	// It has awsmint's name, so that it would be counted if it were run.
	awsmint := l.script("awsmint", "loop")
	link := filepath.Join(l.dir, "mint")
	if err := os.Symlink(l.Binary, link); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		awsmint + " process loop",
		awsmint + " process --no-input loop",
		"env A=b nice " + awsmint + " process loop",
		link + " process loop",
	} {
		l.configure(map[string]string{"loop": line})
		failed(t, l.Run("", "process", "loop"), 4, `no access key is stored for profile "loop"`, "awsmint add loop")
	}
	l.configure(map[string]string{"a": awsmint + " process b", "b": link + " process a"})
	failed(t, l.Run("", "process", "a"), 2, "circle", "a ← b ← a")
	l.wantStarts()
}

// What hides in a script ends with the second awsmint for the same profile, also
// where that is another one's source, and long before anyone has waited.
func TestScriptsThatLeadBack(t *testing.T) {
	t.Parallel()
	role := func(source string) string {
		return "awsmint_role_arn = " + admin + "\nawsmint_source_profile = " + source
	}
	for _, c := range []struct {
		name   string
		asks   map[string]string // whom each profile's script asks for
		others map[string]string // settings of profiles without a script
		starts []string
		why    string
	}{
		{"itself", map[string]string{"a": "a"}, nil, []string{"to-a"}, "a → a"},
		{"through a second profile and back", map[string]string{"a": "b", "b": "a"}, nil, []string{"to-b", "to-a"}, "a → b → a"},
		{"a chain without an end", map[string]string{"a": "b", "b": "c", "c": "d", "d": "e"}, nil, []string{"to-b", "to-c", "to-d"}, "a → b → c → d"},
		{"a source that asks for the role", map[string]string{"s": "a"}, map[string]string{"a": role("s")}, []string{"to-a"}, "a → s → a"},
		{"a source that asks for itself", map[string]string{"s": "s"}, map[string]string{"a": role("s")}, []string{"to-s"}, "a → s → s"},
		{"a source that asks for another role over it", map[string]string{"s": "b"}, map[string]string{"a": role("s"), "b": role("s")},
			[]string{"to-b"}, "a → s → b → s"},
		{"a source far down", map[string]string{"s": "b"}, map[string]string{"a": role("b"), "b": role("s")}, []string{"to-b"}, "a → b → s → b"},
		{"sources of two runs", map[string]string{"s": "b", "z": "a"}, map[string]string{"a": role("s"), "b": role("z")},
			[]string{"to-b", "to-a"}, "a → s → b → z → a"},
		{"a code that takes the session", nil, map[string]string{
			"a":    role("work"),
			"work": "mfa_serial = arn:aws:iam::111122223333:mfa/alice\nawsmint_mfa = process\nawsmint_mfa_process = echo code >>'{starts}'; '{awsmint}' process a",
		}, []string{"code"}, "gave no MFA code: exit status 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l := newLoops(t)
			if err := l.Add("work", l.AWS.AddUser("alice"), false); err != nil {
				t.Fatal(err)
			}
			var config strings.Builder
			section := func(profile, settings string) {
				fmt.Fprintf(&config, "[profile %s]\nregion = eu-west-1\n%s\n", profile, settings)
			}
			for profile, asked := range c.asks {
				section(profile, "credential_process = "+l.script("to-"+asked, asked))
			}
			for profile, settings := range c.others {
				section(profile, strings.NewReplacer("{starts}", l.starts, "{awsmint}", l.Binary).Replace(settings))
			}
			writeConfig(t, l.Lab, config.String())
			r := l.Run("", "process", "a")
			failed(t, r, 1, c.why)
			if r.Took > soon {
				t.Errorf("it took %v", r.Took)
			}
			l.wantStarts(c.starts...)
		})
	}
}

// A command in another place, or as somebody else, is another matter: it is run.
func TestOtherPeoplesLinesAreRun(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	other := filepath.Join(l.Dir, "other-config")
	config, err := os.ReadFile(l.ConfigFile())
	if err != nil {
		t.Fatal(err)
	}
	write(t, other, string(config), 0o600)
	for _, line := range []string{
		"env AWS_CONFIG_FILE=" + other + " " + l.Binary + " process work",
		need(t, "setsid", "util-linux") + " -w " + l.Binary + " process work",
	} {
		writeConfig(t, l, "[profile work]\nregion = eu-west-1\ncredential_process = "+line+"\n")
		if strings.HasPrefix(line, "env") {
			succeeded(t, l.Run("", "process", "work"))
			continue
		}
		failed(t, l.Run("", "process", "work"), 1, "work → work")
	}
}

// A program that resolves the profile through its SDK asks awsmint once more,
// and that is all.
func TestToolThatUsesTheProfileItself(t *testing.T) {
	t.Parallel()
	aws := need(t, "aws", "awscli")
	l := newLoops(t)
	tool := l.script("tool", "loop")
	text, err := os.ReadFile(tool)
	if err != nil {
		t.Fatal(err)
	}
	asks := strings.Replace(string(text), "'"+l.Binary+"' process loop", "'"+aws+"' --profile loop sts get-caller-identity --endpoint-url "+l.AWS.URL(), 1)
	writeProgram(t, tool, asks)
	// The profile's line is the one that add writes; what it stands for is the
	// tool, which uses the profile.
	l.configure(map[string]string{"loop": l.Binary + " process loop\nawsmint_credential_process = " + tool})
	failed(t, l.Run("", "process", "loop"), 1, "loop → loop")
	l.wantStarts("tool")
}
