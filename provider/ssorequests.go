package provider

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc/types"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

// The grant types, from the OIDC API reference of IAM Identity Center.
const (
	grantCode    = "authorization_code"
	grantDevice  = "urn:ietf:params:oauth:grant-type:device_code"
	grantRefresh = "refresh_token"
)

// clientName is what the page in the browser says that asks.
const clientName = "awsmint"

// register registers awsmint as a client. A redirect is compared without its
// port, which is chosen anew at each sign-in (RFC 8252, section 7.3).
func (c *center) register(ctx context.Context, device bool) (client oidcClient, err error) {
	input := &ssooidc.RegisterClientInput{
		ClientName: aws.String(clientName),
		ClientType: aws.String("public"),
		GrantTypes: []string{grantDevice, grantRefresh},
		Scopes:     c.link.Scopes,
	}
	if !device {
		input.GrantTypes = []string{grantCode, grantRefresh}
		input.RedirectUris = []string{"http://127.0.0.1" + callbackPath}
		input.IssuerUrl = aws.String(c.link.StartURL)
	}
	err = c.ask(ctx, "RegisterClient", patient, func(ctx context.Context, oidc *ssooidc.Client) error {
		output, err := oidc.RegisterClient(ctx, input)
		if err != nil {
			return err
		}
		client = oidcClient{
			id:      aws.ToString(output.ClientId),
			secret:  secret.New(aws.ToString(output.ClientSecret)),
			expires: time.Unix(output.ClientSecretExpiresAt, 0).UTC(),
			device:  device,
		}
		return nil
	})
	return client, err
}

// refresh gets a new access token without a person.
func (c *center) refresh(ctx context.Context, old signedIn) (signedIn, error) {
	fresh, err := c.token(ctx, old.client, patient, &ssooidc.CreateTokenInput{
		GrantType:    aws.String(grantRefresh),
		RefreshToken: aws.String(old.refresh.Reveal()),
	})
	if err == nil && fresh.refresh.IsZero() {
		fresh.refresh = old.refresh
	}
	return fresh, err
}

// redeem turns the code that the browser brought into tokens. The code works
// once, so it is sent once.
func (c *center) redeem(ctx context.Context, client oidcClient, code, verifier secret.String, redirect string) (signedIn, error) {
	return c.token(ctx, client, once, &ssooidc.CreateTokenInput{
		GrantType:    aws.String(grantCode),
		Code:         aws.String(code.Reveal()),
		CodeVerifier: aws.String(verifier.Reveal()),
		RedirectUri:  aws.String(redirect),
	})
}

func (c *center) token(ctx context.Context, client oidcClient, retryer func(context.Context) aws.Retryer, input *ssooidc.CreateTokenInput) (got signedIn, err error) {
	asked := c.now()
	input.ClientId, input.ClientSecret = aws.String(client.id), aws.String(client.secret.Reveal())
	err = c.ask(ctx, "CreateToken", retryer, func(ctx context.Context, oidc *ssooidc.Client) error {
		output, err := oidc.CreateToken(ctx, input)
		if err != nil {
			return err
		}
		got = signedIn{
			access:  secret.New(aws.ToString(output.AccessToken)),
			expires: asked.Add(time.Duration(output.ExpiresIn) * time.Second).UTC().Truncate(time.Second),
			refresh: secret.New(aws.ToString(output.RefreshToken)),
			client:  client,
		}
		return nil
	})
	if err == nil && (got.access.IsZero() || !got.expires.After(asked)) {
		err = fault.New(fault.Failure, "the answer of CreateToken holds no token that lives", "look at the endpoint: is it IAM Identity Center?")
	}
	return got, err
}

// description is what the service of tokens says in OAuth's words, which the
// SDK takes for no message.
func description(err error) string {
	var (
		request *types.InvalidRequestException
		grant   *types.InvalidGrantException
		client  *types.InvalidClientException
		scope   *types.InvalidScopeException
	)
	switch {
	case errors.As(err, &request):
		return aws.ToString(request.Error_description)
	case errors.As(err, &grant):
		return aws.ToString(grant.Error_description)
	case errors.As(err, &client):
		return aws.ToString(client.Error_description)
	case errors.As(err, &scope):
		return aws.ToString(scope.Error_description)
	}
	return ""
}
