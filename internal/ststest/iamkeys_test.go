package ststest_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/awsmint/awsmint/internal/ststest"
)

// create makes a key with the keys k.
func create(t *testing.T, s *ststest.Server, k keys) keys {
	t.Helper()
	out, err := iamClient(s, k).CreateAccessKey(within(t), &iam.CreateAccessKeyInput{})
	if err != nil {
		t.Fatal(err)
	}
	return keys{id: *out.AccessKey.AccessKeyId, secret: *out.AccessKey.SecretAccessKey}
}

// whoAmI is nil where the keys are accepted.
func whoAmI(t *testing.T, s *ststest.Server, k keys) error {
	t.Helper()
	_, err := stsClient(s, k).GetCallerIdentity(within(t), &sts.GetCallerIdentityInput{})
	return err
}

// set gives a key a status.
func set(t *testing.T, s *ststest.Server, k keys, id string, status types.StatusType) error {
	t.Helper()
	_, err := iamClient(s, k).UpdateAccessKey(within(t), &iam.UpdateAccessKeyInput{AccessKeyId: &id, Status: status})
	return err
}

func remove(t *testing.T, s *ststest.Server, k keys, id string) error {
	t.Helper()
	_, err := iamClient(s, k).DeleteAccessKey(within(t), &iam.DeleteAccessKeyInput{AccessKeyId: &id})
	return err
}

// listed is what ListAccessKeys says: "…ABCD Active".
func listed(t *testing.T, s *ststest.Server, k keys) (all []string) {
	t.Helper()
	out, err := iamClient(s, k).ListAccessKeys(within(t), &iam.ListAccessKeysInput{})
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range out.AccessKeyMetadata {
		if *key.UserName != "alice" || key.CreateDate == nil {
			t.Errorf("%+v", key)
		}
		all = append(all, *key.AccessKeyId+" "+string(key.Status))
	}
	slices.Sort(all)
	return all
}

func TestLifeOfAnAccessKey(t *testing.T) {
	s, c, u := frozen(t)
	old := keysOf(u)
	c.advance(time.Second) // so that the keys have an order
	out, err := iamClient(s, old).CreateAccessKey(within(t), &iam.CreateAccessKeyInput{UserName: &u.Name})
	if err != nil {
		t.Fatal(err)
	}
	made := out.AccessKey
	if *made.UserName != "alice" || made.Status != types.StatusTypeActive || len(*made.AccessKeyId) != 20 || len(*made.SecretAccessKey) != 40 ||
		!strings.HasPrefix(*made.AccessKeyId, "AKIA") || !made.CreateDate.Equal(c.Now().Truncate(time.Second)) {
		t.Errorf("made %s of %s, %s, at %v", *made.AccessKeyId, *made.UserName, made.Status, made.CreateDate)
	}
	young := keys{id: *made.AccessKeyId, secret: *made.SecretAccessKey}
	if err := whoAmI(t, s, young); err != nil {
		t.Error(err)
	}
	_, err = iamClient(s, young).CreateAccessKey(within(t), &iam.CreateAccessKeyInput{})
	wantError(t, err, "LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2")

	if err := set(t, s, young, old.id, types.StatusTypeInactive); err != nil {
		t.Fatal(err)
	}
	wantError(t, whoAmI(t, s, old), "InvalidClientTokenId", "")
	want := []string{old.id + " Inactive", young.id + " Active"}
	slices.Sort(want)
	if got := listed(t, s, young); !slices.Equal(got, want) {
		t.Errorf("listed %q, want %q", got, want)
	}
	if err := set(t, s, young, old.id, types.StatusTypeActive); err != nil {
		t.Fatal(err)
	}
	if err := whoAmI(t, s, old); err != nil {
		t.Errorf("active again: %v", err)
	}
	if err := remove(t, s, young, old.id); err != nil {
		t.Fatal(err)
	}
	wantError(t, whoAmI(t, s, old), "InvalidClientTokenId", "")
	wantError(t, remove(t, s, young, old.id), "NoSuchEntity", "The Access Key with id "+old.id+" cannot be found")
	wantError(t, set(t, s, young, old.id, types.StatusTypeActive), "NoSuchEntity", "cannot be found")
	if got := s.AccessKeys("alice"); len(got) != 1 || got[0].ID != young.id || got[0].Secret != young.secret || !got[0].Active {
		t.Errorf("on record: %d keys", len(got))
	}
	create(t, s, young) // there is room again
}

