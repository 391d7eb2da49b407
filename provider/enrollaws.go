package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/mfa"
	"github.com/awsmint/awsmint/internal/secret"
)

// ask is one request to IAM.
func (e *enrolling) ask(ctx context.Context, action string, retryer func(context.Context) aws.Retryer, do func(context.Context, *iam.Client) error) error {
	ctx, cancel := context.WithTimeout(ctx, e.Options.Timeout)
	defer cancel()
	call := call{
		action: action, profile: e.Profile, keyID: e.credentials.AccessKeyID, service: "IAM", entered: true,
		endpoint: e.Client.IAMEndpoint, region: e.Client.Region, from: e.Client.regionFrom,
		started: e.Options.Now(), now: e.Options.Now,
	}
	client, err := e.Client.iam(static(e.credentials), retryer(ctx))
	if err != nil {
		return err
	}
	if err := do(ctx, client); err != nil {
		return e.explain(ctx, call, err)
	}
	return nil
}

// explain has words of its own for what a user's policies deny.
func (e *enrolling) explain(ctx context.Context, c call, err error) error {
	explained := c.explain(ctx, err)
	hint := "the user's policies must allow CreateVirtualMFADevice and DeleteVirtualMFADevice of iam on the device, and EnableMFADevice and ListMFADevices on the user"
	switch code := apiCode(err); {
	case code == "AccessDenied" && e.Session.Serial != "" && e.credentials.SessionToken == "":
		return fault.Wrap(err, fault.Refused, explained.Error(),
			fmt.Sprintf("if they ask for MFA, get a session first: awsmint login %s; else %s", e.Profile, hint))
	case code == "AccessDenied":
		return fault.Wrap(err, fault.Refused, explained.Error(), hint)
	case code == "InvalidClientTokenId" && e.credentials.SessionToken != "":
		return fault.Wrap(err, fault.Refused, fmt.Sprintf("AWS no longer accepts the session of profile %q", e.Profile),
			fmt.Sprintf("mint another: awsmint login %s --force", e.Profile))
	case code == "InvalidAuthenticationCode":
		hint := "give two codes that follow each other, as the app shows them, and check this machine's clock and the phone's"
		if e.Store {
			hint = "check this machine's clock"
		}
		return fault.Wrap(err, fault.Refused, fmt.Sprintf("AWS did not accept the codes of the new device %s", e.serial), hint)
	case code == "LimitExceeded" && c.action == "CreateVirtualMFADevice":
		return fault.Wrap(err, fault.Refused, fmt.Sprintf("the account %s has as many virtual MFA devices as AWS allows", accountOf(e.serial)),
			"those that nobody has count too: aws iam list-virtual-mfa-devices --assignment-status Unassigned; delete one")
	case code == "LimitExceeded":
		return fault.Wrap(err, fault.Refused, fmt.Sprintf("the user %q has as many MFA devices as AWS allows", e.user),
			fmt.Sprintf("see them: aws iam list-mfa-devices --user-name %s; and deactivate one", e.user))
	}
	return explained
}

// create makes the device. It is asked for again only where AWS has certainly
// not made it: the seed is told once.
func (e *enrolling) create(ctx context.Context) error {
	if e.Replace {
		if err := e.drop(ctx); err != nil && apiCode(err) != "NoSuchEntity" {
			return err
		}
	}
	err := e.ask(ctx, "CreateVirtualMFADevice", careful, func(ctx context.Context, client *iam.Client) error {
		output, err := client.CreateVirtualMFADevice(ctx, &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: &e.Name})
		if err != nil {
			return err
		}
		device := output.VirtualMFADevice
		if device == nil || aws.ToString(device.SerialNumber) == "" {
			return errors.New("the answer holds no device")
		}
		e.serial = *device.SerialNumber
		e.seed, err = mfa.CleanSeed(secret.New(string(device.Base32StringSeed)))
		return err
	})
	switch {
	case err == nil:
		return nil
	case apiCode(err) == "EntityAlreadyExists":
		return e.nameTaken(ctx, err)
	case isFinal(err), neverConnected(err) == aws.TrueTernary:
		return err
	}
	// Whether it was made is not known, and if so its seed is lost.
	return e.rollBack(ctx, err)
}

// nameTaken says whose device of that name there is, and what to do.
func (e *enrolling) nameTaken(ctx context.Context, err error) error {
	if enabled, listErr := e.isEnabled(ctx); listErr == nil && enabled {
		return fault.Wrap(err, fault.Failure, fmt.Sprintf("the user %q has the device %s already", e.user, e.serial),
			fmt.Sprintf("to use it, add to profile %q: awsmint_mfa_serial = %s\nfor another device, name it: awsmint mfa enroll %s --name NAME", e.Profile, e.serial, e.Profile))
	}
	return fault.Wrap(err, fault.Failure,
		fmt.Sprintf("there is a device %s already, which the user %q has not enabled: an interrupted enrolment may have left it", e.serial, e.user),
		e.howToDelete()+fmt.Sprintf("\nor name another: awsmint mfa enroll %s --name NAME", e.Profile))
}

func (e *enrolling) howToDelete() string {
	return fmt.Sprintf("if it is nobody's, delete it: %s, which makes a new one, or aws iam delete-virtual-mfa-device --serial-number %s", e.command("--replace"), e.serial)
}

// isEnabled reports whether the user has the device.
func (e *enrolling) isEnabled(ctx context.Context) (enabled bool, err error) {
	err = e.ask(ctx, "ListMFADevices", patient, func(ctx context.Context, client *iam.Client) error {
		output, err := client.ListMFADevices(ctx, &iam.ListMFADevicesInput{UserName: &e.user})
		if err != nil {
			return err
		}
		for _, device := range output.MFADevices {
			enabled = enabled || aws.ToString(device.SerialNumber) == e.serial
		}
		return nil
	})
	return enabled, err
}

// enable gives the device to the user, with codes that are sent once. Where the
// answer is lost, the user's devices tell.
func (e *enrolling) enable(ctx context.Context, again bool) error {
	first, second, err := e.twoCodes(ctx, again)
	if err != nil {
		return err
	}
	// Noted before they are sent, so that nobody sends the second one again.
	device := *e.MFADevice
	session := *e.Session
	session.Serial, device.Session = e.serial, &session
	device.Codes().Spend(ctx, e.serial)
	err = e.ask(ctx, "EnableMFADevice", once, func(ctx context.Context, client *iam.Client) error {
		_, err := client.EnableMFADevice(ctx, &iam.EnableMFADeviceInput{
			UserName: &e.user, SerialNumber: &e.serial,
			AuthenticationCode1: aws.String(first.Reveal()), AuthenticationCode2: aws.String(second.Reveal()),
		})
		return err
	})
	if err == nil || isFinal(err) {
		return err
	}
	e.lost = true
	asking, done := e.afterwards(ctx)
	defer done()
	if enabled, listErr := e.isEnabled(asking); listErr == nil && enabled {
		return nil
	}
	return err
}

func (e *enrolling) drop(ctx context.Context) error {
	return e.ask(ctx, "DeleteVirtualMFADevice", patient, func(ctx context.Context, client *iam.Client) error {
		_, err := client.DeleteVirtualMFADevice(ctx, &iam.DeleteVirtualMFADeviceInput{SerialNumber: &e.serial})
		return err
	})
}
