package provider

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	smithy "github.com/aws/smithy-go"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/secret"
)

// apiCode is the code of AWS's error in a chain; empty where there is none.
func apiCode(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

// isUnknownKey is what AWS says of a key that was deleted, is inactive, or is
// not known everywhere yet.
func isUnknownKey(err error) bool { return apiCode(err) == "InvalidClientTokenId" }

// isFinal reports whether AWS has refused a request, so that it is certain that
// it was not carried out.
func isFinal(err error) bool { return fault.StatusOf(err) == fault.Refused && apiCode(err) != "" }

// credentials are what IAM is asked with: a session, which is minted once and
// outlives the key that it was minted with, or else the key in use.
func (r *rotating) credentials(ctx context.Context) (aws.Credentials, error) {
	if r.Session.Serial == "" {
		return longTerm(r.item), nil
	}
	if !r.session.HasKeys() {
		minted, err := New(r.Session, r.Options).Retrieve(ctx)
		if err != nil {
			return minted, err
		}
		r.session = minted
	}
	return r.session, nil
}

// ask is one request to IAM. A key that was just made may not be known there
// yet, although STS knows it, and is given time.
func (r *rotating) ask(ctx context.Context, action string, retryer func(context.Context) aws.Retryer, do func(context.Context, *iam.Client) error) error {
	credentials, err := r.credentials(ctx)
	if err != nil {
		return err
	}
	once := func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, r.Options.Timeout)
		defer cancel()
		call := r.call(action, credentials.AccessKeyID)
		client, err := r.Client.iam(static(credentials), retryer(ctx))
		if err != nil {
			return err
		}
		if err := do(ctx, client); err != nil {
			return r.explain(ctx, call, err)
		}
		return nil
	}
	if r.step() != keychain.RotationSwitched && r.step() != keychain.RotationDeactivated || credentials.SessionToken != "" {
		return once(ctx)
	}
	var last error
	err = r.poll(ctx, "", 1, nil, func(ctx context.Context) (bool, error) {
		if last = once(ctx); isUnknownKey(last) {
			return false, nil
		}
		return true, last
	})
	if isUnknownKey(last) {
		return last
	}
	return err
}

func (r *rotating) call(action, keyID string) call {
	return call{
		action: action, profile: r.Profile, keyID: keyID, service: "IAM", entered: true,
		endpoint: r.Client.IAMEndpoint, region: r.Client.Region, from: r.Client.regionFrom,
		started: r.Options.Now(), now: r.Options.Now,
	}
}

// explain has words of its own for what a user's policies deny.
func (r *rotating) explain(ctx context.Context, c call, err error) error {
	explained := c.explain(ctx, err)
	switch code := apiCode(err); {
	case code == "AccessDenied":
		hint := "the user's policies must allow ListAccessKeys, CreateAccessKey, UpdateAccessKey, DeleteAccessKey and GetAccessKeyLastUsed of iam on the user itself"
		if r.Session.Serial == "" {
			hint += fmt.Sprintf("; if they ask for MFA, set awsmint_mfa_serial in profile %q", r.Profile)
		}
		return fault.Wrap(err, fault.Refused, explained.Error(), hint)
	case code == "InvalidClientTokenId" && r.session.HasKeys():
		return fault.Wrap(err, fault.Refused, fmt.Sprintf("AWS no longer accepts the session of profile %q", r.Profile),
			fmt.Sprintf("mint another: awsmint login %s --force", r.Profile))
	}
	return explained
}

// list is the user's keys, without their last use, and AWS's time.
func (r *rotating) list(ctx context.Context) (keys []UserKey, now time.Time, err error) {
	err = r.ask(ctx, "ListAccessKeys", patient, func(ctx context.Context, client *iam.Client) error {
		listed, metadata, err := listKeys(ctx, client)
		if err != nil {
			return err
		}
		keys, r.listed.ours = listed, r.Options.Now()
		var told bool
		if now, told = awsmiddleware.GetServerTime(metadata); !told {
			now = r.listed.ours
		}
		r.listed.theirs = now.UTC()
		return nil
	})
	return keys, now.UTC(), err
}

// lastUse fills in when a key was last used, where the user may know that.
func (r *rotating) lastUse(ctx context.Context, key *UserKey) error {
	err := r.ask(ctx, "GetAccessKeyLastUsed", patient, func(ctx context.Context, client *iam.Client) error {
		return askLastUse(ctx, client, key)
	})
	if apiCode(err) == "AccessDenied" {
		return nil
	}
	return err
}

// createKey is sent again only where AWS has certainly not carried it out: a
// second key would leave the first one behind. A run that is being cancelled
// waits for the answer, which holds a secret, as long as limit says.
func (r *rotating) createKey(ctx context.Context, limit time.Duration) (made keychain.KeyPair, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	err = r.ask(ctx, "CreateAccessKey", careful, func(ctx context.Context, client *iam.Client) error {
		output, err := client.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{})
		if err != nil {
			return err
		}
		key := output.AccessKey
		if key == nil || aws.ToString(key.AccessKeyId) == "" || aws.ToString(key.SecretAccessKey) == "" {
			return errors.New("the answer holds no key")
		}
		made = keychain.KeyPair{
			AccessKeyID: *key.AccessKeyId, SecretAccessKey: secret.New(*key.SecretAccessKey),
			CreatedAt: aws.ToTime(key.CreateDate).UTC().Truncate(time.Second),
		}
		return nil
	})
	return made, err
}

// deactivateKey and deleteKey are content where there is no such key any more.
func (r *rotating) deactivateKey(ctx context.Context, id string) error {
	return r.unlessGone(r.ask(ctx, "UpdateAccessKey", patient, func(ctx context.Context, client *iam.Client) error {
		_, err := client.UpdateAccessKey(ctx, &iam.UpdateAccessKeyInput{AccessKeyId: &id, Status: types.StatusTypeInactive})
		return err
	}))
}

func (r *rotating) deleteKey(ctx context.Context, id string) error {
	return r.unlessGone(r.ask(ctx, "DeleteAccessKey", patient, func(ctx context.Context, client *iam.Client) error {
		_, err := client.DeleteAccessKey(ctx, &iam.DeleteAccessKeyInput{AccessKeyId: &id})
		return err
	}))
}

func (r *rotating) unlessGone(err error) error {
	if apiCode(err) == "NoSuchEntity" {
		return nil
	}
	return err
}
