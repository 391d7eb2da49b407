package endpoint_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/endpointcreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/awsmint/awsmint/internal/child"
	"github.com/awsmint/awsmint/internal/endpoint"
	"github.com/awsmint/awsmint/internal/ststest"
)

const (
	// lifetime of the sessions in these tests: they are renewed after a third.
	lifetime = 3 * time.Second
	renewals = 3
	patience = 30 * time.Second
)

// world is an AWS whose sessions live for seconds, and an endpoint that gives
// them out.
type world struct {
	aws    *ststest.Server
	user   *ststest.User
	server *endpoint.Server
	minted chan string // the id of each session's key
}

func newWorld(t *testing.T) *world {
	t.Helper()
	server, err := ststest.Start(ststest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	server.SetSessionLifetime(lifetime)
	w := &world{aws: server, user: server.AddUser("alice"), minted: make(chan string, 100)}
	keys := give(aws.Credentials{AccessKeyID: w.user.AccessKeyID, SecretAccessKey: w.user.SecretAccessKey})
	w.server = start(t, aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
		out, err := w.client(keys).GetSessionToken(ctx, nil)
		if err != nil {
			return aws.Credentials{}, err
		}
		c := out.Credentials
		w.minted <- *c.AccessKeyId
		return aws.Credentials{AccessKeyID: *c.AccessKeyId, SecretAccessKey: *c.SecretAccessKey, SessionToken: *c.SessionToken, CanExpire: true, Expires: *c.Expiration}, nil
	}), endpoint.Options{})
	return w
}

func (w *world) client(p aws.CredentialsProvider) *sts.Client {
	return sts.New(sts.Options{Region: "eu-west-1", BaseEndpoint: aws.String(w.aws.URL()), Credentials: p})
}

// outlive has a client call AWS after each mint, until it has used the keys of
// some renewals. call returns the key's id and the caller.
func (w *world) outlive(t *testing.T, call func() (id, arn string)) {
	t.Helper()
	var minted, used []string
	for len(used) <= renewals {
		select {
		case id := <-w.minted:
			minted = append(minted, id)
		case <-time.After(patience):
			t.Fatal("nothing is minted")
		}
		id, arn := call()
		if minted = append(minted, w.rest()...); arn != w.user.ARN || !slices.Contains(minted, id) {
			t.Fatalf("the client used the key %q as %q", id, arn)
		}
		if !slices.Contains(used, id) {
			used = append(used, id)
		}
	}
}

// rest are the keys minted while a client called.
func (w *world) rest() (ids []string) {
	for {
		select {
		case id := <-w.minted:
			ids = append(ids, id)
		default:
			return ids
		}
	}
}

// program is a client that runs until the test's end.
func (w *world) program(t *testing.T, name string, args ...string) func() (id, arn string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = child.Credentials([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "AWS_ENDPOINT_URL_STS=" + w.aws.URL(), "AWS_EC2_METADATA_DISABLED=true",
	}, w.server.Variables())
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	})
	lines := bufio.NewReader(stdout)
	return func() (id, arn string) {
		if _, err := io.WriteString(stdin, "call\n"); err != nil {
			t.Fatal(err)
		}
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		_, err = fmt.Sscan(line, &id, &arn)
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		return id, arn
	}
}

// The Go SDK's own client, as its config package sets it up.
func TestGoSDK(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cached := aws.NewCredentialsCache(endpointcreds.New(w.server.URL(), func(o *endpointcreds.Options) {
		o.AuthorizationToken = w.server.Token().Reveal()
	}), func(o *aws.CredentialsCacheOptions) { o.ExpiryWindow = 5 * time.Minute })
	client := w.client(cached)
	w.outlive(t, func() (id, arn string) {
		out, err := client.GetCallerIdentity(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		c, err := cached.Retrieve(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return c.AccessKeyID, *out.Arn
	})
}

func TestGoSDKShowsARefusal(t *testing.T) {
	t.Parallel()
	s := start(t, give(lasting()), endpoint.Options{})
	_, err := endpointcreds.New(s.URL(), func(o *endpointcreds.Options) { o.AuthorizationToken = "other" }).Retrieve(t.Context())
	if err == nil || !strings.Contains(err.Error(), "AWS_CONTAINER_AUTHORIZATION_TOKEN") {
		t.Error(err)
	}
}

func TestBotocore(t *testing.T) {
	t.Parallel()
	python := "/usr/bin/python3" // the system's: others seldom have boto3
	if err := exec.Command(python, "-c", "import boto3").Run(); err != nil {
		skip(t, "boto3 is not installed (Debian: python3-boto3)")
	}
	w := newWorld(t)
	w.outlive(t, w.program(t, python, filepath.Join("testdata", "client.py")))
}

func TestJavaScriptSDK(t *testing.T) {
	t.Parallel()
	node, err := exec.LookPath("node")
	if err != nil {
		skip(t, "node is not installed (Debian: nodejs)")
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		skip(t, "npm is not installed (Debian: npm)")
	}
	dir := t.TempDir()
	for _, file := range []string{filepath.Join("testdata", "client.mjs"), filepath.Join("..", "e2e", "testdata", "jssdk", "package.json")} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(file)), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	install := exec.CommandContext(t.Context(), npm, "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--prefer-offline")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		skip(t, "the JavaScript SDK is not to be had: "+string(out))
	}
	w := newWorld(t)
	w.outlive(t, w.program(t, node, filepath.Join(dir, "client.mjs")))
}

// skip says why a part can't run here.
func skip(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("AWSMINT_TEST_REQUIRE") == "all" {
		t.Fatal(why)
	}
	t.Skip(why)
}
