package provider

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	smithy "github.com/aws/smithy-go"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
)

// Probe asks AWS about credentials as they are, for who wants to know what is
// wrong with them. It changes nothing.
type Probe struct {
	Profile     string // that errors name
	Credentials aws.Credentials
	Client      Client
	Timeout     time.Duration    // 0: DefaultTimeout
	Now         func() time.Time // nil: time.Now
}

// KeyProbe is the Probe of a long-term key.
func KeyProbe(profile string, key keychain.Key, client Client) *Probe {
	return &Probe{Profile: profile, Credentials: longTerm(key), Client: client}
}

// Identity calls GetCallerIdentity, which all credentials may. at is the time
// in the Date header of the answer, also of one that refuses; zero: there was
// none. The error is a fault, which RefusalOf tells from others.
func (p *Probe) Identity(ctx context.Context) (who Identity, at time.Time, err error) {
	v := Verifier{Profile: p.Profile, Client: p.Client, Timeout: p.Timeout, Now: p.Now}
	v.Key.AccessKeyID = p.Credentials.AccessKeyID
	ctx, cancel, call := v.begin(ctx, "GetCallerIdentity", p.Client.STSEndpoint)
	defer cancel()
	call.entered = false
	client, err := p.Client.sts(static(p.Credentials), patient(ctx))
	if err != nil {
		return Identity{}, time.Time{}, err
	}
	output, err := client.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return Identity{}, dateOf(err), call.explain(ctx, err)
	}
	at, _ = awsmiddleware.GetServerTime(output.ResultMetadata)
	return Identity{Account: aws.ToString(output.Account), ARN: aws.ToString(output.Arn)}, at, nil
}

// dateOf is the time of an answer that refuses; zero where there was none.
func dateOf(err error) time.Time {
	var response *awshttp.ResponseError
	if !errors.As(err, &response) || response.HTTPResponse() == nil {
		return time.Time{}
	}
	at, err := http.ParseTime(response.HTTPResponse().Header.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return at
}

// Refusal is why AWS did not take a request.
type Refusal string

// The refusals, after the errors of STS and IAM.
const (
	RefusedNot        Refusal = ""                // the error is none of AWS's
	RefusedKey        Refusal = "key-unknown"     // InvalidClientTokenId: deleted, disabled, or of another partition
	RefusedSignature  Refusal = "signature-wrong" // the secret is another key's
	RefusedClock      Refusal = "clock-wrong"     // the request's time is more than 15 minutes off
	RefusedExpired    Refusal = "session-expired"
	RefusedRegion     Refusal = "region-disabled"
	RefusedDenied     Refusal = "access-denied"
	RefusedOtherwise  Refusal = "aws-refused"
	RefusedUnanswered Refusal = "aws-unreachable" // no answer, or one that says that it is passing
)

// RefusalOf tells why AWS did not take a request, from the request's error.
func RefusalOf(err error) Refusal {
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() == noCode {
		if fault.StatusOf(err) == fault.Network {
			return RefusedUnanswered
		}
		return RefusedNot
	}
	code, message := api.ErrorCode(), api.ErrorMessage()
	switch {
	case strings.Contains(message, "Signature expired"), strings.Contains(message, "Signature not yet current"),
		code == "RequestTimeTooSkewed", code == "RequestExpired":
		return RefusedClock
	case code == "InvalidClientTokenId", code == "UnrecognizedClientException":
		return RefusedKey
	case code == "SignatureDoesNotMatch", code == "IncompleteSignature":
		return RefusedSignature
	case code == "ExpiredToken", code == "ExpiredTokenException":
		return RefusedExpired
	case code == "RegionDisabledException":
		return RefusedRegion
	case code == "AccessDenied":
		return RefusedDenied
	case passing(err, code):
		return RefusedUnanswered
	}
	return RefusedOtherwise
}

// Held returns the credentials that are in the cache and live, however short,
// and mints nothing. ok is false where there are none; the error is the
// keychain's, whose key opens them.
func (c *Cached) Held(ctx context.Context) (held aws.Credentials, ok bool, err error) {
	old, err := c.current().lookUp(ctx)
	return old.credentials, old.alive, err
}

// ProgramOf is the program that a credential_process line runs in the end, as
// the line names it: behind env, nice and nohup. It is empty for a line that
// can't be taken apart.
func ProgramOf(line string) string {
	words, err := split(line)
	if err != nil {
		return ""
	}
	if words = withoutPrefixes(words); len(words) == 0 {
		return ""
	}
	return words[0]
}
