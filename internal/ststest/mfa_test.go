package ststest_test

import (
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/awsmint/awsmint/internal/ststest"
)

// withCode asks for a session with a code.
func withCode(t *testing.T, s *ststest.Server, u *ststest.User, serial, code string) error {
	t.Helper()
	_, err := stsClient(s, keysOf(u)).GetSessionToken(within(t), &sts.GetSessionTokenInput{SerialNumber: &serial, TokenCode: &code})
	return err
}

func TestEachStepIsTakenOnceAndNoneBehindIt(t *testing.T) {
	s, c, u := frozen(t)
	const step = 30 * time.Second
	attempt := func(offset time.Duration) error { return withCode(t, s, u, u.MFASerial, u.Code(c.Now().Add(offset))) }
	refused := func(what string, offset time.Duration) {
		t.Helper()
		err := attempt(offset)
		if wantError(t, err, "AccessDenied", invalidCode); t.Failed() {
			t.Fatal(what)
		}
	}
	taken := func(what string, offset time.Duration) {
		t.Helper()
		if err := attempt(offset); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}

	refused("two steps behind", -2*step)
	refused("two steps ahead", 2*step)
	taken("one step behind", -step)
	refused("one step behind, again", -step)
	taken("the present step", 0)
	refused("the present step, again", 0)
	refused("a step behind the last one", -step)
	taken("one step ahead", step)
	c.advance(step)
	refused("the step that was ahead, in its own time", 0)
	refused("behind", -step)
	c.advance(step)
	taken("the next step", 0)
	if got, want := s.Succeeded("GetSessionToken"), 4; got != want {
		t.Errorf("%d sessions, want %d", got, want)
	}
}

// One code serves one call, whichever: AssumeRole spends it for
// GetSessionToken too.
func TestACodeIsSpentAcrossActions(t *testing.T) {
	s, _, u := frozen(t)
	const arn = "arn:aws:iam::444455556666:role/Admin"
	s.AddRole(ststest.Role{ARN: arn, RequireMFA: true})
	code := u.Code(s.Now())
	_, err := stsClient(s, keysOf(u)).AssumeRole(within(t), assume(arn, func(in *sts.AssumeRoleInput) {
		in.SerialNumber, in.TokenCode = &u.MFASerial, &code
	}))
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, withCode(t, s, u, u.MFASerial, code), "AccessDenied", invalidCode)
}

func TestWrongMFAParametersAreToldApart(t *testing.T) {
	s, c, u := frozen(t)
	other := s.AddUser("bob")
	code := u.Code(c.Now())
	for _, test := range []struct {
		name   string
		pairs  []string
		status int
		code   string
		text   string
	}{
		{"wrong code", []string{"SerialNumber", u.MFASerial, "TokenCode", flipLast(code)}, 403, "AccessDenied", invalidCode},
		{"code of another device", []string{"SerialNumber", u.MFASerial, "TokenCode", other.Code(c.Now())}, 403, "AccessDenied", invalidCode},
		{"the user's ARN for the device's", []string{"SerialNumber", u.ARN, "TokenCode", code}, 403, "AccessDenied", invalidSerial},
		{"the device of another user", []string{"SerialNumber", other.MFASerial, "TokenCode", other.Code(c.Now())}, 403, "AccessDenied", invalidSerial},
		{"serial alone", []string{"SerialNumber", u.MFASerial}, 403, "AccessDenied", halfMFA},
		{"code alone", []string{"TokenCode", code}, 403, "AccessDenied", halfMFA},
		{"five digits", []string{"SerialNumber", u.MFASerial, "TokenCode", "12345"}, 400, "ValidationError",
			"1 validation error detected: Value '12345' at 'tokenCode' failed to satisfy constraint: Member must have length greater than or equal to 6"},
		{"seven digits", []string{"SerialNumber", u.MFASerial, "TokenCode", "1234567"}, 400, "ValidationError", "Member must have length less than or equal to 6"},
		{"letters", []string{"SerialNumber", u.MFASerial, "TokenCode", "12345a"}, 400, "ValidationError", `Member must satisfy regular expression pattern: [\d]*`},
		{"a short serial", []string{"SerialNumber", "GAHT1234", "TokenCode", code}, 400, "ValidationError", "at 'serialNumber' failed to satisfy constraint: Member must have length greater than or equal to 9"},
		{"both malformed", []string{"SerialNumber", "", "TokenCode", ""}, 400, "ValidationError", "2 validation errors detected: Value '' at 'serialNumber'"},
	} {
		t.Run(test.name, func(t *testing.T) {
			form := params(append(test.pairs, "Action", "GetSessionToken")...)
			do(t, signed(t, s, keysOf(u), "sts", c.Now(), form)).want(t, test.status, test.code, test.text)
		})
	}
	if s.Succeeded("") != 0 {
		t.Error("one of them succeeded")
	}
	// None of them has spent the code.
	if err := withCode(t, s, u, u.MFASerial, code); err != nil {
		t.Error(err)
	}
}

// A request that is not authentic spends no code.
func TestAWrongSecretSpendsNoCode(t *testing.T) {
	s, _, u := frozen(t)
	code := u.Code(s.Now())
	wrong := *u
	wrong.SecretAccessKey = flipLast(u.SecretAccessKey)
	wantError(t, withCode(t, s, &wrong, u.MFASerial, code), "SignatureDoesNotMatch", "")
	if err := withCode(t, s, u, u.MFASerial, code); err != nil {
		t.Error(err)
	}
}

func TestOfManyParallelRequestsWithOneCodeOneSucceeds(t *testing.T) {
	s, _, u := frozen(t)
	transport := &http.Transport{MaxConnsPerHost: 50, MaxIdleConnsPerHost: 50}
	defer transport.CloseIdleConnections()
	client := stsClient(s, keysOf(u), func(o *sts.Options) { o.HTTPClient = &http.Client{Transport: transport} })
	code := u.Code(s.Now())
	ctx := within(t)

	const n = 300
	var won, lost atomic.Int32
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			_, err := client.GetSessionToken(ctx, &sts.GetSessionTokenInput{SerialNumber: &u.MFASerial, TokenCode: &code})
			var api smithy.APIError
			switch {
			case err == nil:
				won.Add(1)
			case errors.As(err, &api) && api.ErrorMessage() == invalidCode:
				lost.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 || lost.Load() != n-1 {
		t.Errorf("%d won and %d lost, of %d", won.Load(), lost.Load(), n)
	}
	if s.Calls("GetSessionToken") != n || s.Succeeded("GetSessionToken") != 1 {
		t.Errorf("%d calls, %d succeeded", s.Calls("GetSessionToken"), s.Succeeded("GetSessionToken"))
	}
}
