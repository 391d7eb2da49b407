package provider

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sso"
	"github.com/aws/aws-sdk-go-v2/service/sso/types"
	smithy "github.com/aws/smithy-go"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

// roleCredentials asks the access portal for the credentials of the role.
func (c *center) roleCredentials(ctx context.Context, token secret.String) (aws.Credentials, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	client, err := c.link.portal(patient(ctx))
	if err != nil {
		return aws.Credentials{}, err
	}
	call := c.call("GetRoleCredentials", c.link.PortalEndpoint, c.now())
	output, err := client.GetRoleCredentials(ctx, &sso.GetRoleCredentialsInput{
		AccessToken: aws.String(token.Reveal()),
		AccountId:   aws.String(c.link.AccountID),
		RoleName:    aws.String(c.link.RoleName),
	})
	if err != nil {
		return aws.Credentials{}, c.explainPortal(ctx, call, err)
	}
	got := output.RoleCredentials
	if got == nil || aws.ToString(got.AccessKeyId) == "" || aws.ToString(got.SecretAccessKey) == "" ||
		aws.ToString(got.SessionToken) == "" || got.Expiration <= 0 {
		return aws.Credentials{}, fault.New(fault.Failure, "the answer of GetRoleCredentials holds no complete credentials",
			"look at the endpoint: is it an access portal?")
	}
	return aws.Credentials{
		AccessKeyID:     *got.AccessKeyId,
		SecretAccessKey: *got.SecretAccessKey,
		SessionToken:    *got.SessionToken,
		AccountID:       c.link.AccountID,
		CanExpire:       true,
		Expires:         time.UnixMilli(got.Expiration).UTC().Truncate(time.Second),
		Source:          providerName,
	}, nil
}

func (c *center) explainPortal(ctx context.Context, call call, err error) error {
	link := c.link
	switch {
	case isUnauthorized(err):
		return fault.Wrap(err, fault.Person,
			fmt.Sprintf("the access portal (%s) does not take the token of profile %q: the sign-in was ended", link.StartURL, link.profile),
			"run: awsmint login "+link.profile+" --force")
	case hasCode(err, "ForbiddenException"), isNotFound(err):
		return fault.Wrap(err, fault.Refused,
			fmt.Sprintf("the access portal does not give you the role %q in the account %s", link.RoleName, link.AccountID),
			fmt.Sprintf("%s shows the accounts and roles that are yours; correct sso_account_id and sso_role_name in profile %q, or ask for the assignment", link.StartURL, link.profile))
	}
	return c.explain(ctx, call, err)
}

// signOut ends the session at the access portal.
func (c *center) signOut(ctx context.Context, token secret.String) error {
	client, err := c.link.portal(once(ctx))
	if err == nil {
		_, err = client.Logout(ctx, &sso.LogoutInput{AccessToken: aws.String(token.Reveal())})
	}
	return err
}

// isUnauthorized is the portal's word for a token that is no longer good.
func isUnauthorized(err error) bool {
	var unauthorized *types.UnauthorizedException
	return errors.As(err, &unauthorized)
}

func isNotFound(err error) bool {
	var missing *types.ResourceNotFoundException
	return errors.As(err, &missing)
}

// hasCode is for errors that are in no model of the SDK's.
func hasCode(err error, code string) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() == code
}
