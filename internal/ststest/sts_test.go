package ststest_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"github.com/awsmint/awsmint/internal/ststest"
)

func TestASessionIsWhatWasAskedFor(t *testing.T) {
	s, c, u := frozen(t)
	for _, test := range []struct {
		asked *int32
		want  time.Duration
	}{{nil, 12 * time.Hour}, {aws.Int32(900), 15 * time.Minute}, {aws.Int32(129600), 36 * time.Hour}} {
		out, err := stsClient(s, keysOf(u)).GetSessionToken(within(t), &sts.GetSessionTokenInput{DurationSeconds: test.asked})
		if err != nil {
			t.Fatal(err)
		}
		if got := out.Credentials.Expiration.Sub(c.Now()); got != test.want {
			t.Errorf("it lasts %v, want %v", got, test.want)
		}
		k := sessionKeys(out.Credentials)
		if !regexp.MustCompile(`^ASIA[A-Z2-7]{16}$`).MatchString(k.id) || len(k.secret) != 40 ||
			!regexp.MustCompile(`^IQoJb3JpZ2luX2Vj[A-Za-z0-9+/]{784}$`).MatchString(k.token) {
			t.Errorf("not of AWS's form: %+v", k)
		}
		who, err := stsClient(s, k).GetCallerIdentity(within(t), &sts.GetCallerIdentityInput{})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{u.ARN, u.UserID, u.AccountID}
		if diff := cmp.Diff(want, []string{*who.Arn, *who.UserId, *who.Account}); diff != "" {
			t.Error(diff)
		}
	}
	a, b := mint(t, s, u, ""), mint(t, s, u, "")
	if a.id == b.id || a.secret == b.secret || a.token == b.token {
		t.Error("two sessions share a value")
	}
}

func TestDurationsOutsideTheLimitsAreRefused(t *testing.T) {
	s, c, u := frozen(t)
	s.AddRole(ststest.Role{ARN: "arn:aws:iam::111122223333:role/Admin", MaxSession: 12 * time.Hour})
	session := params("Action", "GetSessionToken")
	role := params("Action", "AssumeRole", "RoleArn", "arn:aws:iam::111122223333:role/Admin", "RoleSessionName", "me")
	for _, test := range []struct {
		action  string
		seconds string
		code    string
		text    string
	}{
		{"session", "899", "ValidationError", "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900"},
		{"session", "129601", "ValidationError", "1 validation error detected: Value '129601' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 129600"},
		{"session", "-1", "ValidationError", "greater than or equal to 900"},
		{"session", "1h", "MalformedInput", ""},
		{"session", "", "MalformedInput", ""},
		{"role", "899", "ValidationError", "greater than or equal to 900"},
		{"role", "43201", "ValidationError", "less than or equal to 43200"},
	} {
		form := session
		if test.action == "role" {
			form = role
		}
		form.Set("DurationSeconds", test.seconds)
		do(t, signed(t, s, keysOf(u), "sts", c.Now(), form)).want(t, 400, test.code, test.text)
	}
}

func TestATokenMustBeTheKeysOwn(t *testing.T) {
	s, c, u := frozen(t)
	a, b := mint(t, s, u, ""), mint(t, s, u, "")
	for _, test := range []struct {
		name string
		keys keys
	}{
		{"a temporary key without its token", keys{a.id, a.secret, ""}},
		{"with the token of another session", keys{a.id, a.secret, b.token}},
		{"with a token that is cut short", keys{a.id, a.secret, a.token[:799]}},
		{"a long-term key with a token", keys{u.AccessKeyID, u.SecretAccessKey, a.token}},
		{"a key that nobody has", keys{"AKIAQQQQQQQQQQQQQQQQ", u.SecretAccessKey, ""}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := signed(t, s, test.keys, "sts", c.Now(), params("Action", "GetCallerIdentity"))
			do(t, r).want(t, 403, "InvalidClientTokenId", invalidToken)
		})
	}
	t.Run("a long-term key with an empty token", func(t *testing.T) {
		r := signed(t, s, keysOf(u), "sts", c.Now(), params("Action", "GetCallerIdentity"))
		r.Header.Set("X-Amz-Security-Token", "")
		sign(t, r, keysOf(u), "sts", params("Action", "GetCallerIdentity").Encode(), c.Now())
		do(t, r).want(t, 403, "InvalidClientTokenId", invalidToken)
	})
	t.Run("the key with its token", func(t *testing.T) {
		do(t, signed(t, s, a, "sts", c.Now(), params("Action", "GetCallerIdentity"))).want(t, 200, "", "")
	})
}

