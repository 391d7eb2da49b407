package ststest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"github.com/awsmint/awsmint/internal/ststest"
)

const adminARN = "arn:aws:iam::444455556666:role/team/Admin"

func assume(arn string, more ...func(*sts.AssumeRoleInput)) *sts.AssumeRoleInput {
	in := &sts.AssumeRoleInput{RoleArn: &arn, RoleSessionName: aws.String("me@work")}
	for _, m := range more {
		m(in)
	}
	return in
}

func seconds(n int32) func(*sts.AssumeRoleInput) {
	return func(in *sts.AssumeRoleInput) { in.DurationSeconds = &n }
}

func TestARoleIsAssumed(t *testing.T) {
	s, c, u := frozen(t)
	s.AddRole(ststest.Role{ARN: adminARN})
	out, err := stsClient(s, keysOf(u)).AssumeRole(within(t), assume(adminARN, func(in *sts.AssumeRoleInput) {
		in.SourceIdentity = aws.String("alice")
	}))
	if err != nil {
		t.Fatal(err)
	}
	const arn = "arn:aws:sts::444455556666:assumed-role/Admin/me@work"
	if *out.AssumedRoleUser.Arn != arn || !strings.HasPrefix(*out.AssumedRoleUser.AssumedRoleId, "AROA") ||
		!strings.HasSuffix(*out.AssumedRoleUser.AssumedRoleId, ":me@work") || *out.SourceIdentity != "alice" {
		t.Errorf("the answer says %q %q", *out.AssumedRoleUser.Arn, *out.AssumedRoleUser.AssumedRoleId)
	}
	if got := out.Credentials.Expiration.Sub(c.Now()); got != time.Hour {
		t.Errorf("it lasts %v", got)
	}
	k := sessionKeys(out.Credentials)
	if got := decodeAccount(t, k.id); got != "444455556666" {
		t.Errorf("the key id is of account %s", got)
	}
	who, err := stsClient(s, k).GetCallerIdentity(within(t), &sts.GetCallerIdentityInput{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{arn, *out.AssumedRoleUser.AssumedRoleId, "444455556666"}
	if diff := cmp.Diff(want, []string{*who.Arn, *who.UserId, *who.Account}); diff != "" {
		t.Error(diff)
	}
	_, err = stsClient(s, k).GetSessionToken(within(t), &sts.GetSessionTokenInput{})
	wantError(t, err, "AccessDenied", "Cannot call GetSessionToken with session credentials")
	_, err = iamClient(s, k).ListMFADevices(within(t), &iam.ListMFADevicesInput{})
	wantError(t, err, "ValidationError", "Must specify userName when calling with non-User credentials")
}

func TestRoleDurationsStopAtTheRolesMaximumAndAtAnHourWhenChained(t *testing.T) {
	s, c, u := frozen(t)
	const hourly, long, short = "arn:aws:iam::444455556666:role/Hourly", "arn:aws:iam::444455556666:role/Long", "arn:aws:iam::444455556666:role/Short"
	s.AddRole(ststest.Role{ARN: hourly})
	s.AddRole(ststest.Role{ARN: long, MaxSession: 12 * time.Hour})
	s.AddRole(ststest.Role{ARN: short, MaxSession: 30 * time.Minute})
	session := mint(t, s, u, "")
	first, err := stsClient(s, session).AssumeRole(within(t), assume(long))
	if err != nil {
		t.Fatal(err)
	}
	const overMaximum = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
	const overHour = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"
	for _, test := range []struct {
		name    string
		keys    keys
		role    string
		asked   int32 // 0: nothing
		lasts   time.Duration
		refusal string
	}{
		{"key, nothing asked", keysOf(u), long, 0, time.Hour, ""},
		{"key, nothing asked, a role of less", keysOf(u), short, 0, 30 * time.Minute, ""},
		{"key, all that the role allows", keysOf(u), long, 43200, 12 * time.Hour, ""},
		{"key, over the role's default maximum", keysOf(u), hourly, 3601, 0, overMaximum},
		{"session, an hour", session, long, 3600, time.Hour, ""},
		{"session, over an hour", session, long, 3601, 0, overHour},
		{"role, an hour", sessionKeys(first.Credentials), long, 3600, time.Hour, ""},
		{"role, over an hour", sessionKeys(first.Credentials), long, 3601, 0, overHour},
		{"session, over the role's maximum", session, short, 1801, 0, overMaximum},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := assume(test.role)
			if test.asked > 0 {
				in = assume(test.role, seconds(test.asked))
			}
			out, err := stsClient(s, test.keys).AssumeRole(within(t), in)
			if test.refusal != "" {
				wantError(t, err, "ValidationError", test.refusal)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := out.Credentials.Expiration.Sub(c.Now()); got != test.lasts {
				t.Errorf("it lasts %v, want %v", got, test.lasts)
			}
		})
	}
}

func TestTrust(t *testing.T) {
	s, c, u := frozen(t)
	const base = "arn:aws:iam::444455556666:role/"
	other := s.AddUser("bob")
	s.AddRole(ststest.Role{ARN: base + "Open"})
	s.AddRole(ststest.Role{ARN: base + "Alice", TrustedARNs: []string{u.ARN}})
	s.AddRole(ststest.Role{ARN: base + "Account", TrustedARNs: []string{"arn:aws:iam::111122223333:root"}})
	s.AddRole(ststest.Role{ARN: base + "Elsewhere", TrustedARNs: []string{"arn:aws:iam::777788889999:root"}})
	s.AddRole(ststest.Role{ARN: base + "Chained", TrustedARNs: []string{base + "Open"}})
	s.AddRole(ststest.Role{ARN: base + "ChainedByName", TrustedARNs: []string{"arn:aws:sts::444455556666:assumed-role/Open/me@work"}})
	s.AddRole(ststest.Role{ARN: base + "Strong", RequireMFA: true})
	s.AddRole(ststest.Role{ARN: base + "Shared", ExternalID: "tenant-1"})
	s.AddRole(ststest.Role{ARN: "arn:aws:iam::777788889999:role/Far"})

	plain, strong := mint(t, s, u, ""), mint(t, s, u, u.Code(c.Now()))
	opened, err := stsClient(s, strong).AssumeRole(within(t), assume(base+"Open"))
	if err != nil {
		t.Fatal(err)
	}
	role := sessionKeys(opened.Credentials)
	c.advance(30 * time.Second)
	withMFA := func(in *sts.AssumeRoleInput) {
		in.SerialNumber, in.TokenCode = &u.MFASerial, aws.String(u.Code(c.Now()))
	}
	external := func(id string) func(*sts.AssumeRoleInput) {
		return func(in *sts.AssumeRoleInput) { in.ExternalId = &id }
	}
	none := func(*sts.AssumeRoleInput) {}

	for _, test := range []struct {
		name   string
		keys   keys
		arn    string
		change func(*sts.AssumeRoleInput)
		ok     bool
	}{
		{"a role without a list, by a user", keysOf(u), base + "Open", none, true},
		{"a role without a list, by a role of its account", role, base + "Open", none, true},
		{"a role without a list, by a role of a third account", role, "arn:aws:iam::777788889999:role/Far", none, false},
		{"a user on the list", keysOf(u), base + "Alice", none, true},
		{"a session of the user on the list", plain, base + "Alice", none, true},
		{"a user not on the list", keysOf(other), base + "Alice", none, false},
		{"the account on the list", keysOf(other), base + "Account", none, true},
		{"another account on the list", keysOf(u), base + "Elsewhere", none, false},
		{"a role on the list", role, base + "Chained", none, true},
		{"a role session on the list", role, base + "ChainedByName", none, true},
		{"a user where a role is on the list", keysOf(u), base + "Chained", none, false},
		{"MFA wanted, none given", keysOf(u), base + "Strong", none, false},
		{"MFA wanted, session without", plain, base + "Strong", none, false},
		{"MFA wanted, session with", strong, base + "Strong", none, true},
		{"MFA wanted, code in the request", keysOf(u), base + "Strong", withMFA, true},
		{"MFA wanted, role made from a session with MFA", role, base + "Strong", none, false},
		{"external id wanted, none given", keysOf(u), base + "Shared", none, false},
		{"external id wanted, another given", keysOf(u), base + "Shared", external("tenant-2"), false},
		{"external id wanted and given", keysOf(u), base + "Shared", external("tenant-1"), true},
		{"external id given, none wanted", keysOf(u), base + "Open", external("tenant-1"), true},
		{"a role that is not there", keysOf(u), base + "Nobody", none, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := stsClient(s, test.keys).AssumeRole(within(t), assume(test.arn, test.change))
			if test.ok {
				if err != nil {
					t.Error(err)
				}
				return
			}
			who, _ := stsClient(s, test.keys).GetCallerIdentity(within(t), &sts.GetCallerIdentityInput{})
			wantError(t, err, "AccessDenied", "User: "+*who.Arn+" is not authorized to perform: sts:AssumeRole on resource: "+test.arn)
		})
	}
}

