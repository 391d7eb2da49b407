//go:build unix

package e2e

import (
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/lab"
)

// dummyKey is the id of the key that stands for none.
const dummyKey = "NOTAREALKEYLOCALONLY"

// localLab is a home in which there is nothing: no config file, no keychain
// that could be opened, and no other endpoint.
func localLab(t *testing.T) *lab.Lab {
	t.Helper()
	l := newLab(t)
	for _, name := range []string{"AWSMINT_PASSPHRASE", "AWSMINT_LOG", "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_IAM"} {
		l.Set(name, "")
	}
	l.Set("AWSMINT_KEYCHAIN", "helper:none")
	l.Set("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
	return l
}

func TestExecLocalEnvironment(t *testing.T) {
	t.Parallel()
	l := localLab(t)
	for name, value := range stale {
		l.Set(name, value)
	}
	const url = "http://localhost:1234"
	for _, c := range []struct {
		flags []string
		want  map[string]string
	}{
		{nil, map[string]string{"AWS_ENDPOINT_URL": url, "AWS_REGION": "us-east-1"}},
		{[]string{"--service", "dynamodb"}, map[string]string{"AWS_ENDPOINT_URL_DYNAMODB": url, "DYNAMODB_ENDPOINT_URL": url, "AWS_REGION": "us-east-1"}},
		{[]string{"--service", "dynamodb", "--region", "eu-west-1"}, map[string]string{"AWS_ENDPOINT_URL_DYNAMODB": url, "AWS_REGION": "eu-west-1"}},
		{[]string{"--env-file", filepath.Join(t.TempDir(), ".env")}, map[string]string{"AWS_ENDPOINT_URL": url, "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": ""}},
	} {
		if !slices.Contains(c.flags, "--env-file") { // which has a lock in the cache
			wantNoFiles(t, l)
		}
		got := environment(t, l, append(append([]string{"exec", "--local", url}, c.flags...), "--")...)
		want := map[string]string{
			"AWS_ACCESS_KEY_ID": dummyKey, "AWS_SESSION_TOKEN": "", "AWS_CREDENTIAL_EXPIRATION": "", "AWS_PROFILE": "",
			"AWS_CONTAINER_CREDENTIALS_FULL_URI": "", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "", "AWSMINT_PROFILE": "local",
			"AWS_DEFAULT_REGION": c.want["AWS_REGION"], "AWS_ENDPOINT_URL": "", "AWS_ENDPOINT_URL_DYNAMODB": "",
		}
		maps.Copy(want, c.want)
		for name, value := range want {
			if got[name] != value {
				t.Errorf("%q: %s is %q, want %q", c.flags, name, got[name], value)
			}
		}
	}
	wantCalls(t, l.AWS, "", 0)
}

// wantNoFiles checks that nothing was written into the home.
func wantNoFiles(t *testing.T, l *lab.Lab) {
	t.Helper()
	err := filepath.WalkDir(l.Home, func(path string, _ fs.DirEntry, err error) error {
		if path != l.Home {
			t.Errorf("%s was written", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// standIn is a service on this machine that is not AWS. It notes who signed.
func standIn(t *testing.T, answer string) (url string, signed chan string) {
	t.Helper()
	signed = make(chan string, 10)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		signed <- r.Header.Get("Authorization")
		_, _ = fmt.Fprint(w, answer)
	}))
	t.Cleanup(server.Close)
	return server.URL, signed
}

func wantSigned(t *testing.T, r lab.Result, signed chan string, service, printed string) {
	t.Helper()
	if r.Err != nil || strings.TrimSpace(r.Stdout) != printed {
		t.Fatalf("status %d, stdout %q, want %q; stderr %q", r.Status, r.Stdout, printed, r.Stderr)
	}
	if got := <-signed; !strings.Contains(got, "Credential="+dummyKey+"/") || !strings.Contains(got, "/us-east-1/"+service+"/") {
		t.Errorf("signed as %q", got)
	}
}

// DynamoDB's stand-in is called by a program that reads its own variable, with
// credentials that are none of AWS's.
func TestExecLocalWithBoto3(t *testing.T) {
	t.Parallel()
	l := localLab(t)
	python := boto3(t, l)
	url, signed := standIn(t, `{"TableNames":["here"]}`)
	const program = `
import boto3, os
print(boto3.client("dynamodb", endpoint_url=os.environ["DYNAMODB_ENDPOINT_URL"]).list_tables()["TableNames"][0])
`
	r := l.Run("", "exec", "--local", url, "--service", "dynamodb", "--", python, "-c", program)
	wantSigned(t, r, signed, "dynamodb", "here")
	wantNoFiles(t, l)
}

// boto3 is the Python that has it.
func boto3(t *testing.T, l *lab.Lab) (python string) {
	t.Helper()
	python = need(t, "python3", "python3")
	if r := l.RunProgram("", python, "-c", "import boto3"); r.Err != nil {
		skip(t, "boto3 is not installed (Debian: python3-boto3)")
	}
	return python
}

// The SDKs of today read the endpoint themselves.
func TestExecLocalWithTheGoSDK(t *testing.T) {
	t.Parallel()
	l := localLab(t)
	client := goSDK(t)
	url, signed := standIn(t, `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:none</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>`)
	for _, flags := range [][]string{nil, {"--service", "sts"}} {
		r := l.Run("call\n", append(append([]string{"exec", "--local", url}, flags...), "--", client)...)
		wantSigned(t, r, signed, "sts", dummyKey+" arn:none")
	}
}
