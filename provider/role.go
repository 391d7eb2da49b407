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

// Role is what AssumeRole returns. From a session, which carries MFA already,
// it needs no code of its own; straight from a long-term key it may.
type Role struct {
	assumption

	Serial string // of the MFA device whose code goes with the request; empty: none
	MFA    MFA
	Window time.Duration // the expiry window; 0: the default for its life
	Client Client

	profile string
	source  Link
}

// Profile is the section that the role stands in, or the one that it was asked
// for on top of.
func (r *Role) Profile() string { return r.profile }

// Source is what the role is assumed with.
func (r *Role) Source() Link { return r.source }

func (r *Role) kind() string { return "role" }

func (r *Role) shape(add func(name, value string)) {
	r.assumption.shape(add)
	add("serial", r.Serial)
	r.Client.shape(add)
}

func (r *Role) window() time.Duration { return r.Window }

func (r *Role) provider(o *Options, source aws.CredentialsProvider) aws.CredentialsProvider {
	return &roleProvider{
		link:    r,
		source:  source,
		asked:   o.Profile,
		codes:   o.codes(Root(r).Profile(), r.Serial, r.MFA),
		timeout: o.Timeout,
		now:     o.Now,
	}
}

// roleProvider mints role credentials with AssumeRole.
type roleProvider struct {
	link    *Role
	source  aws.CredentialsProvider
	asked   string // the profile that the run is for
	codes   codes  // nil: without MFA of its own
	timeout time.Duration
	now     func() time.Time
}

func (p *roleProvider) attended(ctx context.Context) bool {
	return p.codes != nil && p.codes.Attended(ctx) || attended(ctx, p.source)
}

// Retrieve looks at all that it will need before anyone is asked for a code:
// nothing but the call that it is for comes between a code and its use.
func (p *roleProvider) Retrieve(ctx context.Context) (aws.Credentials, error) {
	if err := p.link.Client.ready(); err != nil {
		return aws.Credentials{}, err
	}
	request := request(ctx, p.asked, p.link.Serial)
	if _, ok := p.link.source.(*Key); ok {
		if err := cooling(p.codes, request); err != nil {
			return aws.Credentials{}, err
		}
	}
	source, err := p.source.Retrieve(ctx)
	if err != nil {
		return aws.Credentials{}, err
	}
	if source.SessionToken != "" {
		// A code can't go with temporary credentials, which have no device.
		if err := p.link.checkChained(); err != nil {
			return aws.Credentials{}, err
		}
		return p.mint(ctx, source, p.sessionName(ctx, source), mfa.Code{})
	}
	if p.codes != nil {
		// Nobody need wait for a name only to be told that there is no code.
		if err := p.codes.Ready(ctx, request); err != nil {
			return aws.Credentials{}, err
		}
	}
	name := p.sessionName(ctx, source)
	return withCode(ctx, p.codes, request, func(ctx context.Context, code mfa.Code) (aws.Credentials, error) {
		return p.mint(ctx, source, name, code)
	})
}

func (p *roleProvider) mint(ctx context.Context, source aws.Credentials, name string, code mfa.Code) (aws.Credentials, error) {
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()

	retryer := patient(ctx)
	if !code.Digits.IsZero() {
		retryer = once(ctx)
	}
	client, err := p.link.Client.sts(static(source), retryer)
	if err != nil {
		return aws.Credentials{}, err
	}
	input := p.link.input()
	input.RoleSessionName = aws.String(name)
	call := call{
		action:   "AssumeRole",
		profile:  p.link.Profile(),
		keyID:    source.AccessKeyID,
		way:      code.Way,
		role:     p.link,
		endpoint: p.link.Client.STSEndpoint,
		region:   p.link.Client.Region,
		from:     p.link.Client.regionFrom,
		duration: p.link.durationFrom,
		started:  p.now(),
		now:      p.now,
	}
	if !code.Digits.IsZero() {
		call.serial = p.link.Serial
		input.SerialNumber = aws.String(p.link.Serial)
		input.TokenCode = aws.String(code.Digits.Reveal())
	}
	output, err := client.AssumeRole(ctx, input)
	if err != nil {
		return aws.Credentials{}, call.explain(ctx, err)
	}
	return temporary(call, output.Credentials, accountOf(p.link.RoleARN))
}

// nameTimeout bounds the question who calls. A name is good to have, and not
// worth the time that AssumeRole itself needs.
const nameTimeout = 3 * time.Second

// sessionName is the profile's, else the name of who calls, so that CloudTrail
// names a person: as it was when the key was stored, else as AWS says now. A
// failure to learn it stops nothing that AssumeRole itself would not be stopped
// by.
func (p *roleProvider) sessionName(ctx context.Context, source aws.Credentials) string {
	if p.link.SessionName != "" {
		return p.link.SessionName
	}
	arn := callerOf(ctx, p.source)
	if arn == "" {
		arn = p.askCaller(ctx, source)
	}
	return sessionNameFrom(arn)
}

// askCaller is who AWS says that calls; empty where it does not say.
func (p *roleProvider) askCaller(ctx context.Context, source aws.Credentials) string {
	ctx, cancel := context.WithTimeout(ctx, min(nameTimeout, p.timeout))
	defer cancel()
	client, err := p.link.Client.sts(static(source), patient(ctx))
	if err != nil {
		return ""
	}
	output, err := client.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return ""
	}
	return aws.ToString(output.Arn)
}

// named is a provider that may know whose credentials it gives.
type named interface {
	// caller is the ARN of who they speak for; empty where that is not known.
	caller(context.Context) string
}

func callerOf(ctx context.Context, p aws.CredentialsProvider) string {
	if n, ok := p.(named); ok {
		return n.caller(ctx)
	}
	return ""
}

// input is the request but for the code and the session name.
func (a *assumption) input() *sts.AssumeRoleInput {
	input := &sts.AssumeRoleInput{
		RoleArn:           aws.String(a.RoleARN),
		DurationSeconds:   seconds(a.Duration),
		ExternalId:        optional(a.ExternalID),
		SourceIdentity:    optional(a.SourceIdentity),
		Policy:            optional(a.Policy),
		PolicyArns:        a.policies(),
		TransitiveTagKeys: a.TransitiveTags,
	}
	for _, tag := range a.Tags {
		input.Tags = append(input.Tags, types.Tag{Key: aws.String(tag.Key), Value: aws.String(tag.Value)})
	}
	return input
}

func (a *assumption) policies() (policies []types.PolicyDescriptorType) {
	for _, arn := range a.PolicyARNs {
		policies = append(policies, types.PolicyDescriptorType{Arn: aws.String(arn)})
	}
	return policies
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return aws.String(text)
}

func seconds(d time.Duration) *int32 { return aws.Int32(int32(d / time.Second)) }

// checkChained refuses what AWS would refuse: temporary credentials give role
// credentials of one hour at most.
func (r *Role) checkChained() error {
	if r.Duration <= ChainedDuration {
		return nil
	}
	return fault.New(fault.Usage,
		fmt.Sprintf("profile %q asks for %s, and role credentials minted from temporary ones live %s at most: %s",
			r.profile, Span(r.Duration), Span(ChainedDuration), Describe(r)),
		r.otherDuration())
}
