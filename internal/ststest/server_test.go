package ststest_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/ststest"
)

func TestOnlyLoopbackAddressesAreServed(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0", "127.0.0.1", "127.0.0.1:http:x", "127.0.0.1:99999"} {
		s, err := ststest.Start(ststest.Options{Addr: addr})
		if err == nil {
			_ = s.Close()
			t.Errorf("%q was served", addr)
			continue
		}
		if !strings.Contains(err.Error(), fmt.Sprintf("%q", addr)) || fault.StatusOf(err) != fault.Usage || !strings.Contains(fault.HintOf(err), "127.0.0.1:0") {
			t.Errorf("%q: the error does not help: %v", addr, err)
		}
	}
	for _, addr := range []string{"", "127.0.0.1:0", "127.0.0.2:0", "localhost:0"} {
		s, err := ststest.Start(ststest.Options{Addr: addr})
		if err != nil {
			t.Errorf("%q: %v", addr, err)
			continue
		}
		u, err := url.Parse(s.URL())
		if err != nil || u.Scheme != "http" || !net.ParseIP(u.Hostname()).IsLoopback() || u.Port() == "" || u.Path != "" {
			t.Errorf("%q: the URL is %q", addr, s.URL())
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestATakenPortIsAnError(t *testing.T) {
	first := start(t, ststest.Options{})
	taken := strings.TrimPrefix(first.URL(), "http://")
	s, err := ststest.Start(ststest.Options{Addr: taken})
	if err == nil {
		_ = s.Close()
		t.Fatal("two servers on one port")
	}
	if !strings.Contains(err.Error(), taken) {
		t.Errorf("the error does not name the address: %v", err)
	}
}

func TestACloseFreesThePort(t *testing.T) {
	s, err := ststest.Start(ststest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	addr := strings.TrimPrefix(s.URL(), "http://")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	start(t, ststest.Options{Addr: addr})
}

func TestAnswersHaveAWSsShape(t *testing.T) {
	s, c, u := frozen(t)
	a := do(t, signed(t, s, keysOf(u), "sts", c.Now(), params("Action", "GetCallerIdentity")))
	id := a.header.Get("X-Amzn-Requestid")
	want := `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>` + u.ARN +
		`</Arn><UserId>` + u.UserID + `</UserId><Account>111122223333</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>` +
		id + `</RequestId></ResponseMetadata></GetCallerIdentityResponse>`
	if strings.TrimSpace(a.body) != want {
		t.Errorf("got  %s\nwant %s", a.body, want)
	}
	refused := do(t, signed(t, s, keysOf(u), "sts", c.Now(), params("Action", "GetSessionToken", "TokenCode", "123456")))
	id2 := refused.header.Get("X-Amzn-Requestid")
	want = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>` +
		halfMFA + `</Message></Error><RequestId>` + id2 + `</RequestId></ErrorResponse>`
	if strings.TrimSpace(refused.body) != want {
		t.Errorf("got  %s\nwant %s", refused.body, want)
	}
	uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	if !uuid.MatchString(id) || !uuid.MatchString(id2) || id == id2 {
		t.Errorf("request ids %q and %q", id, id2)
	}
	for _, h := range []http.Header{a.header, refused.header} {
		if h.Get("Content-Type") != "text/xml" || h.Get("Date") != c.Now().Format(http.TimeFormat) {
			t.Errorf("headers %v", h)
		}
	}
	devices := do(t, signed(t, s, keysOf(u), "iam", c.Now(), params("Action", "ListMFADevices", "Version", "2010-05-08")))
	if !strings.Contains(devices.body, `<ListMFADevicesResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ListMFADevicesResult><MFADevices><member><UserName>`) {
		t.Errorf("got %s", devices.body)
	}
}

func TestTheSameServerBehindTLS(t *testing.T) {
	s, _, u := frozen(t)
	secure := httptest.NewTLSServer(s.Handler())
	defer secure.Close()
	client := stsClient(s, keysOf(u), func(o *sts.Options) {
		o.BaseEndpoint, o.HTTPClient = aws.String(secure.URL), secure.Client()
	})
	if err := whoami(within(t), client); err != nil {
		t.Error(err)
	}
	s.Inject(ststest.Fault{Times: 1, ResetConn: true})
	if err := whoami(within(t), client); !wasReset(err) {
		t.Errorf("got %v, want a reset", err)
	}
	if s.Calls("") != 2 {
		t.Errorf("%d calls", s.Calls(""))
	}
}

func TestAClosedServerServesNothingThroughItsHandler(t *testing.T) {
	s, _, u := frozen(t)
	outside := httptest.NewServer(s.Handler())
	defer outside.Close()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	err := whoami(within(t), fresh(t, s, keysOf(u), func(o *sts.Options) { o.BaseEndpoint = aws.String(outside.URL) }))
	if !errors.Is(err, io.EOF) {
		t.Errorf("got %v, want a closed connection", err)
	}
	if s.Calls("") != 0 {
		t.Error("it was counted")
	}
}

// The log tells what came of each request and holds no secret, in any form,
// and no line that a client made up.
func TestTheLogHoldsALineARequestAndNoSecret(t *testing.T) {
	var log bytes.Buffer // guarded by the server's own lock until Close
	c := newClock()
	s, err := ststest.Start(ststest.Options{Now: c.Now, Log: &log})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	u := s.AddUser("alice")
	code := u.Code(c.Now())
	session := mint(t, s, u, code)
	wantError(t, withCode(t, s, u, u.MFASerial, code), "AccessDenied", "")
	if err := whoami(within(t), stsClient(s, session)); err != nil {
		t.Fatal(err)
	}
	do(t, signed(t, s, keysOf(u), "sts", c.Now(), params("Action", "Evil\n2026 forged "+strings.Repeat("x", 100))))
	s.Inject(ststest.Fault{Times: 1, ResetConn: true})
	_ = whoami(within(t), fresh(t, s, session))
	s.Inject(ststest.Fault{Times: 1, Hang: true})
	ctx, cancel := context.WithCancel(within(t))
	done := make(chan struct{})
	go func() { defer close(done); _ = whoami(ctx, fresh(t, s, session)) }()
	if err := s.WaitFor(within(t), "GetCallerIdentity", 3); err != nil {
		t.Fatal(err)
	}
	cancel()
	<-done
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	at := c.Now().Format(time.RFC3339)
	last := func(id string) string { return "key=\"…" + id[16:] + "\"" }
	got := strings.Split(strings.TrimSpace(log.String()), "\n")
	want := []string{
		at + " GetSessionToken " + last(u.AccessKeyID) + " 200",
		at + " GetSessionToken " + last(u.AccessKeyID) + " 403 AccessDenied",
		at + " GetCallerIdentity " + last(session.id) + " 200",
		at + ` "Evil\n2026 forged xxxxxxxxxxxxxxxxxxxxxxx" ` + last(u.AccessKeyID) + " 400 InvalidAction",
		at + " GetCallerIdentity " + last(session.id) + " reset",
		at + " GetCallerIdentity " + last(session.id) + " hung",
	}
	if len(got) != len(want) {
		t.Fatalf("%d lines: %q", len(got), got)
	}
	for i := range want {
		if strings.TrimSpace(got[i]) != want[i] {
			t.Errorf("line %d is %q, want %q", i, got[i], want[i])
		}
	}
	for name, value := range map[string]string{
		"secret": u.SecretAccessKey, "seed": u.Seed, "code": code, "key id": u.AccessKeyID,
		"session id": session.id, "session secret": session.secret, "session token": session.token,
	} {
		for _, form := range []string{value, base64.StdEncoding.EncodeToString([]byte(value)), hex.EncodeToString([]byte(value)), url.QueryEscape(value)} {
			if strings.Contains(log.String(), form) {
				t.Errorf("the log holds the %s", name)
			}
		}
	}
}

func TestWaitForReturnsWhenTheRequestsHaveArrived(t *testing.T) {
	s, _, u := frozen(t)
	if err := s.WaitFor(within(t), "GetCallerIdentity", 0); err != nil {
		t.Error(err)
	}
	arrived := make(chan error, 1)
	go func() { arrived <- s.WaitFor(within(t), "GetCallerIdentity", 3) }()
	client := stsClient(s, keysOf(u))
	for range 2 {
		if err := whoami(within(t), client); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := client.GetSessionToken(within(t), &sts.GetSessionTokenInput{}); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-arrived:
		t.Fatalf("it came back early: %v", err)
	default:
	}
	if err := whoami(within(t), client); err != nil {
		t.Fatal(err)
	}
	if err := <-arrived; err != nil {
		t.Error(err)
	}
	if err := s.WaitFor(within(t), "", 4); err != nil {
		t.Error(err)
	}
}

func TestWaitForEndsWithItsContextAndWithTheServer(t *testing.T) {
	s, _, _ := frozen(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := s.WaitFor(ctx, "AssumeRole", 2)
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), `waited for 2 requests of "AssumeRole", 0 arrived`) {
		t.Errorf("got %v", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.WaitFor(within(t), "AssumeRole", 1) }()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("got %v", err)
	}
}

// Everything at once, for the race detector.
func TestAllMethodsMayBeCalledInParallel(t *testing.T) {
	s := start(t, ststest.Options{Log: io.Discard})
	u := s.AddUser("alice")
	s.AddRole(ststest.Role{ARN: adminARN})
	transport := &http.Transport{MaxConnsPerHost: 20}
	defer transport.CloseIdleConnections()
	client := stsClient(s, keysOf(u), func(o *sts.Options) { o.HTTPClient = &http.Client{Transport: transport} })
	ctx := within(t)
	const n = 40
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			if _, err := client.AssumeRole(ctx, assume(adminARN)); err != nil {
				t.Error(err)
			}
		})
		all.Go(func() {
			if _, err := client.GetSessionToken(ctx, &sts.GetSessionTokenInput{}); err != nil {
				t.Error(err)
			}
		})
		all.Go(func() {
			s.DisableKey(s.AddUser(fmt.Sprint("user-", i)).AccessKeyID)
			s.AddRole(ststest.Role{ARN: fmt.Sprint("arn:aws:iam::444455556666:role/r", i)})
			s.SetSkew(time.Duration(i) * time.Second)
			s.SetSessionLifetime(time.Hour)
			s.Inject(ststest.Fault{Action: "Nothing", Times: 1})
			_, _ = s.Calls(""), s.Succeeded("")
			_ = s.WaitFor(ctx, "AssumeRole", i/2)
		})
	}
	all.Wait()
	if s.Succeeded("") != 2*n {
		t.Errorf("%d succeeded", s.Succeeded(""))
	}
}
