package provider

import (
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"testing"
	"time"
)

var work, none = Request{Profile: "work"}, Request{}

func TestOwnLine(t *testing.T) {
	const role = "arn:aws:iam::111122223333:role/r"
	testOwnLines(t, map[string]Request{
		"/usr/local/bin/awsmint process work":                  work,
		`"/a b/awsmint" process work`:                          work,
		`C:\Tools\awsmint.exe process work`:                    work,
		`"C:\Program Files\awsmint\AWSMINT.EXE" process work`:  work,
		"awsmint process --no-input work":                      work,
		"awsmint process work --no-input":                      work,
		"~/bin/awsmint process work":                           work,
		"env A=b /path/awsmint process work":                   work,
		"nice -n 5 awsmint process work":                       work,
		"nice -n5 awsmint process work":                        work,
		"nice --adjustment=5 awsmint process work":             work,
		"nice -10 nohup awsmint process work":                  work,
		"/usr/bin/nohup awsmint process work":                  work,
		"/usr/bin/env PATH=/opt/bin:/bin awsmint process work": work,
		"env awsmint process work":                             work,
		"env A=b C= nice nohup env D=e awsmint process work":   work,
		"awsmint process team:a/b@c":                           {Profile: "team:a/b@c"},
		"awsmint process work --raw-key":                       {Profile: "work", RawKey: true},
		"awsmint process work --role-arn " + role:              {Profile: "work", RoleARN: role},
		"awsmint process --role-arn=" + role + " work":         {Profile: "work", RoleARN: role},
		"awsmint process work --role-arn=" + role + " --external-id x=y --duration 2h": {
			Profile: "work", RoleARN: role, ExternalID: "x=y", Duration: 2 * time.Hour,
		},
		"awsmint process work --duration=3600 --external-id=e --role-arn " + role: {
			Profile: "work", RoleARN: role, ExternalID: "e", Duration: time.Hour,
		},

		"":                           none,
		"awsmint":                    none,
		"awsmint process":            none,
		"awsmint process --no-input": none,
		"awsmint login work":         none,
		"awsmint process work prod":  none,
		"awsmint process work --role-arm " + role:           none,
		"awsmint process work --role-arn":                   none,
		"awsmint process work --role-arn=":                  none,
		"awsmint process work --duration soon":              none,
		"awsmint process work --duration 2h":                none,
		"awsmint process work --external-id e":              none,
		"awsmint process work --raw-key --role-arn " + role: none,
		"aws-vault export --format=json work":               none,

		// Another machine, another identity, other files.
		"ssh host awsmint process work":                                       none,
		"sudo -u alice awsmint process work":                                  none,
		"sudo awsmint process work":                                           none,
		"docker run --rm image awsmint process work":                          none,
		"aws-vault exec work -- awsmint process work":                         none,
		"awsmint exec work -- awsmint process prod":                           none,
		"wsl awsmint process work":                                            none,
		"env AWS_CONFIG_FILE=/other awsmint process work":                     none,
		"env A=b AWSMINT_CACHE_DIR=/other awsmint process work":               none,
		"env A=b nice env AWS_SHARED_CREDENTIALS_FILE=x awsmint process work": none,
		"env aws_config_file=/other awsmint process work":                     none,
		"env HOME=/home/bob awsmint process work":                             none,
		`env USERPROFILE=C:/Users/bob awsmint process work`:                   none,
		"env XDG_CACHE_HOME=/other awsmint process work":                      none,
		"env DBUS_SESSION_BUS_ADDRESS=unix:path=/other awsmint process work":  none,
		"env HTTPS_PROXY=http://localhost:1 awsmint process work":             none,
		"env -i awsmint process work":                                         none,
		"env -u AWS_CONFIG_FILE awsmint process work":                         none,
		"env --chdir=/tmp awsmint process work":                               none,
		"env =x awsmint process work":                                         none,
		"env A=b":                                                             none,
		"nice -n awsmint process work":                                        none,
		"nice --help awsmint process work":                                    none,
		"nice -n":                                                             none,
		"nice":                                                                none,
		"echo awsmint process work":                                           none,

		"/usr/bin/other process work":                    none,
		"/opt/awsmint/other process work":                none,
		"/opt/awsmint-beta process work":                 none,
		"no-such-program process work":                   none,
		"/usr/bin/aws configure export-credentials work": none,
	})
}

func TestOwnLineInSingleQuotes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("they are plain characters there")
	}
	testOwnLines(t, map[string]Request{
		"$HOME/bin/awsmint   process\t'work'":    work,
		"awsmint process ''":                     none,
		"awsmint process 'work":                  none,
		"sh -c 'awsmint process work | tee log'": none,
	})
}

func testOwnLines(t *testing.T, lines map[string]Request) {
	t.Helper()
	for line, want := range lines {
		got, ok := OwnLine(line)
		if isWanted := want.Profile != ""; ok != isWanted || ok && !reflect.DeepEqual(got, want) {
			t.Errorf("OwnLine(%q) = %+v, %v; want %+v", line, got, ok, want)
		}
	}
}

// A link of another name leads to the very program that runs.
func TestOwnLineByLink(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("making links takes a privilege")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	link, other := filepath.Join(dir, "mint"), filepath.Join(dir, "other")
	if err := os.Symlink(self, link); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(other, []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	for line, want := range map[string]bool{
		link + " process work":              true,
		"env A=b " + link + " process work": true,
		"mint process work":                 true,
		"mint login work":                   false,
		other + " process work":             false,
		"other process work":                false,
		"absent process work":               false,
	} {
		if got, ok := OwnLine(line); ok != want || ok && got.Profile != "work" {
			t.Errorf("OwnLine(%q) = %+v, %v", line, got, ok)
		}
	}
}
