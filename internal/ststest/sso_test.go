package ststest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sso"
	ssotypes "github.com/aws/aws-sdk-go-v2/service/sso/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/awsmint/awsmint/internal/ststest"
)

// keysFrom are role credentials as a client signs with them.
func keysFrom(c *ssotypes.RoleCredentials) keys {
	return keys{*c.AccessKeyId, *c.SecretAccessKey, *c.SessionToken}
}

const ssoRoleARN = "arn:aws:sts::" + ssoAccount + ":assumed-role/AWSReservedSSO_Admin_0123456789abcdef/alice"

func TestRoleCredentialsAreRealCredentials(t *testing.T) {
	c := identityCentre(t)
	_, token := c.logIn(t)
	got, err := c.credentials(t, *token.AccessToken)
	if err != nil {
		t.Fatal(err)
	}
	if want := c.clock.Now().Add(time.Hour).UnixMilli(); got.Expiration != want {
		t.Errorf("they expire at %d, want %d", got.Expiration, want)
	}
	out, err := stsClient(c.Server, keysFrom(got)).GetCallerIdentity(within(t), &sts.GetCallerIdentityInput{})
	if err != nil {
		t.Fatal(err)
	}
	if *out.Arn != ssoRoleARN || *out.Account != ssoAccount || !strings.HasPrefix(*out.UserId, "AROA") || !strings.HasSuffix(*out.UserId, ":alice") {
		t.Errorf("got %s, %s, %s", *out.Arn, *out.Account, *out.UserId)
	}
	c.AddRole(ststest.Role{ARN: adminARN, TrustedARNs: []string{
		"arn:aws:iam::" + ssoAccount + ":role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef",
	}})
	if _, err := stsClient(c.Server, keysFrom(got)).AssumeRole(within(t), assume(adminARN)); err != nil {
		t.Error(err)
	}
	if made, ok := c.Session(*got.AccessKeyId); !ok || made.ARN != ssoRoleARN || made.SessionName != "alice" {
		t.Errorf("on record: %+v", made)
	}
	if c.Calls("GetRoleCredentials") != 1 || c.Succeeded("GetRoleCredentials") != 1 {
		t.Error("not counted")
	}
}

func TestRoleCredentialsExpire(t *testing.T) {
	c := identityCentre(t, func(o *ststest.SSO) { o.RoleLifetime = 30 * time.Minute })
	_, token := c.logIn(t)
	got, err := c.credentials(t, *token.AccessToken)
	if err != nil {
		t.Fatal(err)
	}
	c.clock.advance(30*time.Minute - time.Second)
	identity := func() *http.Request {
		return signed(t, c.Server, keysFrom(got), "sts", c.clock.Now(), params("Action", "GetCallerIdentity"))
	}
	if a := do(t, identity()); a.status != http.StatusOK {
		t.Errorf("too early: %+v", a)
	}
	c.clock.advance(time.Second)
	do(t, identity()).want(t, http.StatusForbidden, "ExpiredToken", expiredToken)
}

// The role's ARN follows the instance's region, as AWS's does.
func TestTheRolesARNFollowsTheRegion(t *testing.T) {
	for region, want := range map[string]string{
		"us-east-1":     "arn:aws:iam::" + ssoAccount + ":role/aws-reserved/sso.amazonaws.com/",
		"eu-west-1":     "arn:aws:iam::" + ssoAccount + ":role/aws-reserved/sso.amazonaws.com/eu-west-1/",
		"cn-north-1":    "arn:aws-cn:iam::" + ssoAccount + ":role/aws-reserved/sso.amazonaws.com/cn-north-1/",
		"us-gov-west-1": "arn:aws-us-gov:iam::" + ssoAccount + ":role/aws-reserved/sso.amazonaws.com/us-gov-west-1/",
	} {
		c := identityCentre(t, func(o *ststest.SSO) { o.Region, o.User = region, "bob@example.com" })
		token, _ := c.SSOAccessToken(startURL)
		got, err := c.credentials(t, token)
		if err != nil {
			t.Fatal(err)
		}
		made, _ := c.Session(*got.AccessKeyId)
		if made.RoleARN != want+"AWSReservedSSO_Admin_0123456789abcdef" || !strings.HasSuffix(made.ARN, "/bob@example.com") {
			t.Errorf("%s: %s, %s", region, made.RoleARN, made.ARN)
		}
	}
}

func TestARoleThatTheUserHasNot(t *testing.T) {
	c := identityCentre(t)
	token, _ := c.SSOAccessToken(startURL)
	for _, test := range []struct {
		account, role string
		status        int
		code, text    string
	}{
		{ssoAccount, "Other", 403, "ForbiddenException", "No access"},
		{"999999999999", "Admin", 403, "ForbiddenException", "No access"},
		{"2222", "Admin", 400, "InvalidRequestException", "Invalid request"},
		{ssoAccount, "a role", 400, "InvalidRequestException", "Invalid request"},
	} {
		_, err := c.portal.GetRoleCredentials(within(t), &sso.GetRoleCredentialsInput{
			AccessToken: &token, AccountId: &test.account, RoleName: &test.role,
		})
		wantPortal(t, err, test.status, test.code, test.text)
	}
}