func TestUsersReachTheirOwnKeysOnly(t *testing.T) {
	s, _, u := frozen(t)
	bob := s.AddUser("bob")
	_, err := iamClient(s, keysOf(u)).CreateAccessKey(within(t), &iam.CreateAccessKeyInput{UserName: aws.String("bob")})
	wantError(t, err, "AccessDenied", "is not authorized to perform: iam:CreateAccessKey on resource: user bob")
	wantError(t, remove(t, s, keysOf(u), bob.AccessKeyID), "NoSuchEntity", "")
	wantError(t, set(t, s, keysOf(u), bob.AccessKeyID, types.StatusTypeInactive), "NoSuchEntity", "")
	_, err = iamClient(s, keysOf(u)).GetAccessKeyLastUsed(within(t), &iam.GetAccessKeyLastUsedInput{AccessKeyId: &bob.AccessKeyID})
	wantError(t, err, "AccessDenied", "iam:GetAccessKeyLastUsed on resource: access key "+bob.AccessKeyID)
	if len(s.AccessKeys("bob")) != 1 {
		t.Error("bob's key is gone")
	}
}

func TestParametersOfKeysAreChecked(t *testing.T) {
	s, _, u := frozen(t)
	wantError(t, set(t, s, keysOf(u), u.AccessKeyID, "Expired"), "ValidationError", "at 'status'")
	wantError(t, remove(t, s, keysOf(u), "AKIA"), "ValidationError", "at 'accessKeyId'")
}

func TestLastUseOfAKey(t *testing.T) {
	s, c, u := frozen(t)
	other := create(t, s, keysOf(u))
	lastUsed := func(id string) *types.AccessKeyLastUsed {
		t.Helper()
		out, err := iamClient(s, keysOf(u)).GetAccessKeyLastUsed(within(t), &iam.GetAccessKeyLastUsedInput{AccessKeyId: &id})
		if err != nil {
			t.Fatal(err)
		}
		if *out.UserName != "alice" {
			t.Errorf("it is %q's", *out.UserName)
		}
		return out.AccessKeyLastUsed
	}
	if used := lastUsed(other.id); used.LastUsedDate != nil || *used.ServiceName != "N/A" || *used.Region != "N/A" {
		t.Errorf("never used: %+v", used)
	}
	wrong := other
	wrong.secret = flipLast(other.secret)
	wantError(t, whoAmI(t, s, wrong), "SignatureDoesNotMatch", "")
	if used := lastUsed(other.id); used.LastUsedDate != nil {
		t.Error("a wrong signature is no use")
	}
	c.advance(90 * time.Second)
	if err := whoAmI(t, s, other); err != nil {
		t.Fatal(err)
	}
	if used := lastUsed(other.id); !used.LastUsedDate.Equal(c.Now()) || *used.ServiceName != "sts" || *used.Region != "eu-west-1" {
		t.Errorf("used just now: %+v", used)
	}
	made, last := c.Now().AddDate(-1, 0, 0), c.Now().AddDate(0, -6, 0)
	s.SetKeyHistory(other.id, made, last)
	if used := lastUsed(other.id); !used.LastUsedDate.Equal(last) {
		t.Errorf("used half a year ago: %+v", used)
	}
	if first := s.AccessKeys("alice")[0]; first.ID != other.id || !first.Created.Equal(made) || !first.LastUsed.Equal(last) {
		t.Errorf("the oldest is %+v", first.Created)
	}
}

