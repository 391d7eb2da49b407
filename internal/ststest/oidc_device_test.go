package ststest_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc"

	"github.com/awsmint/awsmint/internal/ststest"
)

// device starts a device authorization.
func (c *centre) device(t *testing.T, as *ssooidc.RegisterClientOutput) *ssooidc.StartDeviceAuthorizationOutput {
	t.Helper()
	out, err := c.oidc.StartDeviceAuthorization(within(t), &ssooidc.StartDeviceAuthorizationInput{
		ClientId: as.ClientId, ClientSecret: as.ClientSecret, StartUrl: aws.String(startURL + "/#"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (c *centre) poll(t *testing.T, as *ssooidc.RegisterClientOutput, deviceCode *string) (*ssooidc.CreateTokenOutput, error) {
	t.Helper()
	return c.token(t, as, ssooidc.CreateTokenInput{GrantType: aws.String(deviceGrant), DeviceCode: deviceCode})
}

func wantPending(t *testing.T, err error) {
	t.Helper()
	wantOAuth(t, err, 400, "AuthorizationPendingException", "authorization_pending", "Authorization pending")
}

func wantSlowDown(t *testing.T, err error) {
	t.Helper()
	wantOAuth(t, err, 400, "SlowDownException", "slow_down", "Polling too fast")
}

func TestADeviceGetsItsTokenOnceTheUserAllowsIt(t *testing.T) {
	c := identityCentre(t)
	as := c.register(t, deviceRegistration(fullScope))
	d := c.device(t, as)
	if d.ExpiresIn != 600 || d.Interval != 1 || !regexp.MustCompile(`^[B-Z]{4}-[B-Z]{4}$`).MatchString(*d.UserCode) {
		t.Errorf("%d s, every %d s, code %q", d.ExpiresIn, d.Interval, *d.UserCode)
	}
	if *d.VerificationUri != c.URL()+"/device" || *d.VerificationUriComplete != *d.VerificationUri+"?user_code="+*d.UserCode {
		t.Errorf("%q, %q", *d.VerificationUri, *d.VerificationUriComplete)
	}
	_, err := c.poll(t, as, d.DeviceCode)
	wantPending(t, err)
	if err := c.ApproveDevice(strings.ToLower(strings.ReplaceAll(*d.UserCode, "-", "")), true); err != nil {
		t.Fatal(err)
	}
	out, err := c.poll(t, as, d.DeviceCode) // at once: only a device that waits can be too fast
	if err != nil {
		t.Fatal(err)
	}
	c.wantToken(t, out, time.Hour, true)
	_, err = c.poll(t, as, d.DeviceCode)
	wantOAuth(t, err, 400, "InvalidGrantException", "invalid_grant", "Invalid device code provided")
	if c.Calls("CreateToken") != 3 || c.Succeeded("CreateToken") != 1 || c.Succeeded("StartDeviceAuthorization") != 1 {
		t.Errorf("%d calls, %d succeeded", c.Calls("CreateToken"), c.Succeeded("CreateToken"))
	}
}

// RFC 8628: each slow_down adds five seconds, for that and all polls to come.
func TestADeviceThatPollsTooFastMustSlowDown(t *testing.T) {
	c := identityCentre(t, func(o *ststest.SSO) { o.Interval = 2 * time.Second })
	as := c.register(t, deviceRegistration())
	d := c.device(t, as)
	if d.Interval != 2 {
		t.Errorf("interval %d", d.Interval)
	}
	for _, step := range []struct {
		after time.Duration
		want  func(*testing.T, error)
	}{
		{0, wantPending},
		{2 * time.Second, wantPending},
		{2*time.Second - 1, wantSlowDown}, // 7 s now
		{7 * time.Second, wantPending},
		{7*time.Second - 1, wantSlowDown}, // 12 s now
		{7 * time.Second, wantSlowDown},   // 17 s now
		{17 * time.Second, wantPending},
	} {
		c.clock.advance(step.after)
		_, err := c.poll(t, as, d.DeviceCode)
		step.want(t, err)
	}
	other := c.device(t, as)
	_, err := c.poll(t, as, other.DeviceCode)
	wantPending(t, err)
}

func TestADeviceThatTheUserDenies(t *testing.T) {
	c := identityCentre(t)
	as := c.register(t, deviceRegistration())
	d := c.device(t, as)
	if err := c.ApproveDevice(*d.UserCode, false); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		_, err := c.poll(t, as, d.DeviceCode)
		wantOAuth(t, err, 400, "AccessDeniedException", "access_denied", "User denied the request")
	}
	if err := c.ApproveDevice(*d.UserCode, true); err == nil || !strings.Contains(err.Error(), "Invalid user code provided") {
		t.Errorf("decided twice: %v", err)
	}
}

func TestADeviceCodeExpires(t *testing.T) {
	c := identityCentre(t)
	as := c.register(t, deviceRegistration())
	d := c.device(t, as)
	c.clock.advance(600*time.Second - 1)
	_, err := c.poll(t, as, d.DeviceCode)
	wantPending(t, err)
	c.clock.advance(1)
	_, err = c.poll(t, as, d.DeviceCode)
	wantOAuth(t, err, 400, "ExpiredTokenException", "expired_token", "Device code expired")
	if err := c.ApproveDevice(*d.UserCode, true); err == nil {
		t.Error("an expired code was approved")
	}
	if err := c.ApproveDevice("WRNG-CODE", true); err == nil {
		t.Error("a code that is none was approved")
	}
}

func TestADeviceCodeIsForItsClientAndItsPortal(t *testing.T) {
	c := identityCentre(t)
	as := c.register(t, deviceRegistration())
	d := c.device(t, as)
	_, err := c.poll(t, c.register(t, deviceRegistration()), d.DeviceCode)
	wantOAuth(t, err, 400, "InvalidGrantException", "invalid_grant", "Invalid device code provided")
	_, err = c.poll(t, as, nil)
	wantOAuth(t, err, 400, "InvalidRequestException", "invalid_request", "No device code provided")
	_, err = c.oidc.StartDeviceAuthorization(within(t), &ssooidc.StartDeviceAuthorizationInput{
		ClientId: as.ClientId, ClientSecret: as.ClientSecret, StartUrl: aws.String("https://no.example/start"),
	})
	wantOAuth(t, err, 400, "InvalidRequestException", "invalid_request", "Invalid start url provided")
	browser := c.register(t, codeRegistration())
	_, err = c.oidc.StartDeviceAuthorization(within(t), &ssooidc.StartDeviceAuthorizationInput{
		ClientId: browser.ClientId, ClientSecret: browser.ClientSecret, StartUrl: aws.String(startURL),
	})
	wantOAuth(t, err, 400, "UnauthorizedClientException", "unauthorized_client", "Client is not authorized for the grant type")
}
