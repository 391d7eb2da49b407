package provider

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// config is what the SDK's clients are made from, with explicit values: the
// SDK's config loader would cost 4 ms and run our own profile again. endpoint
// is the service's; empty: the region's own.
func (c *Client) config(endpoint string, credentials aws.CredentialsProvider, retryer aws.Retryer) (aws.Config, error) {
	httpClient, err := c.httpClient()
	if err != nil {
		return aws.Config{}, err
	}
	return aws.Config{
		Region:       c.Region,
		BaseEndpoint: optional(endpoint),
		Credentials:  credentials,
		HTTPClient:   httpClient,
		Retryer:      func() aws.Retryer { return retryer },
		// A wrong clock is told, not worked around: the expirations that
		// SDKs compare with it would be as wrong.
		DisableClockSkewCorrection: true,
		ConfigSources:              []any{variants{c}},
	}, nil
}

// variants tell the SDK's clients which of a region's endpoints is meant. It
// asks for them by the names of these methods.
type variants struct{ *Client }

func (v variants) GetUseFIPSEndpoint(context.Context) (state aws.FIPSEndpointState, found bool, err error) {
	return aws.FIPSEndpointStateEnabled, v.FIPS, nil
}

func (v variants) GetUseDualStackEndpoint(context.Context) (state aws.DualStackEndpointState, found bool, err error) {
	return aws.DualStackEndpointStateEnabled, v.DualStack, nil
}

func (c *Client) sts(credentials aws.CredentialsProvider, retryer aws.Retryer) (*sts.Client, error) {
	config, err := c.config(c.STSEndpoint, credentials, retryer)
	if err != nil {
		return nil, err
	}
	return sts.NewFromConfig(config), nil
}

func (c *Client) iam(credentials aws.CredentialsProvider, retryer aws.Retryer) (*iam.Client, error) {
	config, err := c.config(c.IAMEndpoint, credentials, retryer)
	if err != nil {
		return nil, err
	}
	return iam.NewFromConfig(config), nil
}
