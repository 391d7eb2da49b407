package ststest_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials/ec2rolecreds"

	"github.com/awsmint/awsmint/internal/ststest"
)

// Every way to credentials is logged by its action, and no log line holds
// what was handed out or brought along.
func TestTheLogHoldsNoSecretOfAnyWayToCredentials(t *testing.T) {
	var log bytes.Buffer // guarded by the server's own lock until Close
	c := newClock()
	s, err := ststest.Start(ststest.Options{Now: c.Now, Log: &log})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.AddRole(ststest.Role{ARN: webARN, WebIdentity: true})
	s.AddInstanceRole(instanceARN)
	secrets := map[string]string{"authorization": "Bearer " + strings.Repeat("made-up", 5)}
	keep := func(name string, k keys) {
		secrets[name+" id"], secrets[name+" secret"], secrets[name+" token"] = k.id, k.secret, k.token
	}

	secrets["web token"] = s.WebIdentityToken("me", time.Minute)
	out, err := nobody(s).AssumeRoleWithWebIdentity(within(t), withToken(secrets["web token"]))
	if err != nil {
		t.Fatal(err)
	}
	keep("web", sessionKeys(out.Credentials))
	if _, err := nobody(s).AssumeRoleWithWebIdentity(within(t), withToken(secrets["web token"]+"x")); err == nil {
		t.Error("a changed token is accepted")
	}
	got, err := ec2rolecreds.New(func(o *ec2rolecreds.Options) { o.Client = instanceClient(s) }).Retrieve(within(t))
	if err != nil {
		t.Fatal(err)
	}
	keep("instance", keys{got.AccessKeyID, got.SecretAccessKey, got.SessionToken})
	_, secrets["instance's token"], _ = plain(t, s, "PUT", tokenPath, "X-aws-ec2-metadata-token-ttl-seconds", "60")
	path := s.AddContainerRole(containerARN, secrets["authorization"])
	got, err = containerProvider(s, path, secrets["authorization"]).Retrieve(within(t))
	if err != nil {
		t.Fatal(err)
	}
	keep("container", keys{got.AccessKeyID, got.SecretAccessKey, got.SessionToken})
	secrets["container's path"] = path
	file, provider := overLogin(t, s, "work")
	for range 2 {
		login := parseLogin(t, readFile(t, file))
		keep("login", login.keys())
		secrets["refresh token "+login.RefreshToken[:4]], secrets["DPoP key"] = login.RefreshToken, login.DPoPKey
		if _, err := provider.Retrieve(within(t)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	at := c.Now().Format(time.RFC3339)
	var want strings.Builder
	for _, line := range []string{
		"AssumeRoleWithWebIdentity key=none 200", "AssumeRoleWithWebIdentity key=none 400 InvalidIdentityToken",
		"IMDSToken key=none 200", "IMDSRole key=none 200", "IMDSCredentials key=none 200", "IMDSToken key=none 200",
		"ContainerCredentials key=none 200", "CreateOAuth2Token key=none 200",
	} {
		want.WriteString(at + " " + line + "\n")
	}
	if log.String() != want.String() {
		t.Errorf("got\n%s\nwant\n%s", log.String(), want.String())
	}
	for name, value := range secrets {
		quoted, _ := json.Marshal(value)
		for _, form := range []string{value, strings.Trim(string(quoted), `"`)} {
			if strings.Contains(log.String(), form) {
				t.Errorf("the log holds the %s", name)
			}
		}
	}
}

// Everything at once, for the race detector.
func TestEveryWayToCredentialsMayBeTakenInParallel(t *testing.T) {
	s := start(t, ststest.Options{})
	s.AddRole(ststest.Role{ARN: webARN, WebIdentity: true})
	s.AddInstanceRole(instanceARN)
	path := s.AddContainerRole(containerARN, "")
	ctx := within(t)
	const n = 10
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			out, err := nobody(s).AssumeRoleWithWebIdentity(ctx, withToken(s.WebIdentityToken("me", time.Minute)))
			if err != nil {
				t.Error(err)
				return
			}
			if _, ok := s.Session(*out.Credentials.AccessKeyId); !ok {
				t.Error("the session is not known")
			}
		})
		all.Go(func() {
			if _, err := ec2rolecreds.New(func(o *ec2rolecreds.Options) { o.Client = instanceClient(s) }).Retrieve(ctx); err != nil {
				t.Error(err)
			}
			s.AddInstanceRole(instanceARN)
		})
		all.Go(func() {
			if _, err := containerProvider(s, path, "").Retrieve(ctx); err != nil {
				t.Error(err)
			}
			s.AddContainerRole(containerARN, "")
		})
		all.Go(func() {
			s.Login("somebody")
			s.EndLogin("somebody")
		})
	}
	all.Wait()
	for _, action := range []string{"AssumeRoleWithWebIdentity", "IMDSCredentials", "ContainerCredentials"} {
		if s.Succeeded(action) != n {
			t.Errorf("%s: %d succeeded", action, s.Succeeded(action))
		}
	}
}
