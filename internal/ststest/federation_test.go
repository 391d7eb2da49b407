package ststest_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/awsmint/awsmint/internal/ststest"
)

const readOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess"

func federated(t *testing.T, s *ststest.Server, u *ststest.User) keys {
	t.Helper()
	out, err := stsClient(s, keysOf(u)).GetFederationToken(within(t), &sts.GetFederationTokenInput{
		Name: aws.String("alice"), DurationSeconds: aws.Int32(3600),
		PolicyArns: []types.PolicyDescriptorType{{Arn: aws.String(readOnly)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := aws.ToString(out.FederatedUser.Arn); got != "arn:aws:sts::"+ststest.AccountID+":federated-user/alice" {
		t.Errorf("federated as %q", got)
	}
	return sessionKeys(out.Credentials)
}

func TestAFederatedUserMaySayWhoItIsAndNoMoreOfSTSAndIAM(t *testing.T) {
	s, c, u := frozen(t)
	k := federated(t, s, u)
	out, err := stsClient(s, k).GetCallerIdentity(within(t), &sts.GetCallerIdentityInput{})
	if err != nil || !strings.HasSuffix(aws.ToString(out.Arn), ":federated-user/alice") {
		t.Errorf("%v, %v", out, err)
	}
	_, err = stsClient(s, k).GetFederationToken(within(t), &sts.GetFederationTokenInput{Name: aws.String("bob")})
	wantError(t, err, "AccessDenied", "Cannot call GetFederationToken with session credentials")
	_, err = stsClient(s, k).AssumeRole(within(t), &sts.AssumeRoleInput{RoleArn: aws.String(webARN), RoleSessionName: aws.String("xx")})
	wantError(t, err, "AccessDenied", "Cannot call AssumeRole with session credentials")
	_, err = iamClient(s, k).ListMFADevices(within(t), &iam.ListMFADevicesInput{})
	wantError(t, err, "InvalidClientTokenId", "")
	made, ok := s.Session(k.id)
	if !ok || len(made.PolicyARNs) != 1 || made.PolicyARNs[0] != readOnly || !made.Expires.Equal(c.Now().Truncate(time.Second).Add(time.Hour)) {
		t.Errorf("made with %+v", made)
	}
}

func TestGetFederationTokenChecksWhatAWSChecks(t *testing.T) {
	s, c, u := frozen(t)
	for _, test := range []struct {
		name string
		in   sts.GetFederationTokenInput
		code string
		text string
	}{
		{"a name too short", sts.GetFederationTokenInput{Name: aws.String("a")}, "ValidationError", "at 'name'"},
		{"a name too long", sts.GetFederationTokenInput{Name: aws.String(strings.Repeat("a", 33))}, "ValidationError", "at 'name'"},
		{"too short a life", sts.GetFederationTokenInput{Name: aws.String("alice"), DurationSeconds: aws.Int32(899)}, "ValidationError", "at 'durationSeconds'"},
		{"too long a life", sts.GetFederationTokenInput{Name: aws.String("alice"), DurationSeconds: aws.Int32(129601)}, "ValidationError", "at 'durationSeconds'"},
		{"no policy's ARN", sts.GetFederationTokenInput{Name: aws.String("alice"), PolicyArns: []types.PolicyDescriptorType{{Arn: aws.String("arn:aws:iam::aws:role/ReadOnlyAccess")}}}, "ValidationError", "is invalid"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := stsClient(s, keysOf(u)).GetFederationToken(within(t), &test.in)
			wantError(t, err, test.code, test.text)
		})
	}
	session := mint(t, s, u, u.Code(c.Now()))
	_, err := stsClient(s, session).GetFederationToken(within(t), &sts.GetFederationTokenInput{Name: aws.String("alice")})
	wantError(t, err, "AccessDenied", "Cannot call GetFederationToken with session credentials")
}

// askConsole asks the federation endpoint for a sign-in token.
func askConsole(t *testing.T, s *ststest.Server, k keys, more ...string) (status int, token string) {
	t.Helper()
	session, err := json.Marshal(map[string]string{"sessionId": k.id, "sessionKey": k.secret, "sessionToken": k.token})
	if err != nil {
		t.Fatal(err)
	}
	form := params(append([]string{"Action", "getSigninToken", "Session", string(session)}, more...)...)
	answer, err := http.PostForm(s.URL()+"/federation", form)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var body struct{ SigninToken string }
	_ = json.NewDecoder(answer.Body).Decode(&body) // an error page has none
	return answer.StatusCode, body.SigninToken
}

func TestTheFederationEndpointTakesRolesAndFederatedUsers(t *testing.T) {
	s, c, u := frozen(t)
	const arn = "arn:aws:iam::111122223333:role/Admin"
	s.AddRole(ststest.Role{ARN: arn, TrustedARNs: []string{u.ARN}, MaxSession: 12 * time.Hour})
	assume := func(k keys) keys {
		out, err := stsClient(s, k).AssumeRole(within(t), &sts.AssumeRoleInput{RoleArn: aws.String(arn), RoleSessionName: aws.String("alice")})
		if err != nil {
			t.Fatal(err)
		}
		return sessionKeys(out.Credentials)
	}
	session := mint(t, s, u, u.Code(c.Now()))
	straight, chained, fed := assume(keysOf(u)), assume(session), federated(t, s, u)
	wrong := straight
	wrong.secret += "x"
	for _, test := range []struct {
		name string
		k    keys
		more []string
		ok   bool
	}{
		{"a role", straight, nil, true},
		{"a role, for longer", straight, []string{"SessionDuration", "43200"}, true},
		{"a role, for too long", straight, []string{"SessionDuration", "43201"}, false},
		{"a role from a session", chained, nil, true},
		{"a role from a session, for longer", chained, []string{"SessionDuration", "7200"}, false},
		{"a federated user", fed, nil, true},
		{"a federated user, for longer", fed, []string{"SessionDuration", "7200"}, false},
		{"a session", session, nil, false},
		{"a key", keysOf(u), nil, false},
		{"a wrong secret", wrong, nil, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, token := askConsole(t, s, test.k, test.more...)
			if (status == http.StatusOK) != test.ok || (token != "") != test.ok {
				t.Fatalf("status %d, token there: %t", status, token != "")
			}
			if !test.ok {
				return
			}
			login := s.URL() + "/federation?" + url.Values{"Action": {"login"}, "SigninToken": {token}, "Destination": {"https://console.aws.amazon.com/"}}.Encode()
			for _, want := range []int{http.StatusOK, http.StatusForbidden} { // the token works once
				answer, err := http.Get(login)
				if err != nil {
					t.Fatal(err)
				}
				answer.Body.Close()
				if answer.StatusCode != want {
					t.Errorf("status %d, want %d", answer.StatusCode, want)
				}
			}
		})
	}
}
