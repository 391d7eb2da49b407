package ststest_test

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/logincreds"
	"github.com/aws/aws-sdk-go-v2/service/signin"
	signintypes "github.com/aws/aws-sdk-go-v2/service/signin/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"github.com/awsmint/awsmint/internal/ststest"
)

// cached is a login's cache file, taken apart.
type cached struct {
	AccessToken struct {
		AccessKeyID, SecretAccessKey, SessionToken, AccountID string
		ExpiresAt                                             time.Time
	}
	TokenType, RefreshToken, IDToken, ClientID, DPoPKey string
}

func parseLogin(t *testing.T, file []byte) cached {
	t.Helper()
	var c cached
	if err := json.Unmarshal(file, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c cached) keys() keys {
	return keys{c.AccessToken.AccessKeyID, c.AccessToken.SecretAccessKey, c.AccessToken.SessionToken}
}

func (c cached) key(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	block, _ := pem.Decode([]byte(c.DPoPKey))
	key, err := x509.ParseECPrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func signinClient(s *ststest.Server) *signin.Client {
	return signin.New(signin.Options{Region: "eu-west-1", BaseEndpoint: aws.String(s.URL()), Retryer: aws.NopRetryer{}})
}

// overLogin signs in so that the credentials are over at once, and returns
// the cache file's name with a provider that reads it.
func overLogin(t *testing.T, s *ststest.Server, session string) (string, *logincreds.Provider) {
	t.Helper()
	s.SetSessionLifetime(-time.Second)
	file := filepath.Join(t.TempDir(), "login.json")
	if err := os.WriteFile(file, s.Login(session), 0o600); err != nil {
		t.Fatal(err)
	}
	s.SetSessionLifetime(0)
	return file, logincreds.New(signinClient(s), file)
}

func TestALoginIsTheUsers(t *testing.T) {
	s, c, u := frozen(t)
	got := parseLogin(t, s.Login(u.ARN))
	if got.AccessToken.AccountID != ststest.AccountID || !got.AccessToken.ExpiresAt.Equal(c.Now().Add(15*time.Minute)) ||
		got.TokenType != "aws_sigv4" || got.ClientID != "arn:aws:signin:::devtools/same-device" || got.RefreshToken == "" ||
		strings.Count(got.IDToken, ".") != 2 {
		t.Errorf("the file is %+v", got)
	}
	who, err := stsClient(s, got.keys()).GetCallerIdentity(within(t), &sts.GetCallerIdentityInput{})
	if err != nil || *who.Arn != u.ARN || *who.UserId != u.UserID {
		t.Errorf("%v: it is %+v", err, who)
	}
	want := ststest.Session{ARN: u.ARN, Expires: got.AccessToken.ExpiresAt}
	if kept, ok := s.Session(got.AccessToken.AccessKeyID); !ok || !cmp.Equal(want, kept) {
		t.Errorf("on record it is %+v", kept)
	}
	chains(t, s, got.keys())
	c.advance(15 * time.Minute)
	err = whoami(within(t), stsClient(s, got.keys()))
	wantError(t, err, "ExpiredToken", "")
}

func TestALoginOfSomebodyElse(t *testing.T) {
	s, _, _ := frozen(t)
	for session, want := range map[string][]string{
		"arn:aws:sts::444455556666:assumed-role/Admin/bob": {"arn:aws:sts::444455556666:assumed-role/Admin/bob", "444455556666"},
		"arn:aws:iam::444455556666:root":                   {"arn:aws:iam::444455556666:root", "444455556666"},
		"work":                                             {"arn:aws:iam::111122223333:user/work", "111122223333"},
	} {
		got := parseLogin(t, s.Login(session))
		who, err := stsClient(s, got.keys()).GetCallerIdentity(within(t), &sts.GetCallerIdentityInput{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, []string{*who.Arn, *who.Account}); diff != "" || got.AccessToken.AccountID != want[1] {
			t.Errorf("%s: %s %s", session, diff, got.AccessToken.AccountID)
		}
	}
}

func TestTheSDKRenewsALogin(t *testing.T) {
	s := start(t, ststest.Options{})
	u := s.AddUser("alice")
	file, provider := overLogin(t, s, u.ARN)
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got, err := provider.Retrieve(within(t))
	if err != nil {
		t.Fatal(err)
	}
	if left := got.Expires.Sub(s.Now()); left > 15*time.Minute || left < 14*time.Minute || got.AccountID != ststest.AccountID {
		t.Errorf("it lasts %v in account %s", left, got.AccountID)
	}
	if err := whoami(within(t), stsClient(s, keys{got.AccessKeyID, got.SecretAccessKey, got.SessionToken})); err != nil {
		t.Error(err)
	}
	after, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if parseLogin(t, before).RefreshToken == parseLogin(t, after).RefreshToken {
		t.Error("the refresh token stays")
	}
	if s.Calls("CreateOAuth2Token") != 1 || s.Succeeded("CreateOAuth2Token") != 1 {
		t.Errorf("%d calls, %d succeeded", s.Calls("CreateOAuth2Token"), s.Succeeded("CreateOAuth2Token"))
	}
	// The first refresh token is spent.
	if err := os.WriteFile(file, before, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := provider.Retrieve(within(t)); err == nil || !strings.Contains(err.Error(), "login session has expired, please reauthenticate") {
		t.Errorf("a spent refresh token: %v", err)
	}
}

func TestAnEndedLoginIsNotRenewed(t *testing.T) {
	s := start(t, ststest.Options{})
	_, provider := overLogin(t, s, "work")
	s.EndLogin("other")
	s.EndLogin("work")
	if _, err := provider.Retrieve(within(t)); err == nil || !strings.Contains(err.Error(), "login session has expired, please reauthenticate") {
		t.Errorf("got %v", err)
	}
	if _, provider := overLogin(t, s, "work"); provider != nil {
		if _, err := provider.Retrieve(within(t)); err != nil {
			t.Errorf("after another login: %v", err)
		}
	}
}

func TestFaultsBefallLogins(t *testing.T) {
	s := start(t, ststest.Options{})
	_, provider := overLogin(t, s, "work")
	for code, text := range map[string]string{
		"TOKEN_EXPIRED":            "login session has expired",
		"USER_CREDENTIALS_CHANGED": "login session password has changed",
		"INSUFFICIENT_PERMISSIONS": "insufficient permissions",
		"AccessDeniedException":    "AccessDeniedException: no",
		"TooManyRequestsError":     "TooManyRequestsError: no",
		"InternalFailure":          "InternalServerException: no",
		"Throttling":               "Throttling",
	} {
		s.Inject(ststest.Fault{Action: "CreateOAuth2Token", Times: 1, Code: code, Message: "no"})
		if _, err := provider.Retrieve(within(t)); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%s: %v", code, err)
		}
	}
	if _, err := provider.Retrieve(within(t)); err != nil {
		t.Error(err)
	}
}

// The SDK takes the errors for what they are.
func TestTheSDKKnowsTheErrorsOfLogins(t *testing.T) {
	s, _, _ := frozen(t)
	_, err := signinClient(s).CreateOAuth2Token(within(t), &signin.CreateOAuth2TokenInput{TokenInput: &signintypes.CreateOAuth2TokenRequestBody{
		ClientId: aws.String("arn:aws:signin:::devtools/same-device"), GrantType: aws.String("refresh_token"), RefreshToken: aws.String("x"),
	}})
	var invalid *signintypes.ValidationException
	if !errors.As(err, &invalid) || invalid.Error_ != signintypes.OAuth2ErrorCodeInvalidRequest {
		t.Errorf("got %v", err)
	}
}
