package ststest_test

import (
	"errors"
	"regexp"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/endpointcreds"

	"github.com/awsmint/awsmint/internal/ststest"
)

const containerARN = "arn:aws:iam::111122223333:role/Task"

// statusIn is the HTTP status of the answer that err comes of, or 0.
func statusIn(err error) int {
	var answer interface{ HTTPStatusCode() int }
	if errors.As(err, &answer) {
		return answer.HTTPStatusCode()
	}
	return 0
}

func containerProvider(s *ststest.Server, path, authorization string) *endpointcreds.Provider {
	return endpointcreds.New(s.URL()+path, func(o *endpointcreds.Options) {
		o.AuthorizationToken, o.Retryer = authorization, aws.NopRetryer{}
	})
}

func TestAContainerHasItsRole(t *testing.T) {
	s, c, _ := frozen(t)
	for _, authorization := range []string{"", "Bearer made-up", "plain"} {
		path := s.AddContainerRole(containerARN, authorization)
		if !regexp.MustCompile(`^/v2/credentials/[0-9a-f-]{36}$`).MatchString(path) {
			t.Errorf("the path is %q", path)
		}
		got, err := containerProvider(s, path, authorization).Retrieve(within(t))
		if err != nil {
			t.Fatal(err)
		}
		if !got.CanExpire || !got.Expires.Equal(c.Now().Add(6*time.Hour)) {
			t.Errorf("it lasts until %v", got.Expires)
		}
		k := keys{got.AccessKeyID, got.SecretAccessKey, got.SessionToken}
		name := regexp.MustCompile(`[^0-9a-f]`).ReplaceAllString(path[len("/v2/credentials/"):], "")
		assumedBy(t, s, k, "arn:aws:sts::111122223333:assumed-role/Task/"+name, containerARN, got.Expires)
		chains(t, s, k)
	}
	if s.Calls("ContainerCredentials") != 3 || s.Succeeded("ContainerCredentials") != 3 {
		t.Errorf("%d calls, %d succeeded", s.Calls("ContainerCredentials"), s.Succeeded("ContainerCredentials"))
	}
}

func TestOnlyTheContainerGetsItsCredentials(t *testing.T) {
	s, _, _ := frozen(t)
	path := s.AddContainerRole(containerARN, "Bearer made-up")
	malformed := s.AddContainerRole("arn:aws:iam::111122223333:user/nobody", "")
	for _, test := range []struct {
		name, path, authorization, code string
		status                          int
	}{
		{"no authorization", path, "", "AccessDenied", 403},
		{"another authorization", path, "Bearer made-uq", "AccessDenied", 403},
		{"a part of it", path, "made-up", "AccessDenied", 403},
		{"an id that nobody has", "/v2/credentials/0f0e0d0c-0b0a-4908-8706-050403020100", "Bearer made-up", "InvalidIdInRequest", 400},
		{"no id", "/v2/credentials/", "Bearer made-up", "InvalidIdInRequest", 400},
		{"a role that is none", malformed, "", "NoCredentialsAssociated", 400},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := containerProvider(s, test.path, test.authorization).Retrieve(within(t))
			wantError(t, err, test.code, "")
			wantStatus(t, err, test.status)
		})
	}
}

func TestFaultsBefallContainers(t *testing.T) {
	s, _, _ := frozen(t)
	provider := containerProvider(s, s.AddContainerRole(containerARN, ""), "")
	s.Inject(ststest.Fault{Action: "ContainerCredentials", Times: 1, Code: "Throttling", Status: 429})
	_, err := provider.Retrieve(within(t))
	wantError(t, err, "Throttling", "Rate exceeded")
	wantStatus(t, err, 429)
	if _, err := provider.Retrieve(within(t)); err != nil {
		t.Error(err)
	}
}
