package ststest_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/aws/smithy-go"

	"github.com/awsmint/awsmint/internal/ststest"
)

// clock is a clock that stands still until it is moved.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

// newClock starts at the beginning of the present 30 s step, near enough to
// the real time for SDK clients, which sign with the real clock.
func newClock() *clock { return &clock{t: time.Now().UTC().Truncate(30 * time.Second)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func start(t *testing.T, o ststest.Options) *ststest.Server {
	t.Helper()
	s, err := ststest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// frozen is a server on a clock of its own, with one user.
func frozen(t *testing.T) (*ststest.Server, *clock, *ststest.User) {
	t.Helper()
	c := newClock()
	s := start(t, ststest.Options{Now: c.Now})
	return s, c, s.AddUser("alice")
}

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// keys are what a client signs with.
type keys struct{ id, secret, token string }

func keysOf(u *ststest.User) keys { return keys{u.AccessKeyID, u.SecretAccessKey, ""} }

func sessionKeys(c *ststypes.Credentials) keys {
	return keys{*c.AccessKeyId, *c.SecretAccessKey, *c.SessionToken}
}

func (k keys) Retrieve(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: k.id, SecretAccessKey: k.secret, SessionToken: k.token}, nil
}

func stsClient(s *ststest.Server, k keys, more ...func(*sts.Options)) *sts.Client {
	return sts.New(sts.Options{
		Region: "eu-west-1", BaseEndpoint: aws.String(s.URL()), Credentials: k, Retryer: aws.NopRetryer{},
	}, more...)
}

func iamClient(s *ststest.Server, k keys) *iam.Client {
	return iam.New(iam.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(s.URL()), Credentials: k, Retryer: aws.NopRetryer{},
	})
}

// mint gets a session, with a code when there is one.
func mint(t *testing.T, s *ststest.Server, u *ststest.User, code string) keys {
	t.Helper()
	in := &sts.GetSessionTokenInput{}
	if code != "" {
		in.SerialNumber, in.TokenCode = &u.MFASerial, &code
	}
	out, err := stsClient(s, keysOf(u)).GetSessionToken(within(t), in)
	if err != nil {
		t.Fatal(err)
	}
	return sessionKeys(out.Credentials)
}

// wantError checks that err is the API error with that code, whose message
// holds text.
func wantError(t *testing.T, err error, code, text string) {
	t.Helper()
	var api smithy.APIError
	switch {
	case !errors.As(err, &api):
		t.Errorf("got %v, want the error %s", err, code)
	case api.ErrorCode() != code || !strings.Contains(api.ErrorMessage(), text):
		t.Errorf("got %s %q, want %s %q", api.ErrorCode(), api.ErrorMessage(), code, text)
	}
}

// The texts of AWS that several tests look for.
const (
	invalidCode    = "MultiFactorAuthentication failed with invalid MFA one time pass code. "
	invalidSerial  = "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user."
	halfMFA        = "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code."
	invalidToken   = "The security token included in the request is invalid"
	expiredToken   = "The security token included in the request is expired"
	wrongSignature = "The request signature we calculated does not match the signature you provided."
)

// params builds a form from pairs.
func params(pairs ...string) url.Values {
	form := url.Values{"Version": {"2011-06-15"}}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

// signed is a POST of form, signed for a service at a time, for tests that
// break it by hand.
func signed(t *testing.T, s *ststest.Server, k keys, service string, at time.Time, form url.Values) *http.Request {
	t.Helper()
	body := form.Encode()
	r, err := http.NewRequestWithContext(within(t), http.MethodPost, s.URL()+"/", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	sign(t, r, k, service, body, at)
	return r
}

func sign(t *testing.T, r *http.Request, k keys, service, body string, at time.Time) {
	t.Helper()
	sum := sha256.Sum256([]byte(body))
	credentials, _ := k.Retrieve(context.Background())
	err := v4.NewSigner().SignHTTP(context.Background(), credentials, r, hex.EncodeToString(sum[:]), service, "eu-west-1", at)
	if err != nil {
		t.Fatal(err)
	}
}

// answered is an answer, taken apart.
type answered struct {
	status              int
	header              http.Header
	body                string
	Type, Code, Message string
}

func do(t *testing.T, r *http.Request) answered {
	t.Helper()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answered{status: resp.StatusCode, header: resp.Header, body: string(b)}
	if resp.StatusCode != http.StatusOK {
		var e struct {
			XMLName   xml.Name `xml:"ErrorResponse"`
			Error     struct{ Type, Code, Message string }
			RequestId string
		}
		if err := xml.Unmarshal(b, &e); err != nil || e.RequestId == "" {
			t.Fatalf("%v: not an error answer: %s", err, b)
		}
		a.Type, a.Code, a.Message = e.Error.Type, e.Error.Code, e.Error.Message
	}
	return a
}

// want checks an error answer.
func (a answered) want(t *testing.T, status int, code, text string) {
	t.Helper()
	if a.status != status || a.Code != code || !strings.Contains(a.Message, text) {
		t.Errorf("got %d %s %q, want %d %s %q", a.status, a.Code, a.Message, status, code, text)
	}
}
