package provider_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

const (
	readOnly  = "arn:aws:iam::aws:policy/ReadOnlyAccess"
	someThing = "arn:aws:iam::111122223333:policy/Buckets"
)

// TestNarrowed: what a request narrows is AWS's to enforce, so what counts is
// what AWS was told.
func TestNarrowed(t *testing.T) {
	w, config := roles(t, ststest.Role{})
	for _, c := range []struct {
		name    string
		request provider.Request
		arn     string // what the credentials speak for
		want    []string
	}{
		{"a role, read only", provider.Request{Profile: "prod", ReadOnly: true}, ":assumed-role/Admin/", []string{readOnly}},
		{"a role, two policies", provider.Request{Profile: "prod", PolicyARNs: []string{someThing, readOnly}}, ":assumed-role/Admin/", []string{someThing, readOnly}},
		{"a role on top", provider.Request{Profile: "work", RoleARN: admin, ReadOnly: true}, ":assumed-role/Admin/", []string{readOnly}},
		{"a user", provider.Request{Profile: "work", ReadOnly: true, PolicyARNs: []string{someThing}}, ":federated-user/", []string{readOnly, someThing}},
		{"a user for the console", provider.Request{Profile: "work", Console: true}, ":federated-user/", []string{readOnly}},
		{"a user for the console, with a policy", provider.Request{Profile: "work", Console: true, PolicyARNs: []string{someThing}}, ":federated-user/", []string{someThing}},
		{"a role for the console", provider.Request{Profile: "prod", Console: true}, ":assumed-role/Admin/", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := w.of(config, c.request).Retrieve(within(t))
			if err != nil {
				t.Fatalf("%v\n%s", err, fault.HintOf(err))
			}
			made := w.madeWith(got)
			if !strings.Contains(made.ARN, c.arn) || !slices.Equal(made.PolicyARNs, c.want) {
				t.Errorf("%s with %v, want %v", made.ARN, made.PolicyARNs, c.want)
			}
			again, err := w.of(config, c.request).Retrieve(within(t))
			if err != nil || again.AccessKeyID != got.AccessKeyID {
				t.Errorf("not cached: %v", err)
			}
		})
	}
	// Each has an entry of its own, and all roles one session.
	w.wantAsked("GetSessionToken", 1)
	w.wantAsked("AssumeRole", 4)
	w.wantAsked("GetFederationToken", 3)
}

// A profile's own credentials are never those of a narrower request, nor the
// other way round.
func TestNarrowedIsCachedApart(t *testing.T) {
	w, config := roles(t, ststest.Role{})
	full := w.mustAs(config, "prod")
	narrow, err := w.of(config, provider.Request{Profile: "prod", ReadOnly: true}).Retrieve(within(t))
	if err != nil {
		t.Fatal(err)
	}
	if full.AccessKeyID == narrow.AccessKeyID || w.mustAs(config, "prod").AccessKeyID != full.AccessKeyID {
		t.Error("one entry for both")
	}
}

func TestNarrowedLife(t *testing.T) {
	w, config := roles(t, ststest.Role{})
	got, err := w.of(config, provider.Request{Profile: "work", ReadOnly: true, Duration: 30 * time.Minute}).Retrieve(within(t))
	if err != nil {
		t.Fatal(err)
	}
	if want := w.clock.Now().Add(30 * time.Minute).Truncate(time.Second); !got.Expires.Equal(want) {
		t.Errorf("until %v, want %v", got.Expires, want)
	}
}

func TestNarrowedIsRefused(t *testing.T) {
	config := "[profile work]\n" + noMFA + "[profile prod]\nrole_arn = " + admin + "\nsource_profile = work\nawsmint_policy_arns = " + someThing + "\n" +
		"[profile dev]\nsso_start_url = https://acme.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 111122223333\nsso_role_name = Dev\n" +
		"[profile given]\naws_access_key_id = ASIAQQQQQQQQQQQQQQQQ\naws_secret_access_key = s\naws_session_token = t\n"
	many := slices.Repeat([]string{someThing}, 11)
	for _, c := range []struct {
		name    string
		request provider.Request
		words   []string
	}{
		{"beside the profile's own policy", provider.Request{Profile: "prod", ReadOnly: true}, []string{`profile "prod" has a session policy already`, "what either of the two allows"}},
		{"of IAM Identity Center", provider.Request{Profile: "dev", ReadOnly: true}, []string{`profile "dev" can't be narrowed`, "--role-arn"}},
		{"of given credentials", provider.Request{Profile: "given", PolicyARNs: []string{someThing}}, []string{"can't be narrowed"}},
		{"by no policy", provider.Request{Profile: "work", PolicyARNs: []string{"ReadOnlyAccess"}}, []string{`"ReadOnlyAccess" is not the ARN of a policy`}},
		{"by eleven", provider.Request{Profile: "work", PolicyARNs: many}, []string{"11 policies are too many"}},
		{"for too short", provider.Request{Profile: "work", ReadOnly: true, Duration: time.Minute}, []string{"can't live 1m"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := provider.Resolve(parsed(t, config), environment{}.get, c.request)
			wantFault(t, err, fault.Usage, c.words...)
		})
	}
}

// A permanent key has no limits, so it is no answer to who asks for some.
func TestRawKeyGoesAlone(t *testing.T) {
	config := parsed(t, "[profile work]\n"+noMFA)
	for _, request := range []provider.Request{
		{ReadOnly: true}, {PolicyARNs: []string{someThing}}, {RoleARN: admin}, {Duration: time.Hour}, {Console: true},
	} {
		request.Profile, request.RawKey = "work", true
		_, err := provider.Resolve(config, environment{}.get, request)
		wantFault(t, err, fault.Usage, "--raw-key goes with no role, duration or policy")
	}
}

// TestReadOnlyOfEachPartition: the policy's ARN is the partition's.
func TestReadOnlyOfEachPartition(t *testing.T) {
	for region, want := range map[string]string{
		"eu-west-1": readOnly, "cn-north-1": "arn:aws-cn:iam::aws:policy/ReadOnlyAccess",
		"us-gov-west-1": "arn:aws-us-gov:iam::aws:policy/ReadOnlyAccess", "eusc-de-east-1": "arn:aws-eusc:iam::aws:policy/ReadOnlyAccess",
	} {
		link, err := provider.Resolve(parsed(t, "[profile work]\nregion = "+region+"\n"), environment{}.get, provider.Request{Profile: "work", ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		if got := link.(*provider.Federation).PolicyARNs; !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %v", region, got)
		}
	}
}
