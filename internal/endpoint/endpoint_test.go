package endpoint_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"github.com/awsmint/awsmint/internal/endpoint"
	"github.com/awsmint/awsmint/internal/fault"
)

const (
	hiddenKey   = "hidden/key+of==40"
	hiddenToken = "hidden-token"
)

// lasting are credentials that need no renewal in a test.
func lasting() aws.Credentials {
	return aws.Credentials{
		AccessKeyID: "ASIA1", SecretAccessKey: hiddenKey, SessionToken: hiddenToken, AccountID: "111122223333",
		CanExpire: true, Expires: time.Date(2126, 7, 8, 9, 10, 11, 999, time.FixedZone("east", 3600)),
	}
}

func give(c aws.Credentials) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return c, nil })
}

func start(t *testing.T, p aws.CredentialsProvider, o endpoint.Options) *endpoint.Server {
	t.Helper()
	s, err := endpoint.Start(t.Context(), p, o)
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

// ask sends a request, with the token, that change may have made another.
func ask(t *testing.T, s *endpoint.Server, change func(*http.Request)) (status int, header http.Header, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL(), nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", s.Token().Reveal())
	if change != nil {
		change(request)
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header, string(text)
}

func TestAnswer(t *testing.T) {
	s := start(t, give(lasting()), endpoint.Options{})
	status, header, body := ask(t, s, nil)
	want := `{"AccessKeyId":"ASIA1","SecretAccessKey":"hidden/key+of==40","Token":"hidden-token","Expiration":"2126-07-08T08:10:11Z","AccountId":"111122223333"}`
	if status != http.StatusOK || body != want {
		t.Errorf("%d %s\nwant %s", status, body, want)
	}
	header.Del("Date")
	header.Del("Content-Length")
	if diff := cmp.Diff(http.Header{"Content-Type": {"application/json"}, "Cache-Control": {"no-store"}}, header); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
}

// SDKs want a token and an expiration, or take nothing.
func TestAnswerForAKeyWithoutEnd(t *testing.T) {
	now := time.Date(2026, 8, 1, 12, 0, 0, 0, time.UTC)
	s := start(t, give(aws.Credentials{AccessKeyID: "AKIA1", SecretAccessKey: "k"}), endpoint.Options{Now: func() time.Time { return now }})
	_, _, body := ask(t, s, nil)
	if want := `{"AccessKeyId":"AKIA1","SecretAccessKey":"k","Token":"","Expiration":"2026-08-01T13:00:00Z"}`; body != want {
		t.Errorf("%s\nwant %s", body, want)
	}
}

func TestWhereItIs(t *testing.T) {
	a, b := start(t, give(lasting()), endpoint.Options{}), start(t, give(lasting()), endpoint.Options{})
	u, err := url.Parse(a.URL())
	if err != nil || u.Scheme != "http" || u.Hostname() != "127.0.0.1" || !regexp.MustCompile(`^/[0-9a-f]{32}$`).MatchString(u.Path) {
		t.Errorf("%s: %v", a.URL(), err)
	}
	if !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(a.Token().Reveal()) || a.Token() == b.Token() {
		t.Error("the token is not 32 random bytes")
	}
	if other, _ := url.Parse(b.URL()); other.Path == u.Path {
		t.Error("two endpoints have the same path")
	}
	var got []string
	for _, v := range a.Variables() {
		got = append(got, v.Name+"="+v.Value.Reveal())
	}
	want := []string{"AWS_CONTAINER_CREDENTIALS_FULL_URI=" + a.URL(), "AWS_CONTAINER_AUTHORIZATION_TOKEN=" + a.Token().Reveal()}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	// Not from the machine's other addresses.
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range append(addresses, &net.IPNet{IP: net.IPv6loopback}) {
		ip := address.(*net.IPNet).IP
		if ip.Equal(net.IPv4(127, 0, 0, 1)) || ip.IsLinkLocalUnicast() {
			continue
		}
		if c, err := net.DialTimeout("tcp", net.JoinHostPort(ip.String(), u.Port()), time.Second); err == nil {
			_ = c.Close()
			t.Errorf("it answers at %s", ip)
		}
	}
}

func TestCrowdMintsOnce(t *testing.T) {
	var calls atomic.Int32
	s := start(t, aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		calls.Add(1)
		return lasting(), nil
	}), endpoint.Options{})
	transport := &http.Transport{MaxConnsPerHost: 100}
	defer transport.CloseIdleConnections()
	var crowd sync.WaitGroup
	for range 1000 {
		crowd.Go(func() {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL(), nil)
			if err != nil {
				t.Error(err)
				return
			}
			request.Header.Set("Authorization", s.Token().Reveal())
			response, err := transport.RoundTrip(request)
			if err != nil {
				t.Error(err)
				return
			}
			defer response.Body.Close()
			if body, err := io.ReadAll(response.Body); err != nil || response.StatusCode != 200 || !strings.Contains(string(body), "ASIA1") {
				t.Errorf("%d, %v: %s", response.StatusCode, err, body)
			}
		})
	}
	crowd.Wait()
	if calls.Load() != 1 {
		t.Errorf("%d mints", calls.Load())
	}
}

