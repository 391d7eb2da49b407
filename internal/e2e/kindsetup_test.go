//go:build unix

package e2e

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/logincreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/ststest"
)

// whose asks AWS whose credentials these are.
func whose(t *testing.T, l *lab.Lab, c credentials) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	out, err := client(l, aws.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken}).
		GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		t.Fatal(err)
	}
	return aws.ToString(out.Arn)
}

// client is an STS client of the test's own.
func client(l *lab.Lab, c aws.Credentials) *sts.Client {
	return sts.New(sts.Options{
		Region: "eu-west-1", BaseEndpoint: aws.String(l.AWS.URL()),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return c, nil }),
	})
}

func writeConfig(t *testing.T, l *lab.Lab, text string) {
	t.Helper()
	if err := os.WriteFile(l.ConfigFile(), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// write writes a file of the lab's.
func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

// writeProgram writes a program that is to be run.
func writeProgram(t *testing.T, path, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), lab.WriteProgram(path, text)); err != nil {
		t.Fatal(err)
	}
}

// ownKey stores a key for the profile itself, and leaves the profile to the
// test.
func ownKey(t *testing.T, l *lab.Lab) {
	if err := l.Add("it", l.AWS.AddUser("it"), true); err != nil {
		t.Fatal(err)
	}
	writeConfig(t, l, "")
}

func workKey(t *testing.T, l *lab.Lab) {
	if err := l.Add("work", l.AWS.AddUser("alice"), true); err != nil {
		t.Fatal(err)
	}
}

func partnerRole(t *testing.T, l *lab.Lab) {
	workKey(t, l)
	l.AWS.AddRole(ststest.Role{ARN: admin, ExternalID: "partner-7", RequireMFA: true})
}

func environmentKey(_ *testing.T, l *lab.Lab) {
	alice := l.AWS.AddUser("alice")
	l.Set("AWS_ACCESS_KEY_ID", alice.AccessKeyID)
	l.Set("AWS_SECRET_ACCESS_KEY", alice.SecretAccessKey)
}

// machineRole is the role of the machine that awsmint runs on, and admin trusts
// nobody else.
func machineRole(l *lab.Lab) {
	l.AWS.AddRole(ststest.Role{ARN: admin, TrustedARNs: []string{task}})
}

func onInstance(_ *testing.T, l *lab.Lab) {
	machineRole(l)
	l.AWS.AddInstanceRole(task)
	l.Set("AWS_EC2_METADATA_DISABLED", "")
	l.Set("AWS_EC2_METADATA_SERVICE_ENDPOINT", l.AWS.URL())
}

func inContainer(_ *testing.T, l *lab.Lab) {
	machineRole(l)
	l.Set("AWS_CONTAINER_CREDENTIALS_FULL_URI", l.AWS.URL()+l.AWS.AddContainerRole(task, "Bearer of the task"))
	l.Set("AWS_CONTAINER_AUTHORIZATION_TOKEN", "Bearer of the task")
}

func webToken(t *testing.T, l *lab.Lab) {
	write(t, filepath.Join(l.Dir, "token"), l.AWS.WebIdentityToken("repo:acme/web", time.Hour)+"\n", 0o600)
}

func identityCenter(_ *testing.T, l *lab.Lab) { offerSSO(l, time.Hour) }

// cliSignedIn is what "aws sso login" leaves, under a name: the sso-session's,
// or the start URL.
func cliSignedIn(name string) func(t *testing.T, l *lab.Lab) {
	return func(t *testing.T, l *lab.Lab) {
		identityCenter(t, l)
		token, expires := l.AWS.SSOAccessToken(startURL)
		sum := sha1.Sum([]byte(name))
		write(t, filepath.Join(l.Home, ".aws", "sso", "cache", hex.EncodeToString(sum[:])+".json"),
			fmt.Sprintf(`{"startUrl": %q, "region": "eu-west-1", "accessToken": %q, "expiresAt": %q}`, startURL, token, expires.UTC().Format(time.RFC3339)), 0o600)
	}
}

// loginSession is what "aws login" leaves, in a folder of the lab's or in the
// one that it has by itself.
func loginSession(dir string) func(t *testing.T, l *lab.Lab) {
	return func(t *testing.T, l *lab.Lab) {
		arn := l.AWS.AddUser("alice").ARN
		l.Set("AWS_ENDPOINT_URL_SIGNIN", l.AWS.URL())
		folder := filepath.Join(l.Home, ".aws", "login", "cache")
		if dir != "" {
			folder = filepath.Join(l.Dir, dir)
			l.Set("AWS_LOGIN_CACHE_DIRECTORY", folder)
		}
		path, err := logincreds.StandardCachedTokenFilepath(arn, folder)
		if err != nil {
			t.Fatal(err)
		}
		write(t, path, string(l.AWS.Login(arn)), 0o600)
	}
}

// codeInFile is the MFA device of whoever has a plaintext key.
func codeInFile(t *testing.T, l *lab.Lab) {
	write(t, filepath.Join(l.Dir, "code"), code(l.AWS.AddUser("alice")), 0o600)
}

// otherProgram prints a session that the test made.
func otherProgram(t *testing.T, l *lab.Lab) {
	alice := l.AWS.AddUser("alice")
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	out, err := client(l, aws.Credentials{AccessKeyID: alice.AccessKeyID, SecretAccessKey: alice.SecretAccessKey}).
		GetSessionToken(ctx, &sts.GetSessionTokenInput{})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := json.Marshal(map[string]any{
		"Version": 1, "AccessKeyId": out.Credentials.AccessKeyId, "SecretAccessKey": out.Credentials.SecretAccessKey,
		"SessionToken": out.Credentials.SessionToken, "Expiration": out.Credentials.Expiration.Format(time.RFC3339),
	})
	if err != nil {
		t.Fatal(err)
	}
	writeProgram(t, filepath.Join(l.Dir, "program"), "#!/bin/sh\n[ \"$*\" = '--for it all' ] && cat <<'END'\n"+string(answer)+"\nEND\n")
}

// expireLogin makes the credentials in a file of "aws login" be over.
func expireLogin(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]any
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	file["accessToken"].(map[string]any)["expiresAt"] = time.Now().Add(-time.Minute).UTC().Format(time.RFC3339)
	if data, err = json.Marshal(file); err != nil {
		t.Fatal(err)
	}
	write(t, path, string(data), 0o600)
}
