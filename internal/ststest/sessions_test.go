package ststest_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/google/go-cmp/cmp"

	"github.com/awsmint/awsmint/internal/ststest"
)

const (
	firstARN  = "arn:aws:iam::444455556666:role/First"
	secondARN = "arn:aws:iam::444455556666:role/Second"
)

// tagged adds session tags, given as key and value in turn.
func tagged(pairs ...string) func(*sts.AssumeRoleInput) {
	return func(in *sts.AssumeRoleInput) {
		for i := 0; i < len(pairs); i += 2 {
			in.Tags = append(in.Tags, ststypes.Tag{Key: &pairs[i], Value: &pairs[i+1]})
		}
	}
}

func transitive(keys ...string) func(*sts.AssumeRoleInput) {
	return func(in *sts.AssumeRoleInput) { in.TransitiveTagKeys = keys }
}

func sourceIdentity(name string) func(*sts.AssumeRoleInput) {
	return func(in *sts.AssumeRoleInput) { in.SourceIdentity = &name }
}

// become assumes a role and returns its keys with what the server kept.
func become(t *testing.T, s *ststest.Server, k keys, arn string, more ...func(*sts.AssumeRoleInput)) (keys, ststest.Session) {
	t.Helper()
	out, err := stsClient(s, k).AssumeRole(within(t), assume(arn, more...))
	if err != nil {
		t.Fatal(err)
	}
	got, ok := s.Session(*out.Credentials.AccessKeyId)
	if !ok {
		t.Fatal("the session is not known")
	}
	return sessionKeys(out.Credentials), got
}

func TestARoleSessionIsKeptAsItWasAskedFor(t *testing.T) {
	s, c, u := frozen(t)
	s.AddRole(ststest.Role{ARN: adminARN, MaxSession: 2 * time.Hour})
	const policy = "{\"Version\":\"2012-10-17\",\n\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:GetÿObject\",\"Resource\":\"*\"}]}"
	k, got := become(t, s, keysOf(u), adminARN, seconds(7200), tagged("Team", "red = blue", "Empty", ""), transitive("team"),
		sourceIdentity("alice"), func(in *sts.AssumeRoleInput) {
			in.ExternalId, in.Policy = aws.String("tenant-1"), aws.String(policy)
			in.PolicyArns = []ststypes.PolicyDescriptorType{
				{Arn: aws.String("arn:aws:iam::aws:policy/job-function/ViewOnlyAccess")}, {Arn: aws.String("arn:aws:iam::444455556666:policy/Own")},
			}
			in.SerialNumber, in.TokenCode = &u.MFASerial, aws.String(u.Code(c.Now()))
		})
	want := ststest.Session{
		ARN: "arn:aws:sts::444455556666:assumed-role/Admin/me@work", SourceARN: u.ARN, RoleARN: adminARN, SessionName: "me@work",
		ExternalID: "tenant-1", Policy: policy,
		PolicyARNs: []string{"arn:aws:iam::aws:policy/job-function/ViewOnlyAccess", "arn:aws:iam::444455556666:policy/Own"},
		Tags:       map[string]string{"Team": "red = blue", "Empty": ""}, TransitiveTags: []string{"Team"}, SourceIdentity: "alice",
		MFA: true, Duration: 2 * time.Hour, Expires: c.Now().Add(2 * time.Hour),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	got.Tags["Team"], got.PolicyARNs[0], got.TransitiveTags[0] = "changed", "changed", "changed"
	if again, _ := s.Session(k.id); !cmp.Equal(want, again) {
		t.Error("what it returns is no copy")
	}
	_, plain := become(t, s, keysOf(u), adminARN)
	want = ststest.Session{ARN: want.ARN, SourceARN: u.ARN, RoleARN: adminARN, SessionName: "me@work", Expires: c.Now().Add(time.Hour)}
	if diff := cmp.Diff(want, plain); diff != "" {
		t.Error(diff)
	}
}

func TestASessionWithMFAMakesSessionsWithMFA(t *testing.T) {
	s, c, u := frozen(t)
	s.AddRole(ststest.Role{ARN: firstARN})
	s.AddRole(ststest.Role{ARN: secondARN})
	strong := mint(t, s, u, u.Code(c.Now()))
	first, got := become(t, s, strong, firstARN)
	if !got.MFA {
		t.Error("the code of the session is forgotten")
	}
	if _, got = become(t, s, first, secondARN); got.MFA {
		t.Error("a role's session carried MFA on")
	}
	for _, id := range []string{u.AccessKeyID, strong.id, "ASIAQQQQQQQQQQQQQQQQ", ""} {
		if got, ok := s.Session(id); ok {
			t.Errorf("%q is a role session: %+v", id, got)
		}
	}
}

func TestTagsAndTheSourceIdentityGoDownAChain(t *testing.T) {
	s, _, u := frozen(t)
	s.AddRole(ststest.Role{ARN: firstARN})
	s.AddRole(ststest.Role{ARN: secondARN})
	first, _ := become(t, s, keysOf(u), firstARN, tagged("Team", "red", "Env", "test"), transitive("Team"), sourceIdentity("alice"))
	second, got := become(t, s, first, secondARN, tagged("Own", "1"), transitive("OWN"))
	want := ststest.Session{Tags: map[string]string{"Team": "red", "Own": "1"}, TransitiveTags: []string{"Own", "Team"}, SourceIdentity: "alice"}
	if diff := cmp.Diff(want, ststest.Session{Tags: got.Tags, TransitiveTags: got.TransitiveTags, SourceIdentity: got.SourceIdentity}); diff != "" {
		t.Error(diff)
	}
	third, got := become(t, s, second, firstARN, sourceIdentity("alice"))
	if !cmp.Equal(got.Tags, want.Tags) || got.SourceIdentity != "alice" {
		t.Errorf("the third has %v of %q", got.Tags, got.SourceIdentity)
	}
	out, err := stsClient(s, third).AssumeRole(within(t), assume(secondARN))
	if err != nil || *out.SourceIdentity != "alice" {
		t.Errorf("%v: the answer does not name the source identity", err)
	}
	for _, test := range []struct {
		name, code, text string
		change           func(*sts.AssumeRoleInput)
	}{
		{"an inherited tag given anew", "InvalidParameterValue", "conflicts with a transitive tag key from the calling session", tagged("team", "blue")},
		{"an inherited tag as it is", "InvalidParameterValue", "conflicts with a transitive tag key from the calling session", tagged("Team", "red")},
		{"another source identity", "ValidationError", "The source identity is already set for this assume role session", sourceIdentity("mallory")},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := stsClient(s, third).AssumeRole(within(t), assume(secondARN, test.change))
			wantError(t, err, test.code, test.text)
		})
	}
	if _, got = become(t, s, first, secondARN, tagged("Env", "mine")); got.Tags["Env"] != "mine" {
		t.Errorf("a tag that was not handed on can't be given: %v", got.Tags)
	}
}

