package provider

import (
	"context"
	"errors"
	"fmt"
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
const machineTimeout = 5 * time.Second

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

// machineService is what to say of a service that gave no credentials.
type machineService struct {
	name    string // "the instance metadata service (http://169.254.169.254)"
	absent  string // the hint where it does not answer
	refused string // the hint where it answers something else
}

// explain is for whatever the SDK's clients say. Nothing of an answer is quoted
// but the code of an error.
func (s *machineService) explain(ctx context.Context, err error) error {
	var status interface{ HTTPStatusCode() int }
	var api interface{ ErrorCode() string }
	var op *net.OpError
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return fault.Wrap(err, fault.Person, "cancelled", "")
	case errors.As(err, &status) && status.HTTPStatusCode() != 0:
		how := fmt.Sprintf("HTTP status %d", status.HTTPStatusCode())
		if errors.As(err, &api) && api.ErrorCode() != "" {
			how = fmt.Sprintf("%s (%s)", short(api.ErrorCode()), how)
		}
		return fault.Wrap(err, fault.Refused, fmt.Sprintf("%s gives no credentials: %s", s.name, how), s.refused)
	case errors.As(err, &api) && api.ErrorCode() != "":
		return fault.Wrap(err, fault.Refused, fmt.Sprintf("%s gives no credentials: %s", s.name, short(api.ErrorCode())), s.refused)
	case isTimeout(err) || ctx.Err() != nil:
		return fault.Wrap(err, fault.Network, s.name+" does not answer", s.absent)
	case errors.As(err, &op):
		return fault.Wrap(err, fault.Network, fmt.Sprintf("%s can't be reached: %v", s.name, innermost(op.Err)), s.absent)
	}
	return fault.Wrap(err, fault.Refused, fmt.Sprintf("the answer of %s holds no credentials", s.name), s.refused)
}

func isTimeout(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.As(err, &timeout) && timeout.Timeout()
}

// complete takes what such a service gave, which must be temporary credentials.
func (s *machineService) complete(got aws.Credentials) (aws.Credentials, error) {
	if !got.HasKeys() || got.SessionToken == "" || !got.CanExpire || got.Expires.IsZero() {
		return aws.Credentials{}, fault.New(fault.Refused, fmt.Sprintf("the answer of %s holds no complete credentials", s.name), s.refused)
	}
	got.Expires = got.Expires.UTC().Truncate(time.Second)
	got.Source = providerName
	return got, nil
}
