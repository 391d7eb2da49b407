package ststest_test

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/ststest"
)

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Botocore speaks to the metadata services, and carries session tags, with
// code that shares nothing with the SDK for Go.
func TestTheAWSCLIFindsTheCredentialsOfMachines(t *testing.T) {
	needProgram(t, awsCLI)
	s := start(t, ststest.Options{})
	u := s.AddUser("alice")
	s.AddRole(ststest.Role{ARN: webARN, WebIdentity: true})
	s.AddInstanceRole(instanceARN)
	key := []string{"AWS_ACCESS_KEY_ID=" + u.AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + u.SecretAccessKey}
	for _, test := range []struct {
		name      string
		env, args []string
		want      string
	}{
		{"an instance", []string{"AWS_EC2_METADATA_SERVICE_ENDPOINT=" + s.URL() + "/"}, []string{"get-caller-identity"}, "assumed-role/Builder/i-0123456789abcdef0"},
		{"a container", []string{"AWS_CONTAINER_CREDENTIALS_FULL_URI=" + s.URL() + s.AddContainerRole(containerARN, "secret"), "AWS_CONTAINER_AUTHORIZATION_TOKEN=secret"},
			[]string{"get-caller-identity"}, "assumed-role/Task/"},
		{"a web identity", []string{"AWS_EC2_METADATA_DISABLED=true"}, []string{"assume-role-with-web-identity", "--role-arn", webARN, "--role-session-name", "me",
			"--web-identity-token", s.WebIdentityToken("repo:me/it", time.Hour)}, `"SubjectFromWebIdentityToken": "repo:me/it"`},
		{"a role with everything", key, []string{"assume-role", "--role-arn", webARN, "--role-session-name", "me", "--policy", `{"Statement":[]}`,
			"--policy-arns", "arn=arn:aws:iam::aws:policy/ReadOnlyAccess", "--tags", "Key=Team,Value=red", "Key=Env,Value=test",
			"--transitive-tag-keys", "Team", "--source-identity", "alice"}, `"SourceIdentity": "alice"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
			defer cancel()
			home := t.TempDir()
			cmd := exec.CommandContext(ctx, awsCLI, append([]string{"--endpoint-url", s.URL(), "sts"}, test.args...)...)
			cmd.Dir = home
			cmd.Env = append([]string{"HOME=" + home, "PATH=/usr/bin:/bin", "AWS_PAGER=", "AWS_MAX_ATTEMPTS=1", "AWS_REGION=eu-west-1", "AWS_DEFAULT_REGION=eu-west-1"}, test.env...)
			out, err := cmd.CombinedOutput()
			if err != nil || !strings.Contains(string(out), test.want) {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}
