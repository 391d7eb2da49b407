package ststest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/ec2rolecreds"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"github.com/awsmint/awsmint/internal/ststest"
)

const (
	instanceARN = "arn:aws:iam::111122223333:role/service/Builder"
	rolePath    = "/latest/meta-data/iam/security-credentials/"
	tokenPath   = "/latest/api/token"
)

func instanceClient(s *ststest.Server) *imds.Client {
	return imds.New(imds.Options{Endpoint: s.URL(), ClientEnableState: imds.ClientEnabled, EnableFallback: aws.FalseTernary, Retryer: aws.NopRetryer{}})
}

// assumedBy checks who the keys are, with STS and with the server's records.
func assumedBy(t *testing.T, s *ststest.Server, k keys, arn, role string, expires time.Time) {
	t.Helper()
	who, err := stsClient(s, k).GetCallerIdentity(within(t), &sts.GetCallerIdentityInput{})
	if err != nil {
		t.Fatal(err)
	}
	got, _ := s.Session(k.id)
	if *who.Arn != arn || got.ARN != arn || got.RoleARN != role || got.SourceARN != "" || !got.Expires.Equal(expires) {
		t.Errorf("it is %s, and on record %+v", *who.Arn, got)
	}
}

func TestTheInstanceHasItsRole(t *testing.T) {
	s, c, _ := frozen(t)
	s.AddInstanceRole(instanceARN)
	got, err := ec2rolecreds.New(func(o *ec2rolecreds.Options) { o.Client = instanceClient(s) }).Retrieve(within(t))
	if err != nil {
		t.Fatal(err)
	}
	k := keys{got.AccessKeyID, got.SecretAccessKey, got.SessionToken}
	assumedBy(t, s, k, "arn:aws:sts::111122223333:assumed-role/Builder/i-0123456789abcdef0", instanceARN, c.Now().Add(6*time.Hour))
	chains(t, s, k)
	for _, action := range []string{"IMDSToken", "IMDSRole", "IMDSCredentials"} {
		if s.Calls(action) != 1 || s.Succeeded(action) != 1 {
			t.Errorf("%s: %d calls, %d succeeded", action, s.Calls(action), s.Succeeded(action))
		}
	}
}

func TestOnlyTheServiceMayAssumeARoleMadeForIt(t *testing.T) {
	s, _, u := frozen(t)
	s.AddInstanceRole(instanceARN)
	s.AddContainerRole(containerARN, "")
	for _, arn := range []string{instanceARN, containerARN} {
		_, err := stsClient(s, keysOf(u)).AssumeRole(within(t), assume(arn))
		wantError(t, err, "AccessDenied", "is not authorized to perform: sts:AssumeRole")
	}
	s.AddRole(ststest.Role{ARN: firstARN})
	s.AddInstanceRole(firstARN)
	become(t, s, keysOf(u), firstARN)
}

// plain sends a request that carries one header, and returns the status, the
// body and the answer's headers.
func plain(t *testing.T, s *ststest.Server, method, path, header, value string) (int, string, http.Header) {
	t.Helper()
	r, err := http.NewRequestWithContext(within(t), method, s.URL()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if header != "" {
		r.Header.Set(header, value)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b), resp.Header
}

func TestInstanceMetadataNeedsAToken(t *testing.T) {
	s, c, _ := frozen(t)
	s.AddInstanceRole(instanceARN)
	status, token, header := plain(t, s, "PUT", tokenPath, "X-aws-ec2-metadata-token-ttl-seconds", "60")
	if status != 200 || token == "" || header.Get("X-Aws-Ec2-Metadata-Token-Ttl-Seconds") != "60" {
		t.Fatalf("%d %q %v", status, token, header)
	}
	c.advance(59 * time.Second)
	const tokenHeader = "X-aws-ec2-metadata-token"
	for _, test := range []struct {
		name, path, header, value string
		status                    int
		body                      string // empty: any
	}{
		{"the role", rolePath, tokenHeader, token, 200, "Builder"},
		{"its credentials", rolePath + "Builder", tokenHeader, token, 200, ""},
		{"another role's credentials", rolePath + "Other", tokenHeader, token, 404, ""},
		{"something else", "/latest/meta-data/placement/region", tokenHeader, token, 404, ""},
		{"the role without a token", rolePath, "", "", 401, ""},
		{"the credentials without a token", rolePath + "Builder", "", "", 401, ""},
		{"the role with an empty token", rolePath, tokenHeader, "", 401, ""},
		{"the role with another token", rolePath, tokenHeader, flipLast(token), 401, ""},
		{"something else without a token", "/latest/meta-data/", "", "", 401, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, body, _ := plain(t, s, "GET", test.path, test.header, test.value)
			if status != test.status || test.body != "" && body != test.body {
				t.Errorf("%d %q, want %d %q", status, body, test.status, test.body)
			}
		})
	}
	c.advance(time.Second)
	if status, _, _ := plain(t, s, "GET", rolePath, tokenHeader, token); status != 401 {
		t.Errorf("a token that is over: %d", status)
	}
}