// An assignment that an administrator gives or takes counts at once, for
// tokens from before as well. A role that stays is the same one.
func TestAssignmentsChange(t *testing.T) {
	c := identityCentre(t)
	token, _ := c.SSOAccessToken(startURL)
	userID := func() string {
		got, err := c.credentials(t, token)
		if err != nil {
			t.Fatal(err)
		}
		out, err := stsClient(c.Server, keysFrom(got)).GetCallerIdentity(within(t), &sts.GetCallerIdentityInput{})
		if err != nil {
			t.Fatal(err)
		}
		return *out.UserId
	}
	before := userID()
	c.AddSSO(assigned())
	if after := userID(); after != before {
		t.Errorf("%s became %s", before, after)
	}
	c.AddSSO(ststest.SSO{StartURL: startURL + "#", Assignments: []ststest.Assignment{{AccountID: ssoAccount, RoleName: "Other"}}})
	_, err := c.credentials(t, token)
	wantPortal(t, err, 403, "ForbiddenException", "No access")
	if _, err := c.portal.GetRoleCredentials(within(t), &sso.GetRoleCredentialsInput{
		AccessToken: &token, AccountId: aws.String(ssoAccount), RoleName: aws.String("Other"),
	}); err != nil {
		t.Error(err)
	}
}

func TestATokenIsGoodForItsOwnPortalOnly(t *testing.T) {
	c := identityCentre(t)
	c.AddSSO(ststest.SSO{StartURL: "https://other.example/start"})
	token, _ := c.SSOAccessToken("https://other.example/start/")
	_, err := c.credentials(t, token)
	wantPortal(t, err, 403, "ForbiddenException", "No access")
	defer func() {
		if recover() == nil {
			t.Error("a token of an SSO that is not there")
		}
	}()
	c.SSOAccessToken("https://no.example/start")
}

func TestAnAccessTokenExpires(t *testing.T) {
	c := identityCentre(t, func(o *ststest.SSO) { o.TokenLifetime = 10 * time.Minute })
	token, expires := c.SSOAccessToken(startURL)
	if want := c.clock.Now().Add(10 * time.Minute); !expires.Equal(want) {
		t.Errorf("it expires at %v, want %v", expires, want)
	}
	c.clock.advance(10*time.Minute - 1)
	if _, err := c.credentials(t, token); err != nil {
		t.Error(err)
	}
	c.clock.advance(1)
	_, err := c.credentials(t, token)
	wantPortal(t, err, 401, "UnauthorizedException", unknownSession)
	_, err = c.portal.Logout(within(t), &sso.LogoutInput{AccessToken: &token})
	wantPortal(t, err, 401, "UnauthorizedException", unknownSession)
	_, err = c.credentials(t, "unknown")
	wantPortal(t, err, 401, "UnauthorizedException", unknownSession)
}

// A logout ends the session that the token belongs to, and no other; role
// credentials live on.
func TestALogoutEndsTheSession(t *testing.T) {
	c := identityCentre(t)
	as, first := c.logIn(t)
	_, other := c.logIn(t)
	second, err := c.renew(t, as, first.RefreshToken)
	if err != nil {
		t.Fatal(err)
	}
	role, err := c.credentials(t, *first.AccessToken)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.portal.Logout(within(t), &sso.LogoutInput{AccessToken: second.AccessToken}); err != nil {
		t.Fatal(err)
	}
	for _, token := range []*string{first.AccessToken, second.AccessToken} {
		_, err := c.credentials(t, *token)
		wantPortal(t, err, 401, "UnauthorizedException", unknownSession)
	}
	_, err = c.renew(t, as, second.RefreshToken)
	wantOAuth(t, err, 400, "InvalidGrantException", "invalid_grant", "Invalid refresh token provided")
	if _, err := c.credentials(t, *other.AccessToken); err != nil {
		t.Errorf("another session: %v", err)
	}
	if err := whoami(within(t), stsClient(c.Server, keysFrom(role))); err != nil {
		t.Errorf("role credentials: %v", err)
	}
	if c.Succeeded("Logout") != 1 {
		t.Error("not counted")
	}
}

func TestAnAdministratorEndsSessions(t *testing.T) {
	const elsewhere = "https://other.example/start"
	c := identityCentre(t)
	c.AddSSO(ststest.SSO{StartURL: elsewhere, Assignments: []ststest.Assignment{{AccountID: ssoAccount, RoleName: "Admin"}}})
	as, out := c.logIn(t)
	written, _ := c.SSOAccessToken(startURL)
	other, _ := c.SSOAccessToken(elsewhere)

	c.ExpireSSOAccessTokens("https://no.example/start")
	if _, err := c.credentials(t, written); err != nil {
		t.Error(err)
	}
	c.ExpireSSOAccessTokens(startURL + "/")
	for _, token := range []string{*out.AccessToken, written} {
		_, err := c.credentials(t, token)
		wantPortal(t, err, 401, "UnauthorizedException", unknownSession)
	}
	renewed, err := c.renew(t, as, out.RefreshToken)
	if err != nil {
		t.Fatalf("the refresh token is gone too: %v", err)
	}
	c.wantToken(t, renewed, time.Hour, true)

	written, _ = c.SSOAccessToken(startURL)
	c.ExpireSSOTokens(startURL + "/")
	for _, token := range []string{*renewed.AccessToken, written} {
		_, err = c.credentials(t, token)
		wantPortal(t, err, 401, "UnauthorizedException", unknownSession)
	}
	_, err = c.renew(t, as, renewed.RefreshToken)
	wantOAuth(t, err, 400, "InvalidGrantException", "invalid_grant", "Invalid refresh token provided")
	if _, err := c.credentials(t, other); err != nil {
		t.Errorf("another portal's session: %v", err)
	}
	as, again := c.logIn(t)
	c.wantToken(t, again, time.Hour, true)

	// The refresh token goes with the session also where no access token is
	// left to find it by.
	c.ExpireSSOAccessTokens(startURL)
	c.ExpireSSOTokens(startURL)
	_, err = c.renew(t, as, again.RefreshToken)
	wantOAuth(t, err, 400, "InvalidGrantException", "invalid_grant", "Invalid refresh token provided")
}
