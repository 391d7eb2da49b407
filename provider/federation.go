package provider

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	smithy "github.com/aws/smithy-go"

	"github.com/awsmint/awsmint/internal/fault"
)

// The limits of GetFederationToken.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
const (
	minFederation      = 15 * time.Minute
	maxFederation      = 36 * time.Hour
	maxFederatedName   = 32
	actionFederate     = "GetFederationToken"
	defaultFederation  = 12 * time.Hour
	federationNeedsKey = "GetFederationToken takes a permanent key only"
)

// Federation is what GetFederationToken returns for a key: credentials that
// may do what both the user and the policies allow. They carry no MFA, and may
// not call IAM, nor STS but to ask who they are.
type Federation struct {
	PolicyARNs []string // managed policies, at least one
	Duration   time.Duration
	Client     Client

	source Link // a long-term key
}

// Profile is the section that the key belongs to.
func (f *Federation) Profile() string { return f.source.Profile() }

// Source is the key.
func (f *Federation) Source() Link { return f.source }

func (f *Federation) kind() string { return "federation" }

func (f *Federation) shape(add func(name, value string)) {
	for _, arn := range f.PolicyARNs {
		add("policy arn", arn)
	}
	add("duration", f.Duration.String())
	f.Client.shape(add)
}

func (f *Federation) window() time.Duration { return 0 }

func (f *Federation) provider(o *Options, source aws.CredentialsProvider) aws.CredentialsProvider {
	return &federationProvider{link: f, source: source, timeout: o.Timeout, now: o.Now}
}

// federationProvider mints with GetFederationToken.
type federationProvider struct {
	link    *Federation
	source  aws.CredentialsProvider // the long-term key
	timeout time.Duration
	now     func() time.Time
}

// Retrieve names the federated user after the IAM user, so that CloudTrail
// names a person.
func (p *federationProvider) Retrieve(ctx context.Context) (aws.Credentials, error) {
	if err := p.link.Client.ready(); err != nil {
		return aws.Credentials{}, err
	}
	key, err := p.source.Retrieve(ctx)
	if err != nil {
		return aws.Credentials{}, err
	}
	if key.SessionToken != "" {
		return aws.Credentials{}, fault.New(fault.Usage,
			fmt.Sprintf("%s gives temporary credentials, and %s", Describe(p.link.source), federationNeedsKey),
			"narrow a role instead: --role-arn ARN, or a profile that has one")
	}
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	client, err := p.link.Client.sts(static(key), patient(ctx))
	if err != nil {
		return aws.Credentials{}, err
	}
	call := call{
		action:   actionFederate,
		profile:  p.link.Profile(),
		keyID:    key.AccessKeyID,
		endpoint: p.link.Client.STSEndpoint,
		region:   p.link.Client.Region,
		from:     p.link.Client.regionFrom,
		duration: durationFlag,
		started:  p.now(),
		now:      p.now,
	}
	narrowing := assumption{PolicyARNs: p.link.PolicyARNs}
	output, err := client.GetFederationToken(ctx, &sts.GetFederationTokenInput{
		Name:            aws.String(federatedName(callerOf(ctx, p.source))),
		DurationSeconds: seconds(p.link.Duration),
		PolicyArns:      narrowing.policies(),
	})
	if err != nil {
		return aws.Credentials{}, p.link.explain(call.explain(ctx, err))
	}
	return temporary(call, output.Credentials, key.AccountID)
}

// explain says what is special about a refusal: few users may call
// GetFederationToken.
func (f *Federation) explain(err error) error {
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != "AccessDenied" {
		return err
	}
	return fault.Wrap(err, fault.StatusOf(err), err.Error(),
		"policies on a user's own credentials, and the console, take the permission sts:GetFederationToken; ask for it, or name a role: --role-arn ARN")
}

// federatedName is a role session name, cut to what GetFederationToken takes.
func federatedName(callerARN string) string {
	name := sessionNameFrom(callerARN)
	return name[:min(len(name), maxFederatedName)]
}

// checkFederation refuses durations that AWS would refuse.
func checkFederation(d time.Duration) error {
	if d >= minFederation && d <= maxFederation {
		return nil
	}
	return fault.New(fault.Usage, fmt.Sprintf("credentials of a user that are narrowed by policies can't live %s", Span(d)),
		fmt.Sprintf("they live from %s to %s", Span(minFederation), Span(maxFederation)))
}
