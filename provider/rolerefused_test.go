package provider_test

import (
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/ststest"
)

func TestRefusedRoles(t *testing.T) {
	for _, test := range []struct {
		name   string
		role   ststest.Role
		lines  string
		change func(*world)
		words  []string
	}{
		{name: "trust", role: ststest.Role{TrustedARNs: []string{"arn:aws:iam::999999999999:root"}},
			words: []string{admin, `"work"`, "whose session has MFA", "arn:aws:iam::111122223333:user/alice", "sts:AssumeRole", "trust policy", "awsmint_external_id", "\ncheck the account and the role's name"}},
		{name: "external id", role: ststest.Role{ExternalID: "xyz"}, words: []string{admin, "awsmint_external_id"}},
		{name: "too long", role: ststest.Role{MaxSession: 2 * time.Hour}, lines: "duration_seconds = 10800", words: []string{admin, "3h", "(duration_seconds in profile ", `"prod"`}},
		{name: "session revoked", words: []string{"role prod ← session work ← key work", `"work"`, "awsmint login work --force"}, change: func(w *world) {
			w.sts.Inject(ststest.Fault{Action: "AssumeRole", Code: "InvalidClientTokenId", Message: "The security token included in the request is invalid."})
		}},
		{name: "session over", words: []string{`"work"`, "have expired", "awsmint login work --force"}, change: func(w *world) {
			w.sts.Inject(ststest.Fault{Action: "AssumeRole", Code: "ExpiredToken", Message: "The security token included in the request is expired"})
		}},
		{name: "chained too long, which only AWS knew", words: []string{"1h at most", "source_profile"}, change: func(w *world) {
			w.sts.Inject(ststest.Fault{Action: "AssumeRole", Code: "ValidationError", Message: "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"})
		}},
		{name: "policy too large", words: []string{"awsmint_policy", "Packed"}, change: func(w *world) {
			w.sts.Inject(ststest.Fault{Action: "AssumeRole", Code: "PackedPolicyTooLarge", Message: "Packed policy consumes 110% of allotted space"})
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w, config := roles(t, test.role, test.lines)
			if test.change != nil {
				test.change(w)
			}
			_, err := w.as(config, "prod")
			wantFault(t, err, fault.Refused, test.words...)
		})
	}
}

func TestRoleWithoutMFASaysSo(t *testing.T) {
	w, config := roles(t, ststest.Role{RequireMFA: true})
	_, err := w.as(strings.Replace(config, "mfa_serial", "ignored", 1), "prod")
	wantFault(t, err, fault.Refused, "without MFA", "awsmint_mfa_serial", `"work"`)

	// Of a role no MFA comes to another role, so no setting would help.
	const deep = "arn:aws:iam::777788889999:role/Deep"
	w, config = roles(t, ststest.Role{})
	w.sts.AddRole(ststest.Role{ARN: deep})
	_, err = w.as(config+"[profile deep]\nregion = eu-west-1\nrole_arn = "+deep+"\nsource_profile = prod\n", "deep")
	wantFault(t, err, fault.Refused, deep, `"prod"`, "trust policy")
	if text := err.Error() + fault.HintOf(err); strings.Contains(text, "MFA") || strings.Contains(text, "awsmint_mfa_serial") {
		t.Errorf("a device is spoken of: %s", text)
	}
}
