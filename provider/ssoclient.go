package provider

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sso"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc"
	smithy "github.com/aws/smithy-go"

	"github.com/awsmint/awsmint/internal/fault"
)

// center is an IAM Identity Center: its service of tokens (OIDC), and its
// access portal.
type center struct {
	link    *SSO
	timeout time.Duration // for AWS to answer one request, retries included
	now     func() time.Time
}

func (s *SSO) oidc(retryer aws.Retryer) (*ssooidc.Client, error) {
	config, err := s.config(s.OIDCEndpoint, retryer)
	if err != nil {
		return nil, err
	}
	return ssooidc.NewFromConfig(config), nil
}

func (s *SSO) portal(retryer aws.Retryer) (*sso.Client, error) {
	config, err := s.config(s.PortalEndpoint, retryer)
	if err != nil {
		return nil, err
	}
	return sso.NewFromConfig(config), nil
}

// config is that of the region of the Identity Center, which takes tokens in
// place of signatures.
func (s *SSO) config(endpoint string, retryer aws.Retryer) (aws.Config, error) {
	config, err := s.Client.config(endpoint, aws.AnonymousCredentials{}, retryer)
	config.Region = s.Region
	return config, err
}

// oidcURL is where the service of tokens is, for the browser.
func (s *SSO) oidcURL(ctx context.Context) (string, error) {
	parameters := ssooidc.EndpointParameters{
		Region: aws.String(s.Region), UseFIPS: aws.Bool(s.Client.FIPS), UseDualStack: aws.Bool(s.Client.DualStack),
		Endpoint: optional(s.OIDCEndpoint),
	}
	endpoint, err := ssooidc.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx, parameters)
	if err != nil {
		return "", fault.Wrap(err, fault.Usage, fmt.Sprintf("there is no endpoint of IAM Identity Center for the region %q: %v", s.Region, err),
			"look at sso_region, use_fips_endpoint and use_dualstack_endpoint")
	}
	return endpoint.URI.String(), nil
}

// ask sends one request to the service of tokens, within the time that AWS has
// to answer, and explains what goes wrong. retryer is patient or once.
func (c *center) ask(ctx context.Context, action string, retryer func(context.Context) aws.Retryer, send func(context.Context, *ssooidc.Client) error) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	client, err := c.link.oidc(retryer(ctx))
	if err != nil {
		return err
	}
	started := c.now()
	if err := send(ctx, client); err != nil {
		return c.explain(ctx, c.call(action, c.link.OIDCEndpoint, started), err)
	}
	return nil
}

func (c *center) call(action, endpoint string, started time.Time) call {
	return call{
		action:   action,
		profile:  c.link.profile,
		service:  "IAM Identity Center",
		endpoint: endpoint,
		region:   c.link.Region,
		from:     c.link.Client.regionFrom,
		started:  started,
		now:      c.now,
	}
}

// explain is call.explain for the words of IAM Identity Center.
func (c *center) explain(ctx context.Context, call call, err error) error {
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() == noCode {
		return call.explain(ctx, err)
	}
	code, message := short(api.ErrorCode()), short(firstSet(api.ErrorMessage(), description(err)))
	if message != "" {
		message = ": " + message
	}
	if passing(err, code) {
		return fault.Wrap(err, fault.Network, fmt.Sprintf("IAM Identity Center could not answer %s%s (%s)", call.action, message, code),
			"this is temporary; run the same command again in a moment")
	}
	return fault.Wrap(err, fault.Refused,
		fmt.Sprintf("IAM Identity Center refused %s for profile %q%s (%s)", call.action, call.profile, message, code),
		fmt.Sprintf("the words are AWS's; check sso_start_url (%s) and sso_region (%s)", c.link.StartURL, c.link.Region))
}