// list is the parameters of a list with n members.
func list(n int, format string, values ...string) []string {
	var pairs []string
	for i := range n {
		for _, value := range values {
			name, value, _ := strings.Cut(value, "=")
			pairs = append(pairs, fmt.Sprintf(format, i+1)+name, strings.ReplaceAll(value, "#", fmt.Sprint(i)))
		}
	}
	return pairs
}

func TestSessionParametersAreChecked(t *testing.T) {
	s, c, u := frozen(t)
	s.AddRole(ststest.Role{ARN: adminARN})
	tag := func(key, value string) []string {
		return []string{"Tags.member.1.Key", key, "Tags.member.1.Value", value}
	}
	long := func(n int) string { return strings.Repeat("x", n) }
	policyOf := func(n int) string { return `{"x":"` + long(n-8) + `"}` }
	for _, test := range []struct {
		name string
		form []string
		code string // empty: it is accepted
		text string
	}{
		{"a policy of 2048", []string{"Policy", policyOf(2048)}, "", ""},
		{"a policy of 2049", []string{"Policy", policyOf(2049)}, "ValidationError", "at 'policy' failed to satisfy constraint: Member must have length less than or equal to 2048"},
		{"an empty policy", []string{"Policy", ""}, "ValidationError", "Value '' at 'policy' failed to satisfy constraint: Member must have length greater than or equal to 1"},
		{"a policy in another alphabet", []string{"Policy", `{"x":"Ā"}`}, "ValidationError", `Member must satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u00FF]+`},
		{"a policy that is no JSON", []string{"Policy", `{"x":1,}`}, "MalformedPolicyDocument", "This policy contains invalid Json"},
		{"a policy that is two", []string{"Policy", `{}{}`}, "MalformedPolicyDocument", "invalid Json"},
		{"a policy that is a list", []string{"Policy", `[]`}, "MalformedPolicyDocument", "Syntax errors in policy."},
		{"a policy that is null", []string{"Policy", `null`}, "MalformedPolicyDocument", "Syntax errors in policy."},
		{"ten policy ARNs", list(10, "PolicyArns.member.%d.arn", "=arn:aws:iam::aws:policy/P#"), "", ""},
		{"eleven policy ARNs", list(11, "PolicyArns.member.%d.arn", "=arn:aws:iam::aws:policy/P#"), "ValidationError", "at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to 10"},
		{"a policy's name", []string{"PolicyArns.member.1.arn", "ReadOnlyAccess"}, "ValidationError", "Value 'ReadOnlyAccess' at 'policyArns.1.member.arn' failed to satisfy constraint: Member must have length greater than or equal to 20"},
		{"a role's ARN for a policy's", []string{"PolicyArns.member.1.arn", adminARN}, "ValidationError", adminARN + " is invalid"},
		{"a policy ARN under another name", []string{"PolicyArns.member.1.Name", "x"}, "ValidationError", "Value null at 'policyArns.1.member.arn' failed to satisfy constraint: Member must not be null"},
		{"fifty tags", list(50, "Tags.member.%d.", "Key=k#", "Value=v"), "", ""},
		{"fifty-one tags", list(51, "Tags.member.%d.", "Key=k#", "Value=v"), "ValidationError", "at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50"},
		{"tags that begin with the second", []string{"Tags.member.2.Key", "k", "Tags.member.2.Value", "v"}, "MalformedInput", "Tags"},
		{"a tag without a number", []string{"Tags.member..Key", "k"}, "MalformedInput", "Tags"},
		{"a tag without a value", []string{"Tags.member.1.Key", "k"}, "ValidationError", "Value null at 'tags.1.member.value' failed to satisfy constraint: Member must not be null"},
		{"a tag without a key", []string{"Tags.member.1.Value", "v"}, "ValidationError", "Value null at 'tags.1.member.key'"},
		{"the longest tag, in any script", tag(strings.Repeat("ж", 128), strings.Repeat("値", 256)), "", ""},
		{"the whole alphabet of tags", tag("aZ9_.:/=+-@ é", "aZ9_.:/=+-@ é"), "", ""},
		{"an empty value", tag("k", ""), "", ""},
		{"an empty key", tag("", "v"), "ValidationError", "Value '' at 'tags.1.member.key' failed to satisfy constraint: Member must have length greater than or equal to 1"},
		{"a key of 129", tag(long(129), "v"), "ValidationError", "at 'tags.1.member.key' failed to satisfy constraint: Member must have length less than or equal to 128"},
		{"a value of 257", tag("k", long(257)), "ValidationError", "at 'tags.1.member.value' failed to satisfy constraint: Member must have length less than or equal to 256"},
		{"a key out of the alphabet", tag("k*", "v"), "ValidationError", `Value 'k*' at 'tags.1.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+`},
		{"a value out of the alphabet", tag("k", "a,b"), "ValidationError", `Value 'a,b' at 'tags.1.member.value' failed to satisfy constraint: Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]*`},
		{"a key twice", append(tag("Team", "a"), "Tags.member.2.Key", "tEAM", "Tags.member.2.Value", "b"), "InvalidParameterValue", "Duplicate tag keys found. Please note that Tag keys are case insensitive."},
		{"a transitive key in another case", append(tag("Team", "a"), "TransitiveTagKeys.member.1", "TEAM"), "", ""},
		{"a transitive key of no tag", append(tag("Team", "a"), "TransitiveTagKeys.member.1", "Env"), "InvalidParameterValue", "The specified transitive tag key must be included in the requested tags."},
		{"a transitive key without any tag", []string{"TransitiveTagKeys.member.1", "Env"}, "InvalidParameterValue", "must be included"},
		{"an empty transitive key", append(tag("Team", "a"), "TransitiveTagKeys.member.1", ""), "ValidationError", "Value '' at 'transitiveTagKeys.1.member' failed to satisfy constraint"},
		{"fifty-one transitive keys", list(51, "TransitiveTagKeys.member.%d", "=k#"), "ValidationError", "at 'transitiveTagKeys' failed to satisfy constraint: Member must have length less than or equal to 50"},
		{"a source identity of 65", []string{"SourceIdentity", long(65)}, "ValidationError", "Member must have length less than or equal to 64"},
	} {
		t.Run(test.name, func(t *testing.T) {
			form := params(append([]string{"Action", "AssumeRole", "RoleArn", adminARN, "RoleSessionName", "me"}, test.form...)...)
			a := do(t, signed(t, s, keysOf(u), "sts", c.Now(), form))
			if test.code == "" {
				a.want(t, 200, "", "")
				return
			}
			a.want(t, 400, test.code, test.text)
		})
	}
}

// A code is not spent on a request that is refused for its parameters.
func TestACodeOutlivesARequestWithAWrongPolicy(t *testing.T) {
	s, c, u := frozen(t)
	s.AddRole(ststest.Role{ARN: adminARN})
	form := url.Values{"Policy": {"{"}}
	for name, values := range params("Action", "AssumeRole", "RoleArn", adminARN, "RoleSessionName", "me",
		"SerialNumber", u.MFASerial, "TokenCode", u.Code(c.Now())) {
		form[name] = values
	}
	do(t, signed(t, s, keysOf(u), "sts", c.Now(), form)).want(t, 400, "MalformedPolicyDocument", "")
	form.Del("Policy")
	do(t, signed(t, s, keysOf(u), "sts", c.Now(), form)).want(t, 200, "", "")
}
