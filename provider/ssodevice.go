package provider

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc/types"

	"github.com/awsmint/awsmint/internal/fault"
)

// The pace of polling, from RFC 8628, sections 3.2 and 3.5.
const (
	defaultInterval = 5 * time.Second // where AWS names none
	slowDown        = 5 * time.Second // what is added when AWS says so, or does not answer
)

// maxSilences is how many polls in a row may go without an answer.
const maxSilences = 5

// withDevice signs in with the device grant (RFC 8628): the person gives a code
// to a page, on whatever machine has a browser.
func (t *ssoTokens) withDevice(ctx context.Context, client oidcClient) (signedIn, error) {
	link := t.center.link
	begun := t.now()
	device, err := t.center.startDevice(ctx, client)
	if err != nil {
		return signedIn{}, err
	}
	page := firstSet(aws.ToString(device.VerificationUriComplete), aws.ToString(device.VerificationUri))
	if err := t.signIn.Tell(fmt.Sprintf("To sign in to IAM Identity Center, open this page on any machine within %s:\n%s\nand see that it shows the code %s",
		minutes(min(t.signIn.time(), time.Duration(device.ExpiresIn)*time.Second)), page, aws.ToString(device.UserCode))); err != nil {
		return signedIn{}, fault.Wrap(err, fault.Person, fmt.Sprintf("the code to sign in with can't be shown: %v", err),
			"run this in a terminal: awsmint login "+link.profile)
	}
	ends := begun.Add(time.Duration(device.ExpiresIn) * time.Second)
	fresh, err := t.poll(ctx, client, device, ends)
	switch {
	case isExpiredDevice(err):
		return signedIn{}, fault.Wrap(err, fault.Person, fmt.Sprintf("nobody gave the code %s to the page in time", aws.ToString(device.UserCode)),
			"run: awsmint login "+link.profile)
	case isDeclined(err):
		return signedIn{}, fault.Wrap(err, fault.Person, "the sign-in was declined in the browser", "run: awsmint login "+link.profile)
	}
	return fresh, err
}

// startDevice gets the code for the person.
func (c *center) startDevice(ctx context.Context, client oidcClient) (device *ssooidc.StartDeviceAuthorizationOutput, err error) {
	err = c.ask(ctx, "StartDeviceAuthorization", patient, func(ctx context.Context, oidc *ssooidc.Client) (err error) {
		device, err = oidc.StartDeviceAuthorization(ctx, &ssooidc.StartDeviceAuthorizationInput{
			ClientId: aws.String(client.id), ClientSecret: aws.String(client.secret.Reveal()), StartUrl: aws.String(c.link.StartURL),
		})
		return err
	})
	return device, err
}

// poll asks for the token until the person has answered, or ends has come. A
// silence in between is a reason to go slower, not to give up at once.
func (t *ssoTokens) poll(ctx context.Context, client oidcClient, device *ssooidc.StartDeviceAuthorizationOutput, ends time.Time) (signedIn, error) {
	interval := time.Duration(device.Interval) * time.Second
	if interval <= 0 {
		interval = defaultInterval
	}
	for silences := 0; ; {
		if err := t.signIn.wait(ctx, interval); err != nil {
			return signedIn{}, err
		}
		fresh, err := t.center.token(ctx, client, patient, &ssooidc.CreateTokenInput{
			GrantType: aws.String(grantDevice), DeviceCode: device.DeviceCode,
		})
		var pending *types.AuthorizationPendingException
		var slow *types.SlowDownException
		switch {
		case err == nil:
			return fresh, nil
		case errors.As(err, &pending):
			silences = 0
		case errors.As(err, &slow):
			silences = 0
			interval += slowDown
		case fault.StatusOf(err) == fault.Network && silences < maxSilences:
			silences++
			interval += slowDown
		default:
			return signedIn{}, err
		}
		if !t.now().Before(ends) {
			return signedIn{}, errors.Join(errDeviceExpired, err)
		}
	}
}

// errDeviceExpired says that the code is over by our own clock.
var errDeviceExpired = errors.New("the device code is over")

func isExpiredDevice(err error) bool {
	var expired *types.ExpiredTokenException
	return errors.Is(err, errDeviceExpired) || errors.As(err, &expired)
}

func isDeclined(err error) bool {
	var declined *types.AccessDeniedException
	return errors.As(err, &declined)
}

func (s *SignIn) wait(ctx context.Context, d time.Duration) error {
	if s.Wait != nil {
		return s.Wait(ctx, d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