func TestStartFailsAsTheProviderDoes(t *testing.T) {
	declined := fault.New(fault.Person, "no code", "run: awsmint login work")
	s, err := endpoint.Start(t.Context(), aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{}, declined
	}), endpoint.Options{})
	if s != nil || !errors.Is(err, declined) {
		t.Errorf("%v, %v", s, err)
	}
}

func TestFailureIsTold(t *testing.T) {
	fail := fault.Wrap(errors.New("below"), fault.Network, "no answer from STS", "check the network; "+strings.Repeat("é", 1000))
	var later atomic.Int64
	s := start(t, aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		if later.Load() == 0 {
			return aws.Credentials{AccessKeyID: "ASIA1", CanExpire: true, Expires: time.Now().Add(time.Hour)}, nil
		}
		return aws.Credentials{AccessKeyID: "ASIA-hidden", SecretAccessKey: hiddenKey}, fail
	}), endpoint.Options{Now: func() time.Time { return time.Now().Add(time.Duration(later.Load())) }})
	later.Store(int64(2 * time.Hour))
	status, _, body := ask(t, s, nil)
	var why map[string]string
	if err := json.Unmarshal([]byte(body), &why); err != nil {
		t.Fatal(err)
	}
	if status != http.StatusServiceUnavailable || why["code"] != "CredentialsUnavailable" || !strings.HasPrefix(why["message"], "no answer from STS; check the network") ||
		len(why["message"]) > 520 || strings.Contains(body, "hidden") {
		t.Errorf("%d %s", status, body)
	}
}

func TestCloseEndsEverything(t *testing.T) {
	entered, left := make(chan struct{}), make(chan struct{})
	first := true
	s, err := endpoint.Start(t.Context(), aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
		if first {
			first = false
			return aws.Credentials{CanExpire: true, Expires: time.Now()}, nil
		}
		close(entered)
		<-ctx.Done() // a person who never answers
		close(left)
		return aws.Credentials{}, ctx.Err()
	}), endpoint.Options{})
	if err != nil {
		t.Fatal(err)
	}
	u, _ := url.Parse(s.URL())
	idle, err := net.Dial("tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	waiting := make(chan error, 1)
	<-entered
	go func() {
		request, _ := http.NewRequest(http.MethodGet, s.URL(), nil)
		request.Header.Set("Authorization", s.Token().Reveal())
		response, err := http.DefaultTransport.RoundTrip(request)
		if err == nil {
			_ = response.Body.Close()
			err = fmt.Errorf("status %d", response.StatusCode)
		}
		waiting <- err
	}()
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	select {
	case <-left:
	case <-time.After(10 * time.Second):
		t.Fatal("the renewal goes on")
	}
	<-waiting // whatever it got, it does not wait any longer
	if c, err := net.Dial("tcp", u.Host); err == nil {
		_ = c.Close()
		t.Error("the port is open")
	}
	_ = idle.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := idle.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a connection is open: %v", err)
	}
}
