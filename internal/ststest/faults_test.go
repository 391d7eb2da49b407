package ststest_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/awsmint/awsmint/internal/ststest"
)

// fresh is a client on connections of its own, so that a fault meets a new
// connection and nothing is resent by the transport.
func fresh(t *testing.T, s *ststest.Server, k keys, more ...func(*sts.Options)) *sts.Client {
	transport := &http.Transport{DisableKeepAlives: true}
	t.Cleanup(transport.CloseIdleConnections)
	return stsClient(s, k, append(more, func(o *sts.Options) { o.HTTPClient = &http.Client{Transport: transport} })...)
}

func retrying(attempts int) func(*sts.Options) {
	return func(o *sts.Options) {
		o.Retryer = retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts = attempts
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
		})
	}
}

// wasReset reports whether an RST ended the connection; Windows has a number
// of its own for it, WSAECONNRESET.
func wasReset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.Errno(10054))
}

func whoami(ctx context.Context, c *sts.Client) error {
	_, err := c.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	return err
}

func TestThrottledTwiceTheSDKsRetryerSucceeds(t *testing.T) {
	s, _, u := frozen(t)
	s.Inject(ststest.Fault{Action: "GetCallerIdentity", Times: 2, Code: "Throttling"})
	if err := whoami(within(t), fresh(t, s, keysOf(u), retrying(3))); err != nil {
		t.Fatal(err)
	}
	if s.Calls("GetCallerIdentity") != 3 || s.Succeeded("GetCallerIdentity") != 1 {
		t.Errorf("%d calls, %d succeeded", s.Calls("GetCallerIdentity"), s.Succeeded("GetCallerIdentity"))
	}
	s.Inject(ststest.Fault{Times: 3, Code: "Throttling"})
	wantError(t, whoami(within(t), fresh(t, s, keysOf(u), retrying(3))), "Throttling", "Rate exceeded")
}

func TestErrorAnswersOnDemand(t *testing.T) {
	s, c, u := frozen(t)
	for _, test := range []struct {
		fault                ststest.Fault
		status               int
		code, blame, message string
	}{
		{ststest.Fault{Status: 500}, 500, "InternalFailure", "Receiver", "We encountered an internal error. Please try again."},
		{ststest.Fault{Status: 502, Code: "BadGateway", Message: "<b>"}, 502, "BadGateway", "Receiver", "<b>"},
		{ststest.Fault{Status: 403}, 403, "AccessDenied", "Sender", ""},
		{ststest.Fault{Code: "ServiceUnavailable"}, 503, "ServiceUnavailable", "Receiver", ""},
		{ststest.Fault{Code: "InternalFailure"}, 500, "InternalFailure", "Receiver", ""},
		{ststest.Fault{Code: "NoSuchEntity"}, 404, "NoSuchEntity", "Sender", ""},
		{ststest.Fault{Code: "RegionDisabledException"}, 403, "RegionDisabledException", "Sender", ""},
		{ststest.Fault{Code: "Throttling"}, 400, "Throttling", "Sender", "Rate exceeded"},
	} {
		test.fault.Times = 1
		s.Inject(test.fault)
		form := params("Action", "GetCallerIdentity")
		a := do(t, signed(t, s, keysOf(u), "sts", c.Now(), form))
		a.want(t, test.status, test.code, test.message)
		if a.Type != test.blame {
			t.Errorf("%s is blamed on %q", test.code, a.Type)
		}
		do(t, signed(t, s, keysOf(u), "sts", c.Now(), form)).want(t, 200, "", "")
	}
}

func TestFaultsAreForTheirActionAndEndWithReset(t *testing.T) {
	s, _, u := frozen(t)
	s.Inject(ststest.Fault{Action: "GetSessionToken", Code: "AccessDenied"})
	client := fresh(t, s, keysOf(u))
	if err := whoami(within(t), client); err != nil {
		t.Errorf("another action was hit: %v", err)
	}
	for range 3 {
		_, err := client.GetSessionToken(within(t), &sts.GetSessionTokenInput{})
		wantError(t, err, "AccessDenied", "")
	}
	s.Reset()
	if s.Calls("") != 0 || s.Succeeded("") != 0 {
		t.Error("the counters were not reset")
	}
	if _, err := client.GetSessionToken(within(t), &sts.GetSessionTokenInput{}); err != nil {
		t.Error(err)
	}
}

