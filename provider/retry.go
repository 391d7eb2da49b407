package provider

import (
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
)

// patient retries throttling, server errors and broken connections.
func patient() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = maxAttempts
		o.MaxBackoff = maxBackoff
	})
}

// once is for requests that carry a one-time code, which AWS takes once: it
// repeats a request only when no connection was made, so that the code can't
// have been sent.
func once() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = maxAttempts
		o.MaxBackoff = maxBackoff
		o.Retryables = []retry.IsErrorRetryable{retry.IsErrorRetryableFunc(neverConnected)}
	})
}

func neverConnected(err error) aws.Ternary {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return aws.TrueTernary
	}
	return aws.FalseTernary
}
