//go:build unix

package e2e

import (
	"fmt"
	"strings"
	"testing"
)

// What is signed with real credentials goes to no stand-in, be it awsmint's own
// or the command's; one stand-in may stand beside another.
func TestExecInsideLocal(t *testing.T) {
	t.Parallel()
	l, _ := withoutMFA(t)
	edit(t, l.ConfigFile(), "region =", "endpoint_url = "+l.AWS.URL()+"\nregion =")
	l.Set("AWS_ENDPOINT_URL_STS", "")
	l.Set("AWS_ENDPOINT_URL_LAMBDA", "http://localhost:3")
	const nowhere = "http://127.0.0.1:9"
	for _, outer := range [][]string{nil, {"--service", "dynamodb"}} {
		local := append(append([]string{"exec", "--local", nowhere}, outer...), "--", "env", passphraseSetting(t), l.Binary)
		for _, flags := range [][]string{nil, {"--server"}} {
			got := environment(t, l, append(local, execs(flags, "work")...)...)
			for _, name := range []string{"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "DYNAMODB_ENDPOINT_URL"} {
				if got[name] != "" {
					t.Errorf("%q inside %q: %s is %q", flags, outer, name, got[name])
				}
			}
			if got["AWS_ENDPOINT_URL_LAMBDA"] != "http://localhost:3" || got["AWS_ACCESS_KEY_ID"] == dummyKey || got["AWS_REGION"] != "eu-west-1" {
				t.Errorf("%q inside %q: %q, %q, %q", flags, outer, got["AWS_ENDPOINT_URL_LAMBDA"], got["AWS_ACCESS_KEY_ID"], got["AWS_REGION"])
			}
		}
		l.Run("", "logout", "work")
		succeeded(t, l.Run("", append(local, "process", "work")...))

		got := environment(t, l, append(local, "exec", "--local", "http://localhost:1", "--service", "s3", "--")...)
		if (got["AWS_ENDPOINT_URL"] != nowhere && got["DYNAMODB_ENDPOINT_URL"] != nowhere) || got["AWS_ENDPOINT_URL_S3"] != "http://localhost:1" {
			t.Errorf("s3 inside %q: %q, %q, %q", outer, got["AWS_ENDPOINT_URL"], got["DYNAMODB_ENDPOINT_URL"], got["AWS_ENDPOINT_URL_S3"])
		}
	}
}

// A region that somebody chose inside counts; the outer profile's does not.
func TestExecRegionInsideExec(t *testing.T) {
	t.Parallel()
	l, _ := withRole(t)
	edit(t, l.ConfigFile(), "[profile prod]\nregion = eu-west-1", "[profile prod]\nregion = us-west-2")
	for _, outer := range [][]string{nil, {"--server"}, {"--region", "sa-east-1"}} {
		for setting, want := range map[string]string{
			"A=1":                           "us-west-2",
			"AWS_REGION=ap-south-1":         "ap-south-1",
			"AWS_DEFAULT_REGION=ap-south-1": "ap-south-1",
		} {
			args := execs(outer, "work", append([]string{"env", setting, passphraseSetting(t), l.Binary}, execs(nil, "prod")...)...)
			if got := environment(t, l, args...); got["AWS_REGION"] != want || got["AWS_DEFAULT_REGION"] != want {
				t.Errorf("%s inside %q: %q and %q, want %q", setting, outer, got["AWS_REGION"], got["AWS_DEFAULT_REGION"], want)
			}
		}
	}
}

// A shell's region for work in another partition is none for these credentials.
func TestExecRegionOfAnotherPartition(t *testing.T) {
	t.Parallel()
	l, _ := withRole(t)
	l.Set("AWS_REGION", "cn-north-1")
	l.Set("AWS_DEFAULT_REGION", "cn-north-1")
	for _, region := range []string{"eu-west-1", ""} {
		if region == "" {
			edit(t, l.ConfigFile(), "[profile prod]\nregion = eu-west-1", "[profile prod]")
		}
		r := l.Run("", execs(nil, "prod", "/bin/sh", "-c", "echo \"$AWS_REGION,$AWS_DEFAULT_REGION\"")...)
		const warning = `the region "cn-north-1" of the environment is not passed on: profile "prod" has credentials of another partition`
		if want := fmt.Sprintf("%s,%[1]s\n", region); r.Stdout != want || strings.Count(r.Stderr, warning) != 1 {
			t.Errorf("regions %q, want %q; stderr %q", r.Stdout, want, r.Stderr)
		}
	}
	if r := l.Run("", execs([]string{"--region", "eu-north-1"}, "prod", "/bin/sh", "-c", "echo $AWS_REGION")...); r.Stdout != "eu-north-1\n" || r.Stderr != "" {
		t.Errorf("%q, stderr %q", r.Stdout, r.Stderr)
	}
}
