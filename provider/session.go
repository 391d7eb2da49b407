package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/mfa"
)

// codes gives the code for one call of send, and waits, asks again and
// remembers as codes demand. *mfa.Codes is the real one.
type codes interface {
	Use(ctx context.Context, req mfa.Request, send func(context.Context, mfa.Code) error) error
}

// sessionProvider mints a session with GetSessionToken.
type sessionProvider struct {
	link    *Session
	source  aws.CredentialsProvider // the long-term key
	codes   codes
	timeout time.Duration // for AWS to answer
	now     func() time.Time
}

// Retrieve looks at all that it will need first: that the keychain is locked or
// the CA bundle missing must be told before anyone has typed a code for nothing.
func (p *sessionProvider) Retrieve(ctx context.Context) (minted aws.Credentials, err error) {
	if err := p.link.Client.Check(); err != nil {
		return aws.Credentials{}, err
	}
	key, err := p.source.Retrieve(ctx)
	if err != nil {
		return aws.Credentials{}, err
	}
	if _, err := p.link.Client.roots(); err != nil {
		return aws.Credentials{}, err
	}
	if p.link.Serial == "" {
		return p.mint(ctx, key, mfa.Code{})
	}
	request := mfa.Request{Profile: p.link.Profile(), Serial: p.link.Serial}
	err = p.codes.Use(ctx, request, func(ctx context.Context, code mfa.Code) (err error) {
		minted, err = p.mint(ctx, key, code)
		return err
	})
	return minted, err
}

func (p *sessionProvider) mint(ctx context.Context, key aws.Credentials, code mfa.Code) (aws.Credentials, error) {
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()

	input := &sts.GetSessionTokenInput{DurationSeconds: aws.Int32(int32(p.link.Duration / time.Second))}
	retryer := patient(ctx)
	if p.link.Serial != "" {
		input.SerialNumber = aws.String(p.link.Serial)
		input.TokenCode = aws.String(code.Digits.Reveal())
		retryer = once(ctx)
	}
	client, err := p.link.Client.sts(static(key), retryer)
	if err != nil {
		return aws.Credentials{}, err
	}
	call := call{
		action:   "GetSessionToken",
		profile:  p.link.Profile(),
		keyID:    key.AccessKeyID,
		serial:   p.link.Serial,
		way:      code.Way,
		endpoint: p.link.Client.STSEndpoint,
		region:   p.link.Client.Region,
		started:  p.now(),
		now:      p.now,
	}
	output, err := client.GetSessionToken(ctx, input)
	if err != nil {
		return aws.Credentials{}, call.explain(ctx, err)
	}
	got := output.Credentials
	if got == nil || aws.ToString(got.AccessKeyId) == "" || aws.ToString(got.SecretAccessKey) == "" ||
		aws.ToString(got.SessionToken) == "" || got.Expiration == nil {
		return aws.Credentials{}, fault.New(fault.Failure,
			fmt.Sprintf("the answer of %s holds no complete credentials", call.action), "look at the endpoint: is it STS?")
	}
	return aws.Credentials{
		AccessKeyID:     *got.AccessKeyId,
		SecretAccessKey: *got.SecretAccessKey,
		SessionToken:    *got.SessionToken,
		AccountID:       accountOf(p.link.Serial),
		CanExpire:       true,
		Expires:         got.Expiration.UTC().Truncate(time.Second),
		Source:          providerName,
	}, nil
}

// static hands out c as it is.
func static(c aws.Credentials) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return c, nil })
}