func TestASessionEndsAtItsExpiration(t *testing.T) {
	s, c, u := frozen(t)
	k := mint(t, s, u, "")
	c.advance(12*time.Hour - time.Second)
	do(t, signed(t, s, k, "sts", c.Now(), params("Action", "GetCallerIdentity"))).want(t, 200, "", "")
	c.advance(time.Second)
	do(t, signed(t, s, k, "sts", c.Now(), params("Action", "GetCallerIdentity"))).want(t, 403, "ExpiredToken", expiredToken)
	// The key that made it goes on.
	do(t, signed(t, s, keysOf(u), "sts", c.Now(), params("Action", "GetCallerIdentity"))).want(t, 200, "", "")
}

func TestSessionLifetimeOverridesTheDuration(t *testing.T) {
	s, c, u := frozen(t)
	s.SetSessionLifetime(5 * time.Second)
	out, err := stsClient(s, keysOf(u)).GetSessionToken(within(t), &sts.GetSessionTokenInput{DurationSeconds: aws.Int32(3600)})
	if err != nil {
		t.Fatal(err)
	}
	if got := out.Credentials.Expiration.Sub(c.Now()); got != 5*time.Second {
		t.Errorf("it lasts %v", got)
	}
	c.advance(5 * time.Second)
	_, err = stsClient(s, sessionKeys(out.Credentials)).GetCallerIdentity(within(t), &sts.GetCallerIdentityInput{})
	wantError(t, err, "ExpiredToken", expiredToken)

	s.SetSessionLifetime(0)
	out, err = stsClient(s, keysOf(u)).GetSessionToken(within(t), &sts.GetSessionTokenInput{DurationSeconds: aws.Int32(3600)})
	if err != nil || out.Credentials.Expiration.Sub(c.Now()) != time.Hour {
		t.Errorf("it is not as asked again: %v", err)
	}
}

func TestWhatASessionMayCall(t *testing.T) {
	s, _, u := frozen(t)
	plain := mint(t, s, u, "")
	strong := mint(t, s, u, u.Code(s.Now()))

	for _, k := range []keys{plain, strong} {
		_, err := stsClient(s, k).GetSessionToken(within(t), &sts.GetSessionTokenInput{})
		wantError(t, err, "AccessDenied", "Cannot call GetSessionToken with session credentials")
	}
	_, err := iamClient(s, plain).ListMFADevices(within(t), &iam.ListMFADevicesInput{})
	wantError(t, err, "InvalidClientTokenId", invalidToken)
	if _, err := iamClient(s, strong).ListMFADevices(within(t), &iam.ListMFADevicesInput{}); err != nil {
		t.Error(err)
	}
}

func TestADisabledKeyIsRefusedAndItsSessionsLive(t *testing.T) {
	s, _, u := frozen(t)
	session := mint(t, s, u, "")
	s.DisableKey(u.AccessKeyID)
	s.DisableKey("AKIAQQQQQQQQQQQQQQQQ")
	_, err := stsClient(s, keysOf(u)).GetCallerIdentity(within(t), &sts.GetCallerIdentityInput{})
	wantError(t, err, "InvalidClientTokenId", invalidToken)
	if _, err := stsClient(s, session).GetCallerIdentity(within(t), &sts.GetCallerIdentityInput{}); err != nil {
		t.Error(err)
	}
}

func TestUnknownActionsAreRefusedBeforeTheSignatureIsLookedAt(t *testing.T) {
	s, c, u := frozen(t)
	for _, test := range []struct {
		version, action, code, text string
	}{
		{"2011-06-15", "GetAccessKeyInfo", "InvalidAction", "Could not find operation GetAccessKeyInfo for version 2011-06-15"},
		{"2010-05-08", "GetSessionToken", "InvalidAction", "Could not find operation GetSessionToken for version 2010-05-08"},
		{"2011-06-15", "ListMFADevices", "InvalidAction", "Could not find operation ListMFADevices for version 2011-06-15"},
		{"", "GetSessionToken", "InvalidAction", "Could not find operation GetSessionToken for version NO_VERSION_SPECIFIED"},
		{"2011-06-15", "<x>&'", "InvalidAction", "Could not find operation <x>&' for version"},
		{"2011-06-15", "", "MissingAction", ""},
	} {
		r := signed(t, s, keysOf(u), "sts", c.Now(), params("Action", test.action, "Version", test.version))
		r.Header.Del("Authorization")
		do(t, r).want(t, 400, test.code, test.text)
	}
	r := signed(t, s, keysOf(u), "sts", c.Now(), params("Action", "GetCallerIdentity"))
	replaceBody(r, `{"json":"%zz"}`)
	do(t, r).want(t, 400, "MissingAction", "")
}

func TestABodyOverTheLimitIsRefused(t *testing.T) {
	s, c, u := frozen(t)
	form := params("Action", "GetCallerIdentity", "Padding", strings.Repeat("x", 1<<20))
	do(t, signed(t, s, keysOf(u), "sts", c.Now(), form)).want(t, 413, "RequestEntityTooLarge", "")
}
