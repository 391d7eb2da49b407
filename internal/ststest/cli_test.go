package ststest_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/ststest"
)

// awsCLI is where Debian's awscli package puts the program.
const awsCLI = "/usr/bin/aws"

// needProgram skips the test when a program is missing, or fails it where
// everything has to be there.
func needProgram(t *testing.T, path string) {
	t.Helper()
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return
	}
	if os.Getenv("AWSMINT_TEST_REQUIRE") == "all" {
		t.Fatalf("%s is missing and AWSMINT_TEST_REQUIRE is all", path)
	}
	t.Skipf("%s is missing", path)
}

// runCLI runs the AWS CLI with the keys in its environment, and nothing else
// of this machine's.
func runCLI(t *testing.T, k keys, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	home := t.TempDir()
	cmd := exec.CommandContext(ctx, awsCLI, args...)
	cmd.Dir = home
	cmd.Env = []string{
		"HOME=" + home, "PATH=/usr/bin:/bin", "AWS_PAGER=", "AWS_EC2_METADATA_DISABLED=true", "AWS_MAX_ATTEMPTS=1",
		"AWS_REGION=eu-west-1", "AWS_DEFAULT_REGION=eu-west-1", "AWS_ACCESS_KEY_ID=" + k.id, "AWS_SECRET_ACCESS_KEY=" + k.secret,
	}
	if k.token != "" {
		cmd.Env = append(cmd.Env, "AWS_SESSION_TOKEN="+k.token)
	}
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// The AWS CLI signs with code that shares nothing with the server's.
func TestTheAWSCLI(t *testing.T) {
	needProgram(t, awsCLI)
	s := start(t, ststest.Options{})
	u := s.AddUser("alice")
	session := mint(t, s, u, u.Code(s.Now()))
	wrong := keysOf(u)
	wrong.secret = flipLast(wrong.secret)
	identity := []string{"sts", "get-caller-identity", "--endpoint-url", s.URL()}
	for _, test := range []struct {
		name string
		keys keys
		args []string
		ok   bool
		want string
	}{
		{"a key", keysOf(u), identity, true, u.ARN},
		{"a session", session, identity, true, u.ARN},
		{"a session calls IAM", session, []string{"iam", "list-mfa-devices", "--endpoint-url", s.URL()}, true, u.MFASerial},
		{"a wrong secret", wrong, identity, false, "(SignatureDoesNotMatch) when calling the GetCallerIdentity operation"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			out, err := runCLI(t, test.keys, test.args...)
			if (err == nil) != test.ok || !strings.Contains(out, test.want) {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}