func TestAResetConnectionSpendsNoCode(t *testing.T) {
	s, _, u := frozen(t)
	s.Inject(ststest.Fault{Times: 1, ResetConn: true})
	code := u.Code(s.Now())
	in := &sts.GetSessionTokenInput{SerialNumber: &u.MFASerial, TokenCode: &code}
	_, err := fresh(t, s, keysOf(u)).GetSessionToken(within(t), in)
	if !wasReset(err) {
		t.Fatalf("got %v, want a reset", err)
	}
	if s.Calls("GetSessionToken") != 1 || s.Succeeded("GetSessionToken") != 0 {
		t.Errorf("%d calls, %d succeeded", s.Calls("GetSessionToken"), s.Succeeded("GetSessionToken"))
	}
	if _, err := fresh(t, s, keysOf(u)).GetSessionToken(within(t), in); err != nil {
		t.Error(err)
	}
}

// The answer is lost but the code is spent: what a retry must not do.
func TestALateResetHasSpentTheCode(t *testing.T) {
	s, _, u := frozen(t)
	s.Inject(ststest.Fault{Times: 1, ResetConn: true, Late: true})
	code := u.Code(s.Now())
	_, err := fresh(t, s, keysOf(u), retrying(3)).GetSessionToken(within(t), &sts.GetSessionTokenInput{SerialNumber: &u.MFASerial, TokenCode: &code})
	wantError(t, err, "AccessDenied", invalidCode)
	if s.Calls("GetSessionToken") != 2 || s.Succeeded("GetSessionToken") != 1 {
		t.Errorf("%d calls, %d succeeded", s.Calls("GetSessionToken"), s.Succeeded("GetSessionToken"))
	}
}

func TestALateErrorAnswerComesAfterTheDeed(t *testing.T) {
	s, _, u := frozen(t)
	s.Inject(ststest.Fault{Times: 1, Status: 500, Late: true})
	wantError(t, whoami(within(t), fresh(t, s, keysOf(u))), "InternalFailure", "")
	if s.Succeeded("GetCallerIdentity") != 1 {
		t.Error("it was not carried out")
	}
}

func TestAConnectionDroppedBeforeTheRequestIsNoCall(t *testing.T) {
	s, _, u := frozen(t)
	s.Inject(ststest.Fault{Times: 1, DropBefore: true})
	err := whoami(within(t), fresh(t, s, keysOf(u)))
	var api smithy.APIError
	if err == nil || errors.As(err, &api) {
		t.Fatalf("got %v, want a broken connection", err)
	}
	if s.Calls("") != 0 {
		t.Errorf("%d calls were counted", s.Calls(""))
	}
	if err := whoami(within(t), fresh(t, s, keysOf(u))); err != nil {
		t.Error(err)
	}
}

// The connection is the test's own: a client's pool may leave one unused.
func TestAConnectionKeptAliveIsNotDropped(t *testing.T) {
	s, c, u := frozen(t)
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	answers := bufio.NewReader(conn)
	for range 2 {
		r := signed(t, s, keysOf(u), "sts", c.Now(), params("Action", "GetCallerIdentity"))
		if err := r.Write(conn); err != nil {
			t.Fatal(err)
		}
		resp, err := http.ReadResponse(answers, r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%d %v", resp.StatusCode, err)
		}
		// Once for the second request, which must leave it alone.
		if s.Calls("") == 1 {
			s.Inject(ststest.Fault{Times: 1, DropBefore: true})
		}
	}
	if err := whoami(within(t), fresh(t, s, keysOf(u))); err == nil {
		t.Error("the fault was used up by a connection that was there")
	}
}

// The SDK corrects its clock by the Date header of a refused request, once
// the server is far enough off.
func TestTheSDKCorrectsItsClockByTheDateHeader(t *testing.T) {
	s, _, u := frozen(t)
	s.SetSkew(time.Hour)
	wantError(t, whoami(within(t), fresh(t, s, keysOf(u))), "SignatureDoesNotMatch", "Signature expired: ")
	if err := whoami(within(t), fresh(t, s, keysOf(u), retrying(2))); err != nil {
		t.Errorf("the retry was not corrected: %v", err)
	}
}
