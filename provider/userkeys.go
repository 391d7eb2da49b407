package provider

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/smithy-go/middleware"
)

// listKeys asks for the caller's own keys, without their last use. metadata has
// AWS's time.
func listKeys(ctx context.Context, client *iam.Client) (keys []UserKey, metadata middleware.Metadata, err error) {
	output, err := client.ListAccessKeys(ctx, &iam.ListAccessKeysInput{})
	if err != nil {
		return nil, metadata, err
	}
	for _, key := range output.AccessKeyMetadata {
		keys = append(keys, UserKey{ID: aws.ToString(key.AccessKeyId), Active: key.Status == types.StatusTypeActive, Created: aws.ToTime(key.CreateDate)})
	}
	return keys, output.ResultMetadata, nil
}

// askLastUse fills in when a key was last used.
func askLastUse(ctx context.Context, client *iam.Client, key *UserKey) error {
	output, err := client.GetAccessKeyLastUsed(ctx, &iam.GetAccessKeyLastUsedInput{AccessKeyId: &key.ID})
	if err != nil {
		return err
	}
	key.UseKnown = true
	if output.AccessKeyLastUsed != nil {
		key.LastUsed = aws.ToTime(output.AccessKeyLastUsed.LastUsedDate)
	}
	return nil
}

// Keys are the keys of the user that the key belongs to, with their last use
// where AWS tells it. IAM is asked with the key itself, and so without MFA; many
// users may not list their keys then, and the error says so.
func (v *Verifier) Keys(ctx context.Context) ([]UserKey, error) {
	ctx, cancel, call := v.begin(ctx, "ListAccessKeys", v.Client.IAMEndpoint)
	defer cancel()
	client, err := v.Client.iam(static(longTerm(v.Key)), patient(ctx))
	if err != nil {
		return nil, err
	}
	keys, _, err := listKeys(ctx, client)
	if err != nil {
		return nil, call.explain(ctx, err)
	}
	for i := range keys {
		if err := askLastUse(ctx, client, &keys[i]); err != nil {
			break // the user may not know, and nothing depends on it
		}
	}
	return keys, nil
}
