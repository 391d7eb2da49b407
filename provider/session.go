package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/mfa"
)

// Session is what GetSessionToken returns for a key.
type Session struct {
	Serial   string        // of the MFA device; empty: a session without MFA
	Duration time.Duration // its whole life
	Window   time.Duration // the expiry window; 0: the default for its life
	MFA      MFA
	Client   Client

	source Link // a long-term key
}

// Profile is the section that the session belongs to: its key's.
func (s *Session) Profile() string { return s.source.Profile() }

// Source is the key.
func (s *Session) Source() Link { return s.source }

func (s *Session) kind() string { return "session" }

func (s *Session) shape(add func(name, value string)) {
	add("serial", s.Serial)
	add("duration", s.Duration.String())
	s.Client.shape(add)
}

func (s *Session) window() time.Duration { return s.Window }

func (s *Session) provider(o *Options, source aws.CredentialsProvider) aws.CredentialsProvider {
	return &sessionProvider{
		link:    s,
		source:  source,
		asked:   o.Profile,
		codes:   o.codes(s.Profile(), s.Serial, s.MFA),
		timeout: o.Timeout,
		now:     o.Now,
	}
}

// sessionProvider mints a session with GetSessionToken.
type sessionProvider struct {
	link    *Session
	source  aws.CredentialsProvider // the long-term key
	asked   string                  // the profile that the run is for
	codes   codes                   // nil: without MFA
	timeout time.Duration           // for AWS to answer
	now     func() time.Time
}

func (p *sessionProvider) attended(ctx context.Context) bool {
	return p.codes != nil && p.codes.Attended(ctx)
}

// caller is whose session it is, where the key knows.
func (p *sessionProvider) caller(ctx context.Context) string { return callerOf(ctx, p.source) }

// Retrieve looks at all that it will need first: that the keychain is locked or
// the CA bundle missing must be told before anyone has typed a code for nothing.
func (p *sessionProvider) Retrieve(ctx context.Context) (aws.Credentials, error) {
	if err := p.link.Client.ready(); err != nil {
		return aws.Credentials{}, err
	}
	request := request(ctx, p.asked, p.link.Serial)
	if err := cooling(p.codes, request); err != nil {
		return aws.Credentials{}, err
	}
	key, err := p.source.Retrieve(ctx)
	if err != nil {
		return aws.Credentials{}, err
	}
	if key.SessionToken != "" {
		return aws.Credentials{}, fault.New(fault.Usage,
			fmt.Sprintf("%s gives temporary credentials, and STS makes sessions from permanent keys only", Describe(p.link.source)),
			"take mfa_serial and awsmint_mfa_serial out of the profile: it needs no session of its own")
	}
	return withCode(ctx, p.codes, request, func(ctx context.Context, code mfa.Code) (aws.Credentials, error) {
		return p.mint(ctx, key, code)
	})
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
		from:     p.link.Client.regionFrom,
		started:  p.now(),
		now:      p.now,
	}
	output, err := client.GetSessionToken(ctx, input)
	if err != nil {
		return aws.Credentials{}, call.explain(ctx, err)
	}
	return temporary(call, output.Credentials, firstSet(accountOf(p.link.Serial), key.AccountID))
}

// temporary takes what STS answered.
func temporary(c call, got *types.Credentials, account string) (aws.Credentials, error) {
	if got == nil || aws.ToString(got.AccessKeyId) == "" || aws.ToString(got.SecretAccessKey) == "" ||
		aws.ToString(got.SessionToken) == "" || got.Expiration == nil {
		return aws.Credentials{}, fault.New(fault.Failure,
			fmt.Sprintf("the answer of %s holds no complete credentials", c.action), "check that the endpoint is one of STS")
	}
	return aws.Credentials{
		AccessKeyID:     *got.AccessKeyId,
		SecretAccessKey: *got.SecretAccessKey,
		SessionToken:    *got.SessionToken,
		AccountID:       account,
		CanExpire:       true,
		Expires:         got.Expiration.UTC().Truncate(time.Second),
		Source:          providerName,
	}, nil
}

// static hands out c as it is.
func static(c aws.Credentials) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return c, nil })
}
