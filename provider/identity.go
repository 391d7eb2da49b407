package provider

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/keychain"
)

// Verifier asks AWS about a long-term key before it is stored.
type Verifier struct {
	Profile string
	Key     keychain.Key
	Client  Client
	Timeout time.Duration    // 0: DefaultTimeout
	Now     func() time.Time // nil: time.Now
}

// ClientFor returns how AWS is reached for a profile that may not be in the
// config yet. region, where given, goes before everything else.
func ClientFor(config *awsconfig.Config, getenv func(string) string, profile, region string) (Client, error) {
	section, err := config.Profile(profile)
	if errors.Is(err, awsconfig.ErrNoProfile) {
		section, err = awsconfig.Empty(profile), nil
	}
	if err != nil {
		return Client{}, err
	}
	client, err := clientSettings(config, section, getenv, "")
	if err != nil {
		return client, err
	}
	if region != "" {
		if err := CheckRegion(region); err != nil {
			return client, err
		}
		client.Region, client.regionFrom = region, "--region"
	}
	if client.IAMEndpoint, err = client.endpoint(config, section, getenv, "iam"); err != nil {
		return client, err
	}
	return client, client.Check()
}

// Identity is who a key belongs to.
type Identity struct {
	Account string // 12 digits
	ARN     string
}

// Identity calls GetCallerIdentity, which every key may.
func (v *Verifier) Identity(ctx context.Context) (Identity, error) {
	ctx, cancel, call := v.begin(ctx, "GetCallerIdentity", v.Client.STSEndpoint)
	defer cancel()
	client, err := v.Client.sts(static(longTerm(v.Key)), patient(ctx))
	if err != nil {
		return Identity{}, err
	}
	output, err := client.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return Identity{}, call.explain(ctx, err)
	}
	return Identity{Account: aws.ToString(output.Account), ARN: aws.ToString(output.Arn)}, nil
}

// MFADevices returns the serial numbers of the user's devices that STS takes
// codes of. Many users may not list them; the error then says so.
func (v *Verifier) MFADevices(ctx context.Context) ([]string, error) {
	ctx, cancel, call := v.begin(ctx, "ListMFADevices", v.Client.IAMEndpoint)
	defer cancel()
	client, err := v.Client.iam(static(longTerm(v.Key)), patient(ctx))
	if err != nil {
		return nil, err
	}
	output, err := client.ListMFADevices(ctx, &iam.ListMFADevicesInput{})
	if err != nil {
		return nil, call.explain(ctx, err)
	}
	var serials []string
	for _, device := range output.MFADevices {
		if serial := aws.ToString(device.SerialNumber); !strings.Contains(serial, ":u2f/") {
			serials = append(serials, serial)
		}
	}
	slices.Sort(serials)
	return serials, nil
}

// Made is when AWS made the key, to the second. Many users may not list their
// keys; the error then says so.
func (v *Verifier) Made(ctx context.Context) (time.Time, error) {
	ctx, cancel, call := v.begin(ctx, "ListAccessKeys", v.Client.IAMEndpoint)
	defer cancel()
	client, err := v.Client.iam(static(longTerm(v.Key)), patient(ctx))
	if err != nil {
		return time.Time{}, err
	}
	output, err := client.ListAccessKeys(ctx, &iam.ListAccessKeysInput{})
	if err != nil {
		return time.Time{}, call.explain(ctx, err)
	}
	for _, key := range output.AccessKeyMetadata {
		if aws.ToString(key.AccessKeyId) == v.Key.AccessKeyID {
			return aws.ToTime(key.CreateDate).UTC().Truncate(time.Second), nil
		}
	}
	return time.Time{}, errors.New("the key is not in the list of the user's keys")
}

func (v *Verifier) begin(ctx context.Context, action, endpoint string) (context.Context, context.CancelFunc, call) {
	timeout, now := v.Timeout, v.Now
	if timeout == 0 {
		timeout = DefaultTimeout
	}
	if now == nil {
		now = time.Now
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	return ctx, cancel, call{
		action:   action,
		profile:  v.Profile,
		keyID:    v.Key.AccessKeyID,
		entered:  true,
		endpoint: endpoint,
		region:   v.Client.Region,
		from:     v.Client.regionFrom,
		started:  now(),
		now:      now,
	}
}
