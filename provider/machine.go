package provider

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"

	"github.com/awsmint/awsmint/internal/fault"
)

// machineTimeout is how long a service of this very machine has to answer, all
// tries included. Where there is none, nothing may answer at all.
const machineTimeout = 3 * time.Second

// machineDial is how long a connection to such a service may take to be made.
const machineDial = time.Second

// hostName tells one machine from another that shares its home directory; empty
// where it is not known.
func hostName() string {
	name, err := os.Hostname()
	if err != nil {
		return ""
	}
	return name
}

// machineClient reaches what this machine itself, or the host below it, offers.
// It passes by every proxy: that would answer with credentials of its own
// machine, or see those of this one.
func machineClient() *awshttp.BuildableClient {
	return awshttp.NewBuildableClient().
		WithDialerOptions(func(d *net.Dialer) { d.Timeout = machineDial }).
		WithTransportOptions(func(t *http.Transport) { t.Proxy = nil })
}

// machineService is such a service, asked by one of the SDK's clients. These
// lose on their way what the service answered, so it is looked at here.
type machineService struct {
	client  *awshttp.BuildableClient
	name    string // "the instance metadata service (http://169.254.169.254)"
	absent  string // the hint where it does not answer
	refused string // the hint where it answers something else

	last struct {
		method string
		status int   // 0: no answer
		err    error // on the way, or in the middle of the answer
	}
}

// Do implements the SDK's HTTPClient.
func (s *machineService) Do(request *http.Request) (*http.Response, error) {
	response, err := s.client.Do(request)
	s.last.method, s.last.status, s.last.err = request.Method, 0, err
	if response != nil {
		s.last.status = response.StatusCode
		response.Body = &watchedBody{response.Body, &s.last.err}
	}
	return response, err
}

// watchedBody notes what an answer breaks off with.
type watchedBody struct {
	io.ReadCloser
	err *error
}

func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		*b.err = err
	}
	return n, err
}

// explain is for whatever the client says. Nothing of an answer is quoted but
// the code of an error.
func (s *machineService) explain(ctx context.Context, err error) error {
	var api interface{ ErrorCode() string }
	code := ""
	if errors.As(err, &api) {
		code = short(api.ErrorCode())
	}
	answer := code
	if s.last.status >= http.StatusMultipleChoices {
		answer = fmt.Sprintf("HTTP status %d", s.last.status)
		if code != "" {
			answer = fmt.Sprintf("%s (%s)", code, answer)
		}
	}
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return fault.Wrap(err, fault.Person, "cancelled", "")
	case throttlingCodes[code] || passes(s.last.status):
		return fault.Wrap(err, fault.Network, s.name+" could not answer: "+answer, "this passes; run the same command again in a moment")
	case s.last.status >= http.StatusMultipleChoices:
		return fault.Wrap(err, fault.Refused, s.name+" gives no credentials: "+answer, s.refused)
	case ctx.Err() != nil || isTimeout(s.last.err):
		return fault.Wrap(err, fault.Network, s.name+" does not answer", s.absent)
	case s.last.err != nil && s.last.status != 0:
		return fault.Wrap(err, fault.Network, fmt.Sprintf("the answer of %s breaks off: %v", s.name, innermost(s.last.err)), "run the same command again")
	case s.last.err != nil:
		return fault.Wrap(err, fault.Network, fmt.Sprintf("%s can't be reached: %v", s.name, innermost(s.last.err)), s.absent)
	case code != "":
		return fault.Wrap(err, fault.Refused, s.name+" gives no credentials: "+answer, s.refused)
	}
	return fault.Wrap(err, fault.Refused, "the answer of "+s.name+" holds no credentials", s.refused)
}

// passes reports whether an HTTP status tells of trouble inside the service, or
// of too many requests. The metadata service gives no more than that.
func passes(status int) bool {
	return status == http.StatusTooManyRequests || status >= http.StatusInternalServerError
}

func isTimeout(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.As(err, &timeout) && timeout.Timeout()
}

// complete takes what such a service gave, which must be temporary credentials.
func (s *machineService) complete(got aws.Credentials) (aws.Credentials, error) {
	if !got.HasKeys() || got.SessionToken == "" || got.Expires.IsZero() {
		return aws.Credentials{}, fault.New(fault.Refused, fmt.Sprintf("the answer of %s holds no complete credentials", s.name), s.refused)
	}
	got.Expires = got.Expires.UTC().Truncate(time.Second)
	got.Source = providerName
	return got, nil
}