func TestInstanceCredentialsHaveTheServicesShape(t *testing.T) {
	s, c, _ := frozen(t)
	s.AddInstanceRole(instanceARN)
	_, token, _ := plain(t, s, "PUT", tokenPath, "X-aws-ec2-metadata-token-ttl-seconds", "21600")
	_, body, _ := plain(t, s, "GET", rolePath+"Builder", "X-aws-ec2-metadata-token", token)
	var got map[string]string
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"AccessKeyId", "SecretAccessKey", "Token"} {
		if got[name] == "" {
			t.Errorf("no %s", name)
		}
		delete(got, name)
	}
	want := map[string]string{"Code": "Success", "Type": "AWS-HMAC",
		"LastUpdated": c.Now().Format("2006-01-02T15:04:05Z"), "Expiration": c.Now().Add(6 * time.Hour).Format("2006-01-02T15:04:05Z")}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestInstanceTokensAreAskedForProperly(t *testing.T) {
	s, _, _ := frozen(t)
	const ttl = "X-aws-ec2-metadata-token-ttl-seconds"
	for value, want := range map[string]int{"1": 200, "21600": 200, "0": 400, "21601": 400, "-1": 400, "1h": 400, "": 400} {
		if status, _, _ := plain(t, s, "PUT", tokenPath, ttl, value); status != want {
			t.Errorf("%q seconds: %d, want %d", value, status, want)
		}
	}
	if status, _, _ := plain(t, s, "PUT", tokenPath, "X-Forwarded-For", "192.0.2.1"); status != 403 {
		t.Errorf("through a proxy: %d", status)
	}
}

func TestAnInstanceWithoutARole(t *testing.T) {
	s, _, _ := frozen(t)
	_, err := ec2rolecreds.New(func(o *ec2rolecreds.Options) { o.Client = instanceClient(s) }).Retrieve(within(t))
	wantStatus(t, err, 404)
	s.AddInstanceRole("arn:aws:iam::111122223333:user/nobody")
	_, err = ec2rolecreds.New(func(o *ec2rolecreds.Options) { o.Client = instanceClient(s) }).Retrieve(within(t))
	wantStatus(t, err, 404)
}

func TestFaultsBefallTheMetadataService(t *testing.T) {
	s, _, _ := frozen(t)
	s.AddInstanceRole(instanceARN)
	provider := ec2rolecreds.New(func(o *ec2rolecreds.Options) { o.Client = instanceClient(s) })
	for action, status := range map[string]int{"IMDSToken": 500, "IMDSRole": 503, "IMDSCredentials": 500} {
		s.Inject(ststest.Fault{Action: action, Times: 1, Status: status})
		_, err := ec2rolecreds.New(func(o *ec2rolecreds.Options) { o.Client = instanceClient(s) }).Retrieve(within(t))
		if text := fmt.Sprintf("StatusCode: %d", status); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%s: got %v, want %s", action, err, text)
		}
	}
	s.Inject(ststest.Fault{Action: "IMDSCredentials", ResetConn: true})
	if _, err := provider.Retrieve(within(t)); !wasReset(err) {
		t.Errorf("got %v, want a reset", err)
	}
	s.Reset()
	s.SetSessionLifetime(20 * time.Minute)
	got, err := provider.Retrieve(within(t))
	if err != nil {
		t.Fatal(err)
	}
	if left := got.Expires.Sub(s.Now()); left != 20*time.Minute {
		t.Errorf("it lasts %v", left)
	}
}

// wantStatus checks that err comes of an answer with that status.
func wantStatus(t *testing.T, err error, status int) {
	t.Helper()
	if got := statusIn(err); got != status {
		t.Errorf("got %v, want status %d", err, status)
	}
}

func TestTheRouteOfAnotherMethodIsNone(t *testing.T) {
	s, _, _ := frozen(t)
	for _, request := range []string{"POST " + tokenPath, "PUT " + rolePath, "PUT /v2/credentials/x", "GET /v1/token"} {
		var method, path string
		if _, err := fmt.Sscan(request, &method, &path); err != nil {
			t.Fatal(err)
		}
		if status, _, _ := plain(t, s, method, path, "", ""); status != 404 {
			t.Errorf("%s: %d", request, status)
		}
	}
}