func TestRoleCredentialsCarryNoDeviceOfTheirOwn(t *testing.T) {
	s, c, u := frozen(t)
	s.AddRole(ststest.Role{ARN: adminARN})
	out, err := stsClient(s, keysOf(u)).AssumeRole(within(t), assume(adminARN))
	if err != nil {
		t.Fatal(err)
	}
	_, err = stsClient(s, sessionKeys(out.Credentials)).AssumeRole(within(t), assume(adminARN, func(in *sts.AssumeRoleInput) {
		in.SerialNumber, in.TokenCode = &u.MFASerial, aws.String(u.Code(c.Now()))
	}))
	wantError(t, err, "AccessDenied", invalidSerial)
}

func TestAssumeRoleParametersAreChecked(t *testing.T) {
	s, c, u := frozen(t)
	s.AddRole(ststest.Role{ARN: adminARN})
	s.AddRole(ststest.Role{ARN: "arn:aws:iam::444455556666:user/Admin"})
	for _, test := range []struct{ name, parameter, value, text string }{
		{"a session name of one", "RoleSessionName", "x", "Value 'x' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2"},
		{"a session name of 65", "RoleSessionName", strings.Repeat("x", 65), "at 'roleSessionName' failed to satisfy constraint: Member must have length less than or equal to 64"},
		{"a session name with a slash", "RoleSessionName", "a/b", `Value 'a/b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*`},
		{"a session name with a line break", "RoleSessionName", "ab\n", "regular expression pattern"},
		{"an external id of one", "ExternalId", "x", "at 'externalId' failed to satisfy constraint: Member must have length greater than or equal to 2"},
		{"an external id of 1225", "ExternalId", strings.Repeat("x", 1225), "Member must have length less than or equal to 1224"},
		{"an external id with a space", "ExternalId", "a b", `regular expression pattern: [\w+=,.@:\/-]*`},
		{"a source identity of one", "SourceIdentity", "x", "at 'sourceIdentity' failed to satisfy constraint"},
		{"a short ARN", "RoleArn", "arn:aws:iam::1:role", "at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20"},
		{"an ARN of something else", "RoleArn", "arn:aws:iam::444455556666:user/Admin", "arn:aws:iam::444455556666:user/Admin is invalid"},
		{"an ARN without an account", "RoleArn", "arn:aws:iam::x:role/Administrator", "is invalid"},
	} {
		t.Run(test.name, func(t *testing.T) {
			form := params("Action", "AssumeRole", "RoleArn", adminARN, "RoleSessionName", "me", test.parameter, test.value)
			do(t, signed(t, s, keysOf(u), "sts", c.Now(), form)).want(t, 400, "ValidationError", test.text)
		})
	}
	t.Run("nothing given", func(t *testing.T) {
		do(t, signed(t, s, keysOf(u), "sts", c.Now(), params("Action", "AssumeRole"))).want(t, 400, "ValidationError",
			"2 validation errors detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null; Value null at 'roleSessionName'")
	})
	t.Run("the longest that are allowed", func(t *testing.T) {
		form := params("Action", "AssumeRole", "RoleArn", adminARN, "RoleSessionName", strings.Repeat("x", 64), "ExternalId", strings.Repeat("x", 1224))
		do(t, signed(t, s, keysOf(u), "sts", c.Now(), form)).want(t, 200, "", "")
	})
}
