package provider

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/awsmint/awsmint/internal/ststest"
)

// watched is a retryer that says when it is about to try again, and does so
// without a pause.
type watched struct {
	aws.Retryer
	again func()
}

func (w watched) RetryDelay(int, error) (time.Duration, error) {
	w.again()
	return 0, nil
}

// TestCodeIsSentWhenConnectionIsMadeAtLast: as long as every dial was refused,
// the code was not sent and may go out.
func TestCodeIsSentWhenConnectionIsMadeAtLast(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := free.Addr().String()
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}

	var server *ststest.Server
	refused := 0
	retryer := watched{once(ctx), func() {
		if refused++; refused < 3 {
			return
		}
		if server, err = ststest.Start(ststest.Options{Addr: addr}); err != nil {
			t.Error(err)
			return
		}
		server.Inject(ststest.Fault{Status: 500}) // from now on nothing may be sent again
	}}
	client, err := (&Client{Region: "eu-west-1", STSEndpoint: "http://" + addr}).sts(static(aws.Credentials{AccessKeyID: "AKIA", SecretAccessKey: "s"}), retryer)
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.GetSessionToken(ctx, &sts.GetSessionTokenInput{SerialNumber: aws.String("GAHT12345678"), TokenCode: aws.String("123456")})
	if server == nil {
		t.Fatalf("after %d refused connections: %v", refused, err)
	}
	defer server.Close()
	if !strings.Contains(err.Error(), "InternalFailure") {
		t.Error(err)
	}
	if calls := server.Calls("GetSessionToken"); calls != 1 || refused != 3 {
		t.Errorf("%d requests after %d refused connections", calls, refused)
	}
}

func TestWhatIsSentAgainWithCode(t *testing.T) {
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	for _, test := range []struct {
		name  string
		err   error
		again bool
	}{
		{"refused connection", dial(errors.New("connection refused")), true},
		{"name server that does not answer", dial(&net.DNSError{Name: "sts", IsTimeout: true, IsTemporary: true}), true},
		{"proxy that is down", &net.OpError{Op: "proxyconnect", Net: "tcp", Err: dial(errors.New("connection refused"))}, true},
		{"no such name", dial(&net.DNSError{Name: "sts", IsNotFound: true}), false},
		{"broken while reading", &net.OpError{Op: "read", Net: "tcp", Err: errors.New("connection reset")}, false},
		{"broken while writing", &net.OpError{Op: "write", Net: "tcp", Err: errors.New("broken pipe")}, false},
		{"anything else", errors.New("EOF"), false},
	} {
		if got := once(context.Background()).IsErrorRetryable(test.err); got != test.again {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}

// TestWhatNoOtherTryCanChange: the SDK's own retryer would try the first again.
func TestWhatNoOtherTryCanChange(t *testing.T) {
	for name, err := range map[string]error{
		"certificate":  &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}},
		"no such name": &net.OpError{Op: "dial", Err: &net.DNSError{Name: "sts", IsNotFound: true}},
	} {
		err = &smithyhttp.RequestSendError{Err: &url.Error{Op: "Post", URL: "https://sts", Err: err}}
		for _, retryer := range []aws.Retryer{patient(context.Background()), once(context.Background())} {
			if retryer.IsErrorRetryable(err) {
				t.Errorf("%s is tried again", name)
			}
		}
	}
}

// TestNoPauseBeyondDeadline: the error is the last try's, at once.
func TestNoPauseBeyondDeadline(t *testing.T) {
	last := errors.New("the last try's")
	for left, want := range map[time.Duration]error{
		time.Nanosecond:      last,
		minTry:               last, // whatever the pause, too little is left after it
		minTry + time.Minute: nil,
	} {
		ctx, cancel := context.WithTimeout(context.Background(), left)
		defer cancel()
		for range 20 { // the pause is drawn
			if _, err := patient(ctx).RetryDelay(1, last); err != want {
				t.Fatalf("with %s left: %v", left, err)
			}
		}
	}
	if _, err := patient(context.Background()).RetryDelay(3, last); err != nil {
		t.Error(err)
	}
}
