package provider

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
)

// The deadline of the call bounds retries; these only keep a fast failure from
// becoming a storm.
const (
	maxAttempts = 6
	maxBackoff  = 4 * time.Second

	// minTry is the time that one more try must have left to be worth making.
	minTry = time.Second
)

// patient retries throttling, server errors and broken connections.
func patient(ctx context.Context) aws.Retryer {
	return until(ctx, func(o *retry.StandardOptions) {
		o.Retryables = append([]retry.IsErrorRetryable{retry.IsErrorRetryableFunc(hopeless)}, o.Retryables...)
	})
}

// once is for requests that carry a one-time code, which AWS takes once: it
// repeats a request only when no connection was made, so that the code can't
// have been sent.
func once(ctx context.Context) aws.Retryer {
	return until(ctx, func(o *retry.StandardOptions) {
		o.Retryables = []retry.IsErrorRetryable{
			retry.IsErrorRetryableFunc(hopeless), retry.IsErrorRetryableFunc(neverConnected),
		}
	})
}

// careful is for requests that make something which is told once: it repeats
// them only where AWS has certainly not carried them out.
func careful(ctx context.Context) aws.Retryer {
	return until(ctx, func(o *retry.StandardOptions) {
		o.Retryables = []retry.IsErrorRetryable{
			retry.IsErrorRetryableFunc(hopeless),
			retry.RetryableErrorCode{Codes: retry.DefaultThrottleErrorCodes},
			retry.IsErrorRetryableFunc(neverConnected),
		}
	})
}

// hopeless is for what another try can't change. The SDK would try again with
// a certificate that is not trusted.
func hopeless(err error) aws.Ternary {
	var certificate *tls.CertificateVerificationError
	var dns *net.DNSError
	if errors.As(err, &certificate) || errors.As(err, &dns) && dns.IsNotFound {
		return aws.FalseTernary
	}
	return aws.UnknownTernary
}

func neverConnected(err error) aws.Ternary {
	var op *net.OpError
	if errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect") {
		return aws.TrueTernary
	}
	return aws.FalseTernary
}

// bounded is the SDK's retryer, which gives up when ctx would end during the
// pause or soon after it: the error is then that of the last try, and not only
// that time is up.
type bounded struct {
	*retry.Standard
	ctx context.Context
}

func until(ctx context.Context, options func(*retry.StandardOptions)) aws.Retryer {
	return bounded{ctx: ctx, Standard: retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = maxAttempts
		o.MaxBackoff = maxBackoff
		options(o)
	})}
}

// RetryDelay returns err itself where there is no time for another try.
func (b bounded) RetryDelay(attempt int, err error) (time.Duration, error) {
	delay, delayErr := b.Standard.RetryDelay(attempt, err)
	if delayErr != nil {
		return delay, delayErr
	}
	if deadline, ok := b.ctx.Deadline(); ok && time.Until(deadline) < delay+minTry {
		return 0, err
	}
	return delay, nil
}