// A change is in IAM's lists at once, and known to the services later.
func TestChangesOfKeysTakeTime(t *testing.T) {
	s, c, u := frozen(t)
	const delay = 10 * time.Second
	s.SetPropagation(delay)
	old := keysOf(u)
	young := create(t, s, old)
	if got := listed(t, s, old); len(got) != 2 {
		t.Errorf("listed %q", got)
	}
	wantError(t, whoAmI(t, s, young), "InvalidClientTokenId", "")
	c.advance(delay - time.Second)
	wantError(t, whoAmI(t, s, young), "InvalidClientTokenId", "")
	c.advance(time.Second)
	if err := whoAmI(t, s, young); err != nil {
		t.Fatal(err)
	}

	if err := set(t, s, young, old.id, types.StatusTypeInactive); err != nil {
		t.Fatal(err)
	}
	if err := whoAmI(t, s, old); err != nil {
		t.Errorf("it is to work on for a while: %v", err)
	}
	c.advance(delay)
	wantError(t, whoAmI(t, s, old), "InvalidClientTokenId", "")
	if err := set(t, s, young, old.id, types.StatusTypeActive); err != nil {
		t.Fatal(err)
	}
	wantError(t, whoAmI(t, s, old), "InvalidClientTokenId", "")
	if err := remove(t, s, young, old.id); err != nil {
		t.Fatal(err)
	}
	wantError(t, whoAmI(t, s, old), "InvalidClientTokenId", "")
	if got := listed(t, s, young); len(got) != 1 {
		t.Errorf("listed %q", got)
	}
}

func TestKeysCanBeMadeToFail(t *testing.T) {
	s, _, u := frozen(t)
	s.Inject(ststest.Fault{Action: "CreateAccessKey", Code: "ServiceUnavailable", Message: "later", Times: 1, Late: true})
	_, err := iamClient(s, keysOf(u)).CreateAccessKey(within(t), &iam.CreateAccessKeyInput{})
	wantError(t, err, "ServiceUnavailable", "later")
	if len(s.AccessKeys("alice")) != 2 {
		t.Error("the key was to be made although the answer was lost")
	}
}

func TestUserIsTold(t *testing.T) {
	s, _, u := frozen(t)
	out, err := iamClient(s, keysOf(u)).GetUser(within(t), &iam.GetUserInput{})
	if err != nil {
		t.Fatal(err)
	}
	if got := out.User; *got.UserName != "alice" || *got.Arn != u.ARN || *got.UserId != u.UserID || *got.Path != "/" || !got.CreateDate.Equal(u.Created) {
		t.Errorf("%+v", got)
	}
}

func TestSelfServiceFollowsTheUsersPolicy(t *testing.T) {
	const explicit, implicit = "with an explicit deny in an identity-based policy", "because no identity-based policy allows the iam:"
	list := func(s *ststest.Server, k keys) error {
		_, err := iamClient(s, k).ListAccessKeys(within(t), &iam.ListAccessKeysInput{})
		return err
	}
	user := func(s *ststest.Server, k keys) error {
		_, err := iamClient(s, k).GetUser(within(t), &iam.GetUserInput{})
		return err
	}
	devices := func(s *ststest.Server, k keys) error {
		_, err := iamClient(s, k).ListMFADevices(within(t), &iam.ListMFADevicesInput{})
		return err
	}
	role := func(s *ststest.Server, k keys) error {
		_, err := stsClient(s, k).AssumeRole(within(t), assume("arn:aws:iam::444455556666:role/Admin"))
		return err
	}
	for _, test := range []struct {
		name   string
		policy ststest.SelfService
		mfa    bool
		ask    func(*ststest.Server, keys) error
		denied string
	}{
		{"allowed, with the key", ststest.SelfServiceAllowed, false, list, ""},
		{"with MFA, with the key", ststest.SelfServiceWithMFA, false, list, explicit},
		{"with MFA, with MFA", ststest.SelfServiceWithMFA, true, list, ""},
		{"with MFA, what needs none", ststest.SelfServiceWithMFA, false, user, ""},
		{"with MFA, a role with the key", ststest.SelfServiceWithMFA, false, role, explicit},
		{"with MFA, a role with MFA", ststest.SelfServiceWithMFA, true, role, ""},
		{"with MFA, who one is", ststest.SelfServiceWithMFA, false, func(s *ststest.Server, k keys) error { return whoAmI(t, s, k) }, ""},
		{"denied, with MFA", ststest.SelfServiceDenied, true, list, implicit},
		{"denied, what everybody may", ststest.SelfServiceDenied, false, devices, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, _, u := frozen(t)
			s.AddRole(ststest.Role{ARN: "arn:aws:iam::444455556666:role/Admin"})
			s.SetSelfService("alice", test.policy)
			k := keysOf(u)
			if test.mfa {
				k = mint(t, s, u, u.Code(s.Now()))
			}
			err := test.ask(s, k)
			if test.denied != "" {
				wantError(t, err, "AccessDenied", test.denied)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}
